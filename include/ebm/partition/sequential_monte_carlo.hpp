// Sequential Monte Carlo along an annealing path (Del Moral, Doucet & Jasra 2006): chains that are weighted from one
// temperature to the next, resampled where the weights of few have come to dominate, and moved.
//
//   log Z / Z_0 = sum_k log sum_i W_i exp(log f_{beta_k} - log f_{beta_{k-1}})(x_i)
//
// A first population chooses the temperatures, so that the conditional effective sample size (Zhou, Johansen & Aston
// 2016) of every step is the same share. The others keep to them, which makes their exp(log Z) unbiased, and their
// spread is the standard error. All see the energy from the base alone, so there is no upper side; whether there is
// more to see is asked of chains that start elsewhere (partition/target_starts.hpp).
#pragma once

#include <ebm/partition/default_path.hpp>
#include <ebm/partition/estimate.hpp>
#include <ebm/partition/target_starts.hpp>

namespace ebm {

struct SequentialMonteCarloOptions {
  Index chains = 512;              // of a population
  Index populations = 16;          // beside the one that chooses the temperatures
  Index moves = 2;                 // kernel steps at each temperature
  double conditional_share = 0.98;  // conditional effective sample size of a step
  double resampling_share = 0.5;   // effective sample size below which chains are resampled
  Index most_temperatures = 100'000;
  double confidence = 0.99;        // that the lower bound holds
};

namespace detail {

// The largest step from beta, up to 1, whose conditional effective sample size is the wanted share.
template <class Weigh>
double next_inverse_temperature(double beta, double share, const std::vector<double>& log_weights, Weigh weigh) {
  const double total = log_sum_exp(log_weights);
  const auto conditional_share = [&](double to) {
    const std::vector<double> increments = weigh(to);
    std::vector<double> once(increments), twice(increments);
    for (std::size_t c = 0; c < increments.size(); ++c) {
      once[c] = log_weights[c] - total + increments[c];
      twice[c] = log_weights[c] - total + 2 * increments[c];
    }
    return ebm::exp(2 * log_sum_exp(once) - log_sum_exp(twice));
  };
  if (conditional_share(1) >= share) return 1;
  double below = beta, above = 1;
  for (int i = 0; i < 30 && above - below > 1e-3 * (above - beta); ++i) {
    const double middle = 0.5 * (below + above);
    (conditional_share(middle) >= share ? below : above) = middle;
  }
  return below > beta ? below : above;
}

// log Z / Z_0 of one population, and where it ends. Temperatures are chosen where `betas` holds only the first, 0.
template <class State>
struct Population {
  double log_ratio = 0;
  State state;
  std::vector<double> log_weights;
};

template <AnnealingPath P, class Exec>
Population<typename P::State> run_population(const P& path, const SequentialMonteCarloOptions& options,
                                             std::vector<double>& betas, Rng& rng, Exec& executor) {
  const Index tiles = tiles_for<typename P::Scalar>(options.chains), chains = tiles * kLanes<typename P::Scalar>;
  const Stream start = rng.stream(), noise = rng.stream(), choice = rng.stream();
  std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
  auto state = path.make_state(tiles);
  for_each_range<P>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
    path.draw_base(state, range, start, workspace);
  });
  const bool chooses = betas.size() == 1;
  std::vector<double> log_weights(static_cast<std::size_t>(chains));
  double log_ratio = 0;
  Index step = 0;
  for (std::size_t k = 1; chooses ? betas.back() < 1 : k < betas.size(); ++k) {
    const double from = betas[k - 1];
    const auto weigh = [&](double to) {
      std::vector<double> increments(log_weights.size());
      for_each_range<P>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
        path.weigh(state, range, from, to, increments.data(), workspace);
      });
      return increments;
    };
    if (chooses) {
      betas.push_back(next_inverse_temperature(from, options.conditional_share, log_weights, weigh));
      if (static_cast<Index>(betas.size()) > options.most_temperatures)
        throw NumericalError("sequential_monte_carlo: more temperatures wanted than most_temperatures");
    }
    const std::vector<double> increments = weigh(betas[k]);
    const double before = log_sum_exp(log_weights);
    for (std::size_t c = 0; c < log_weights.size(); ++c) log_weights[c] += increments[c];
    const double after = log_sum_exp(log_weights);
    log_ratio += after - before;
    if (!(log_ratio - log_ratio == 0)) throw NumericalError("sequential_monte_carlo: weights that are not finite");
    if (summarise_weights(log_weights).effective_samples < options.resampling_share * static_cast<double>(chains)) {
      const auto ancestors = systematic_ancestors(log_weights, chains, choice.uniform(0, k));
      const auto old = state;
      for (Index c = 0; c < chains; ++c) path.copy_chain(state, ancestors[static_cast<std::size_t>(c)], c, old);
      std::fill(log_weights.begin(), log_weights.end(), 0.0);
    }
    for_each_range<P>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
      for (Index i = 0; i < options.moves; ++i) path.move(state, range, betas[k], noise, step + i + 1, workspace);
    });
    step += options.moves;
  }
  return {log_ratio, std::move(state), std::move(log_weights)};
}

}  // namespace detail

template <AnnealingPath P, Executor Exec = Serial>
PartitionEstimate sequential_monte_carlo(const P& path, const SequentialMonteCarloOptions& options, Rng& rng,
                                         Exec&& executor = {}) {
  require(options.chains >= 2, "chains", static_cast<double>(options.chains), "at least 2");
  require(options.populations >= 2, "populations", static_cast<double>(options.populations), "at least 2");
  require(options.conditional_share > 0 && options.conditional_share < 1, "conditional_share",
          options.conditional_share, "between 0 and 1");
  std::vector<double> betas{0}, log_ratios;
  const auto first = detail::run_population(path, options, betas, rng, executor);
  for (Index p = 0; p < options.populations; ++p)
    log_ratios.push_back(detail::run_population(path, options, betas, rng, executor).log_ratio);
  const WeightSummary summary = summarise_weights(log_ratios);
  PartitionEstimate result;
  result.value = path.base_log_partition() + summary.log_mean;
  result.standard_error = summary.standard_error;
  result.lower = path.base_log_partition() + weight_lower_bound(log_ratios, options.confidence);
  result.lower_confidence = options.confidence;
  result.weight_variance = summary.variance;
  result.effective_samples = summary.effective_samples;
  result.verdict = PartitionVerdict::estimated;
  if (summary.variance > 0.25) {
    result.verdict = PartitionVerdict::unreliable;
    result.warning = joined({"log Z of the populations has a variance of ", to_text(summary.variance),
                             ": more chains or moves wanted"});
  }
  if (result.reliable()) {
    const Index tiles = tiles_for<typename P::Scalar>(options.chains);
    const Stream start = rng.stream(), target = rng.stream(), other = rng.stream();
    Workspace workspace;
    auto starts = path.make_state(tiles);
    path.draw_base(starts, {0, tiles}, start, workspace);
    detail::draw_starts(path, starts, first.state, first.log_weights, false, std::nullopt, 10 * options.moves, target,
                        other, executor);
    const double score = detail::difference_score(detail::slopes_of_all(path, starts, tiles, 1.0, executor));
    if (score > 5) {
      result.verdict = PartitionVerdict::unreliable;
      result.warning = joined({"Chains from other starts differ by ", to_text(score),
                               " standard errors from those of a population: they do not mix"});
    }
  }
  return result;
}

template <Energy E, Executor Exec = Serial>
PartitionEstimate sequential_monte_carlo(const E& energy, const SequentialMonteCarloOptions& options, Rng& rng,
                                         Exec&& executor = {}) {
  return sequential_monte_carlo(default_path(energy, rng, executor), options, rng, executor);
}

}  // namespace ebm
