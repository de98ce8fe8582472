// Draws with a known autocorrelation, the same on every machine.
#pragma once

#include <ebm/core/rng.hpp>
#include <ebm/diagnostics/ranks.hpp>

namespace ebm::testing {

// x' = r x + sqrt(1 - r^2) xi, stationary N(0, 1): the ESS of its mean is N (1 - r) / (1 + r).
inline ChainMatrix<> autoregressive(Index chains, Index draws, double r, std::uint64_t key) {
  const Stream stream(key);
  ChainMatrix<> x(draws, chains);
  for (Index chain = 0; chain < chains; ++chain) {
    const std::uint32_t c = static_cast<std::uint32_t>(chain);
    double state = stream.normal(c, 0);
    for (Index t = 0; t < draws; ++t) {
      x(t, chain) = state;
      state = fma(r, state, std::sqrt(1 - r * r) * stream.normal(c, static_cast<std::uint64_t>(t) + 1));
    }
  }
  return x;
}

}  // namespace ebm::testing
