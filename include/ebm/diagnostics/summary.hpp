// A table of what a run of chains says of each coordinate, and warnings in words where it should not be believed.
//
//   std::cout << ebm::summary(draws);
//
// Draws with weights (those of a step size that falls) count in moments and quantiles by their weights; R-hat and ESS
// know of none, and are those of the draws as they are.
//
// Limits as in Vehtari et al. 2021, section 4: R-hat up to 1.01, and an ESS of at least 50 for each half of a chain.
#pragma once

#include <ebm/core/draws.hpp>
#include <ebm/diagnostics/convergence.hpp>
#include <ebm/diagnostics/weighted_draws.hpp>

#include <string>

namespace ebm {

inline constexpr double kLargestRHat = 1.01, kSmallestEss = 400, kLowAcceptance = 0.1;

struct CoordinateSummary {
  double mean = 0, mean_mcse = 0, sd = 0;
  double q5 = 0, q50 = 0, q95 = 0;
  double r_hat = 0, bulk_ess = 0, tail_ess = 0;
  DrawsStatus status = DrawsStatus::usable;  // otherwise the diagnostics are NaN
};

struct Summary {
  std::vector<CoordinateSummary> coordinates;
  Index chains = 0, draws_per_chain = 0;
  double acceptance = std::numeric_limits<double>::quiet_NaN();  // mean over the chains, if it is known
  Index diverged_chains = 0, stuck_chains = 0;
  bool interrupted = false;
  bool weighted = false;  // moments and quantiles are

  // In words; empty if there is nothing to complain of.
  [[gnu::noinline]] std::vector<std::string> warnings() const {
    Index mixing = 0, few = 0, short_chains = 0, not_finite = 0, constant = 0;
    double largest_r_hat = 0, smallest_ess = std::numeric_limits<double>::infinity();
    const double wanted_ess = kSmallestEss;  // 100 for each of the four chains of the paper
    for (const CoordinateSummary& each : coordinates) {
      short_chains += each.status == DrawsStatus::too_few;
      not_finite += each.status == DrawsStatus::not_finite;
      constant += each.status == DrawsStatus::constant;
      if (each.status != DrawsStatus::usable) continue;
      mixing += !(each.r_hat <= kLargestRHat);
      few += !(each.bulk_ess >= wanted_ess && each.tail_ess >= wanted_ess);
      largest_r_hat = each.r_hat > largest_r_hat ? each.r_hat : largest_r_hat;
      smallest_ess = std::min(smallest_ess, std::min(each.bulk_ess, each.tail_ess));
    }
    std::vector<std::string> text;
    char line[200];
    const auto add = [&] { text.push_back(line); };
    const auto all = static_cast<long>(coordinates.size());
    const auto of_all = [&](Index count, const char* words) {
      std::snprintf(line, sizeof line, "%ld of %ld coordinates %s", static_cast<long>(count), all, words);
      if (count > 0) add();
    };
    const auto beyond = [&](Index count, const char* words, double limit, const char* extreme, double value,
                            const char* verdict) {
      std::snprintf(line, sizeof line, "%ld of %ld coordinates have %s %.6g (%s %.6g): %s", static_cast<long>(count),
                    all, words, limit, extreme, value, verdict);
      if (count > 0) add();
    };
    if (diverged_chains > 0) {
      std::snprintf(line, sizeof line,
                    "%ld of %ld chains met an energy or gradient that is not finite, and stood still from there on",
                    static_cast<long>(diverged_chains), static_cast<long>(chains));
      add();
    }
    if (stuck_chains > 0) {
      std::snprintf(line, sizeof line,
                    "%ld of %ld chains are stuck: they accepted less than %.6g of their proposals; a smaller step, or "
                    "other initial points, may free them",
                    static_cast<long>(stuck_chains), static_cast<long>(chains), kStuckAcceptance);
      add();
    }
    if (interrupted) {
      std::snprintf(line, sizeof line, "the run was interrupted after %ld draws per chain",
                    static_cast<long>(draws_per_chain));
      add();
    }
    if (acceptance < kLowAcceptance) {
      std::snprintf(line, sizeof line, "few proposals are accepted (%.6g on average): the step is too large",
                    acceptance);
      add();
    }
    if (short_chains > 0) text.push_back("fewer than 4 draws per chain: nothing can be said about convergence");
    of_all(not_finite, "hold draws that are not finite");
    of_all(constant, "never moved");
    beyond(mixing, "R-hat above", kLargestRHat, "largest", largest_r_hat, "the chains do not agree yet");
    beyond(few, "an effective sample size below", wanted_ess, "smallest", smallest_ess, "too few to rely on");
    return text;
  }
};

namespace detail {

// Moments and quantiles with weights in the place of those without. The error of the mean grows as the number of draws
// shrinks that the weights leave.
template <class Real>
CoordinateSummary weighed(CoordinateSummary plain, const WeightedDraws<Real>& draws) {
  const double error = plain.mean_mcse / plain.sd;  // per standard deviation, of unweighted draws
  plain.mean = draws.mean(), plain.sd = draws.sd();
  plain.mean_mcse = error * plain.sd * draws.shrinkage();
  plain.q5 = draws.quantile(0.05), plain.q50 = draws.quantile(0.5), plain.q95 = draws.quantile(0.95);
  return plain;
}

}  // namespace detail

// Weights, where there are any, are those of the draws of each chain.
template <class Real>
CoordinateSummary summarise(const ChainMatrix<Real>& draws, const Values<Real>& weights = {}) {
  CoordinateSummary result;
  result.status = draws_status(draws);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (result.status == DrawsStatus::not_finite || draws.size() == 0)
    return {nan, nan, nan, nan, nan, nan, nan, nan, nan, result.status};
  ChainMatrix<Real> column(draws.size(), 1);
  std::copy_n(draws.data(), draws.size(), column.data());
  const auto all = detail::centred(column);
  result.mean = draws.data()[0] - all.draws.data()[0];
  result.sd = draws.size() > 1 ? sqrt(all.within) : nan;
  const OrderedDraws<Real> order = ordered_draws(draws);
  result.q5 = quantile_of_ordered(order, Real(0.05));
  result.q50 = quantile_of_ordered(order, Real(0.5));
  result.q95 = quantile_of_ordered(order, Real(0.95));
  if (result.status != DrawsStatus::usable) {
    result.r_hat = result.bulk_ess = result.tail_ess = result.mean_mcse = nan;
    return weights.size() > 0 ? detail::weighed(result, WeightedDraws<Real>(draws, weights)) : result;
  }
  const ChainMatrix<Real> halves = split_chains(draws);
  const OrderedDraws<Real> order_of_halves = ordered_draws(halves);
  const ChainMatrix<Real> scores = rank_normalised(halves, order_of_halves);
  const Real bulk = detail::plain_r_hat(scores), median = quantile_of_ordered(order_of_halves, Real(0.5));
  const Real scale = detail::plain_r_hat(rank_normalised(folded(halves, median)));
  result.r_hat = scale > bulk ? scale : bulk;
  result.bulk_ess = detail::plain_ess(scores);
  result.tail_ess = std::min(quantile_ess(draws, Real(result.q5)), quantile_ess(draws, Real(result.q95)));
  result.mean_mcse = result.sd / sqrt(detail::plain_ess(halves));
  return weights.size() > 0 ? detail::weighed(result, WeightedDraws<Real>(draws, weights)) : result;
}

// Points of several chains of equal length, one chain after the other; a weight for each draw of a chain, or none.
template <class Derived>
Summary summary(const Eigen::DenseBase<Derived>& points, Index chains, const Values<double>& weights = {}) {
  require(chains >= 1 && points.rows() % chains == 0, "chains", static_cast<double>(chains),
          "a divisor of the number of points");
  Summary result;
  result.chains = chains, result.draws_per_chain = points.rows() / chains;
  result.weighted = weights.size() > 0;
  ChainMatrix<double> draws(result.draws_per_chain, chains);
  for (Index i = 0; i < points.cols(); ++i) {
    for (Index row = 0; row < points.rows(); ++row)
      draws.data()[row] = static_cast<double>(points.derived().coeff(row, i));
    result.coordinates.push_back(summarise(draws, weights));
  }
  return result;
}

template <class Scalar, int Dim>
Summary summary(const Draws<Scalar, Dim>& draws) {
  Summary result = summary(draws.points, draws.chains, draws.weights);
  if (draws.acceptance.size() > 0) {
    double sum = 0;
    for (Index chain = 0; chain < draws.acceptance.size(); ++chain) sum += draws.acceptance[chain];
    result.acceptance = sum / static_cast<double>(draws.acceptance.size());
  }
  result.diverged_chains = draws.diverged_chains(), result.stuck_chains = draws.stuck_chains();
  result.interrupted = draws.interrupted;
  return result;
}

namespace detail {

[[gnu::noinline]] inline std::string table_text(const Summary& summary) {
  char line[160];
  std::snprintf(line, sizeof line, "%5s %11s %10s %10s %10s %10s %10s %8s %9s %9s\n", "", "mean", "mcse", "sd", "5%",
                "50%", "95%", "R-hat", "bulk ESS", "tail ESS");
  std::string text = line;
  for (std::size_t i = 0; i < summary.coordinates.size(); ++i) {
    const CoordinateSummary& each = summary.coordinates[i];
    std::snprintf(line, sizeof line, "x%-4d %11.5g %10.2g %10.4g %10.4g %10.4g %10.4g %8.4f %9.0f %9.0f\n",
                  static_cast<int>(i), each.mean, each.mean_mcse, each.sd, each.q5, each.q50, each.q95, each.r_hat,
                  each.bulk_ess, each.tail_ess);
    text += line;
  }
  text += joined({count_text(summary.chains), " chains of ", count_text(summary.draws_per_chain), " draws"});
  if (summary.acceptance >= 0) text += joined({", acceptance ", to_text(summary.acceptance)});
  text += "\n";
  if (summary.weighted)
    text += "mean, mcse, sd and quantiles are weighted; R-hat and ESS are of the unweighted draws\n";
  for (const std::string& warning : summary.warnings()) text += joined({"WARNING: ", warning, "\n"});
  return text;
}

}  // namespace detail

template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, const Summary& summary) {
  stream << detail::table_text(summary);
  return stream;
}

}  // namespace ebm
