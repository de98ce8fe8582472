// What importance weights, given by their logarithms, say about the ratio of two partition functions.
//
// Weights of any annealing run satisfy E[w] = Z_1 / Z_0, so log mean w estimates the log ratio from below (Jensen), and
// by Markov's inequality P(w > e^t Z_1 / Z_0) <= e^-t for each of them (Grosse, Ghahramani & Adams 2015). The r-th
// largest of M independent weights exceeds e^t Z_1 / Z_0 only if r of them do, hence
//   P(log w_(r) - t > log ratio) <= P(Binomial(M, e^-t) >= r)
// which is a lower bound at any confidence, and a far better one than that of the largest or the mean.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/log_sum_exp.hpp>

#include <vector>

namespace ebm {

// Of some log weights: log mean w, its standard error by the delta method, (sum w)^2 / sum w^2, and the variance of
// log w.
struct WeightSummary {
  double log_mean = 0, standard_error = 0, effective_samples = 0, variance = 0, mean_log = 0;
};

[[gnu::noinline]] inline WeightSummary summarise_weights(std::span<const double> log_weights) {
  require(log_weights.size() >= 2, "log_weights: size", static_cast<double>(log_weights.size()), "at least 2");
  const double count = static_cast<double>(log_weights.size());
  WeightSummary result;
  const double total = log_sum_exp(log_weights);
  result.log_mean = total - ebm::log(count);
  double squares = 0;
  for (const double value : log_weights) squares += square(ebm::exp(value - total)), result.mean_log += value;
  result.mean_log /= count;
  for (const double value : log_weights) result.variance += square(value - result.mean_log) / (count - 1);
  result.effective_samples = 1 / squares;
  result.standard_error = std::sqrt(std::max(0.0, (squares - 1 / count) * count / (count - 1)));
  return result;
}

namespace detail {

// log P(Binomial(count, p) >= least), from the largest term on.
[[gnu::noinline]] inline double log_binomial_tail(double count, double least, double p) {
  if (p >= 1) return 0;
  double term = std::lgamma(count + 1) - std::lgamma(least + 1) - std::lgamma(count - least + 1) + least * ebm::log(p) +
                (count - least) * ebm::log1p(-p);
  double largest = term, sum = 0;
  for (double k = least; k <= count; ++k) {
    if (term > largest) sum *= ebm::exp(largest - term), largest = term;
    sum += ebm::exp(term - largest);
    if (term < largest - 40) break;
    term += ebm::log((count - k) / (k + 1) * p / (1 - p));
  }
  return std::min(0.0, largest + ebm::log(sum));
}

// The smallest t with P(Binomial(count, e^-t) >= rank) <= delta.
[[gnu::noinline]] inline double rank_margin(double count, double rank, double delta) {
  double below = 0, above = 800;  // at t = 0 the tail is 1
  const double wanted = ebm::log(delta);
  for (int i = 0; i < 60; ++i) {
    const double t = 0.5 * (below + above);
    (log_binomial_tail(count, rank, ebm::exp(-t)) <= wanted ? above : below) = t;
  }
  return above;
}

}  // namespace detail

// What log(Z_1 / Z_0) exceeds with probability of at least `confidence`, from independent weights with E[w] = Z_1 /
// Z_0: the best of nine ranks, which share the risk.
[[gnu::noinline]] inline double weight_lower_bound(std::span<const double> log_weights, double confidence) {
  require(confidence > 0 && confidence < 1, "confidence", confidence, "between 0 and 1");
  std::vector<double> sorted(log_weights.begin(), log_weights.end());
  std::sort(sorted.begin(), sorted.end(), [](double a, double b) { return a > b; });
  const double count = static_cast<double>(sorted.size());
  constexpr double shares[] = {0.0, 0.1, 0.25, 0.5, 0.75, 0.85, 0.92, 0.97, 1.0};
  const double delta = (1 - confidence) / 9;
  double best = -std::numeric_limits<double>::infinity();
  for (const double share : shares) {
    const auto rank = std::max<std::size_t>(1, static_cast<std::size_t>(share * count + 0.5));
    const double margin = detail::rank_margin(count, static_cast<double>(rank), delta);
    best = std::max(best, sorted[rank - 1] - margin);
  }
  return best;
}

}  // namespace ebm
