// The acceptance ratio of Bennett 1976: the log ratio of two partition functions from weights in both directions.
//
//   sum over forward 1 / (1 + (n_F / n_R) exp(L - w)) = sum over reverse 1 / (1 + (n_R / n_F) exp(-L - w))
//
// for L = log Z_1 / Z_0, with log weights w = log f_1 / f_0 of draws of f_0, or of annealing runs from 0 to 1 (Crooks
// 2000; Shirts, Bair, Hooker & Pande 2003), and the same in reverse. Of all combinations of both it has the smallest
// variance.
#pragma once

#include <ebm/partition/log_weights.hpp>

namespace ebm {

struct LogRatio {
  double value = 0, standard_error = 0;
};

[[gnu::noinline]] inline LogRatio bennett_acceptance_ratio(std::span<const double> forward,
                                                           std::span<const double> reverse) {
  require(!forward.empty(), "forward: size", 0, "at least 1");
  require(!reverse.empty(), "reverse: size", 0, "at least 1");
  const double n_forward = static_cast<double>(forward.size()), n_reverse = static_cast<double>(reverse.size());
  const double shift = ebm::log(n_forward / n_reverse);
  struct Sums {
    double first = 0, second = 0;  // of the probabilities, and of their squares
  };
  const auto sums = [](std::span<const double> weights, double offset) {
    Sums result;
    for (const double w : weights) {
      const double p = logistic(w - offset);
      result.first += p, result.second = ebm::fma(p, p, result.second);
    }
    return result;
  };
  double below = forward.front(), above = below;
  const auto cover = [&](double ratio) {
    if (!(ratio - ratio == 0)) throw NumericalError("weights: not finite, wanted finite log weights");
    below = std::min(below, ratio), above = std::max(above, ratio);
  };
  for (const double w : forward) cover(w);
  for (const double w : reverse) cover(-w);
  below -= std::abs(shift) + 1, above += std::abs(shift) + 1;
  for (int i = 0; i < 200 && below < above; ++i) {
    const double l = 0.5 * (below + above);
    if (l == below || l == above) break;
    (sums(forward, l + shift).first > sums(reverse, -l - shift).first ? below : above) = l;
  }
  LogRatio result;
  result.value = 0.5 * (below + above);
  const Sums f = sums(forward, result.value + shift), r = sums(reverse, -result.value - shift);
  const auto relative_variance = [](const Sums& s, double n) { return s.second / square(s.first) - 1 / n; };
  result.standard_error =
      std::sqrt(std::max(0.0, relative_variance(f, n_forward)) + std::max(0.0, relative_variance(r, n_reverse)));
  return result;
}

// The ratios of the partition functions of K states from samples of all of them, MBAR (Shirts & Chodera 2008, eq. 11):
//
//   exp(L_k) = sum_n exp(u_k(x_n)) / sum_j N_j exp(u_j(x_n) - L_j),   L_0 = 0
//
// log_densities(n, k) = log f_k(x_n) for all samples of all states, counts[k] of which are from state k.
[[gnu::noinline]] inline Values<double> multistate_bennett_ratio(const Points<double>& log_densities,
                                                                 const std::vector<Index>& counts,
                                                                 double tolerance = 1e-10) {
  const Index samples = log_densities.rows(), states = log_densities.cols();
  require(static_cast<Index>(counts.size()) == states, "counts: size", static_cast<double>(counts.size()),
          "one for every state");
  Index total = 0;
  for (const Index count : counts) total += count;
  require(total == samples, "counts: sum", static_cast<double>(total), "the number of samples");
  require_finite("log_densities", log_densities);

  Values<double> ratios = Values<double>::Zero(states), next(states);
  std::vector<double> terms(static_cast<std::size_t>(states)), mixture(static_cast<std::size_t>(samples)),
      column(static_cast<std::size_t>(samples));
  for (int iteration = 0; iteration < 100'000; ++iteration) {
    for (Index n = 0; n < samples; ++n) {
      for (Index k = 0; k < states; ++k) {
        const auto count = static_cast<double>(counts[static_cast<std::size_t>(k)]);
        terms[static_cast<std::size_t>(k)] =
            count > 0 ? ebm::log(count) + (log_densities(n, k) - ratios[k]) : -std::numeric_limits<double>::infinity();
      }
      mixture[static_cast<std::size_t>(n)] = log_sum_exp(terms);
    }
    double change = 0;
    for (Index k = 0; k < states; ++k) {
      for (Index n = 0; n < samples; ++n)
        column[static_cast<std::size_t>(n)] = log_densities(n, k) - mixture[static_cast<std::size_t>(n)];
      next[k] = log_sum_exp(column);
    }
    for (Index k = states; k-- > 0;) {
      next[k] -= next[0];
      change = std::max(change, std::abs(next[k] - ratios[k]));
    }
    ratios = next;
    if (change < tolerance) return ratios;
  }
  throw NumericalError("multistate_bennett_ratio: did not converge; do samples of neighbouring states overlap?");
}

}  // namespace ebm
