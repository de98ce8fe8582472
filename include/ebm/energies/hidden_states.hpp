// Sums over all states of the hidden units of a Boltzmann machine, as its exact log Z needs them.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>

#include <algorithm>
#include <bit>

namespace ebm::detail {

// log sum_k exp(terms[k]).
inline double log_sum_exp_of(const double* terms, Index count) {
  double largest = terms[0], sum = 0;
  for (Index k = 1; k < count; ++k) largest = std::max(largest, terms[k]);
  for (Index k = 0; k < count; ++k) sum += ebm::exp(terms[k] - largest);
  return largest + ebm::log(sum);
}

// log sum_h exp(log_weight()) over the 2^hidden states, in the order of a Gray code (Gray 1953): restart() goes to the
// state in which no unit is on, flip(j, on) changes one. It starts afresh every 4096 states, which keeps rounding from
// adding up.
template <class Restart, class Flip, class LogWeight>
double log_sum_over_hidden_states(Index hidden, Restart restart, Flip flip, LogWeight log_weight) {
  require(hidden <= 30, "hidden", static_cast<double>(hidden), "at most 30 units for a sum over their states");
  constexpr std::uint64_t fresh = 4096;
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::uint64_t n = 0; n < std::uint64_t{1} << hidden; ++n) {
    const std::uint64_t state = n ^ (n >> 1);
    if (n % fresh == 0) {
      restart();
      for (Index j = 0; j < hidden; ++j) {
        if ((state >> j) & 1) flip(j, true);
      }
    } else {
      const int unit = std::countr_zero(n);
      flip(Index{unit}, ((state >> unit) & 1) != 0);
    }
    const double weight = log_weight();
    if (weight > largest) {
      sum = ebm::fma(sum, ebm::exp(largest - weight), 1.0);
      largest = weight;
    } else {
      sum += ebm::exp(weight - largest);
    }
  }
  return largest + ebm::log(sum);
}

}  // namespace ebm::detail
