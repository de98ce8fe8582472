// Annealed importance sampling (Neal 2001), always in both directions: log Z of any energy between two bounds.
//
//   std::cout << ebm::annealed_importance_sampling(rbm, {.temperatures = 1000, .chains = 100}, rng);
//
//   log w = sum_k log f_{beta_k}(x_{k-1}) - log f_{beta_{k-1}}(x_{k-1}),   x_k by a kernel that leaves f_{beta_k}
//   invariant
//
// Forward runs start from the base, reverse runs from exact draws of the energy where it offers them (Grosse,
// Ghahramani & Adams 2015). Elsewhere half of the reverse chains start where weighted forward chains ended, half where
// a quench from the base ended, or where the user says, all after many steps at beta = 1; the upper side is an estimate
// then, and where the two halves differ the verdict says that the chains do not mix. What no start has seen, no run can
// report.
//
// The path is the user's, or a default one (partition/default_path.hpp).
#pragma once

#include <ebm/core/progress.hpp>
#include <ebm/partition/default_path.hpp>
#include <ebm/partition/inverse_temperatures.hpp>
#include <ebm/partition/sandwich.hpp>
#include <ebm/partition/target_starts.hpp>

#include <optional>

namespace ebm {

struct AnnealingOptions {
  Index temperatures = 1000;
  Index chains = 100;  // in each direction
  TemperatureSpacing spacing = TemperatureSpacing::adaptive;
  double confidence = 0.99;                     // that both bounds hold
  bool exact_starts = true;                     // of reverse runs, where they can be had
  std::optional<Index> burn_in = std::nullopt;  // of other starts, kernel steps; left out, as many as temperatures
  std::optional<Points<double>> starts = std::nullopt;  // points such as data, where half of the other starts begin
  bool progress = false;
};

struct AnnealingEstimate : PartitionEstimate {
  double forward = 0, reverse = 0;                       // log Z as each direction sees it
  std::vector<double> inverse_temperatures;              // from 0 to 1
  std::vector<double> forward_weights, reverse_weights;  // log w, of Z / Z_0 and of Z_0 / Z
};

namespace detail {

// Weights of the chains of all tiles of a state that is annealed along `betas`.
template <AnnealingPath P, class Exec>
std::vector<double> anneal_all(const P& path, typename P::State& state, Index tiles, const std::vector<double>& betas,
                               const Stream& noise, Progress& progress, Exec& executor) {
  constexpr Index lanes = kLanes<typename P::Scalar>;
  std::vector<double> weights(static_cast<std::size_t>(tiles * lanes));
  std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
  const Index steps = static_cast<Index>(betas.size()) - 1;
  for (Index done = 0; done < steps;) {
    const Index end = std::min(steps, done + std::max<Index>(64, steps / 16));
    for_each_range<P>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
      for (Index k = done; k < end; ++k) {
        const auto at = static_cast<std::size_t>(k);
        anneal(path, state, range, betas[at], betas[at + 1], weights.data(), noise, k + 1, workspace);
      }
    });
    done = end;
    progress.update(done, steps, [] { return std::string("annealing"); });
  }
  return weights;
}

}  // namespace detail

template <AnnealingPath P, Executor Exec = Serial>
AnnealingEstimate annealed_importance_sampling(const P& path, const AnnealingOptions& options, Rng& rng,
                                               Exec&& executor = {}) {
  using Scalar = typename P::Scalar;
  require(options.chains >= 2, "chains", static_cast<double>(options.chains), "at least 2");
  require(options.temperatures >= 1, "temperatures", static_cast<double>(options.temperatures), "at least 1");
  require(options.confidence > 0 && options.confidence < 1, "confidence", options.confidence, "between 0 and 1");
  const Index tiles = tiles_for<Scalar>(options.chains);
  const auto chains = static_cast<std::size_t>(options.chains);
  AnnealingEstimate result;
  std::vector<double>& betas = result.inverse_temperatures;
  betas = inverse_temperatures(path, options.spacing, options.temperatures, rng, executor);
  const Stream start = rng.stream(), up = rng.stream(), down = rng.stream(), target = rng.stream(),
               other = rng.stream();
  Progress progress(options.progress);

  auto state = path.make_state(tiles);
  Workspace workspace;
  path.draw_base(state, {0, tiles}, start, workspace);
  auto reversed = state;
  result.forward_weights = detail::anneal_all(path, state, tiles, betas, up, progress, executor);

  const Index burn_in = options.burn_in.value_or(options.temperatures);
  const bool exact = detail::draw_starts(path, reversed, state, result.forward_weights, options.exact_starts,
                                         options.starts, burn_in, target, other, executor);
  double mixing_score = 0;
  std::vector<double> slopes;
  if (!exact) slopes = detail::slopes_of_all(path, reversed, tiles, 1.0, executor);
  const std::vector<double> falling(betas.rbegin(), betas.rend());
  result.reverse_weights = detail::anneal_all(path, reversed, tiles, falling, down, progress, executor);
  if (!exact) {
    mixing_score =
        std::max(detail::difference_score(slopes), detail::difference_score(result.reverse_weights));
  }
  result.forward_weights.resize(chains), result.reverse_weights.resize(chains);

  const double log_z_base = path.base_log_partition();
  static_cast<PartitionEstimate&>(result) =
      sandwich(log_z_base, result.forward_weights, result.reverse_weights, exact, {.confidence = options.confidence});
  result.forward = log_z_base + summarise_weights(result.forward_weights).log_mean;
  result.reverse = log_z_base - summarise_weights(result.reverse_weights).log_mean;
  if (mixing_score > 5 && result.verdict != PartitionVerdict::unreliable) {
    result.verdict = PartitionVerdict::unreliable;
    result.warning = joined({"Chains from different starts differ by ", to_text(mixing_score),
                             " standard errors after the burn-in: they do not mix"});
  }
  return result;
}

template <Energy E, Executor Exec = Serial>
AnnealingEstimate annealed_importance_sampling(const E& energy, const AnnealingOptions& options, Rng& rng,
                                               Exec&& executor = {}) {
  const auto path = default_path(energy, rng, executor);
  return annealed_importance_sampling(path, options, rng, executor);
}

}  // namespace ebm
