// Where runs from beta = 1 begin: exact draws of the energy where a path offers them and they succeed, else two kinds
// of chains, which must have forgotten by then where they came from.
//
// Even chains are resampled from the ends of weighted forward runs, odd ones come from a quench of the base or from
// points that the user gives; all make many steps at beta = 1. That the two kinds still differ shows that chains do not
// mix.
#pragma once

#include <ebm/partition/annealing_path.hpp>
#include <ebm/partition/log_weights.hpp>

#include <optional>

namespace ebm::detail {

template <AnnealingPath P, class Exec>
void move_all(const P& path, typename P::State& state, Index tiles, double beta, const Stream& noise, Index first_step,
              Index steps, Exec& executor) {
  std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
  for_each_range<P>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
    for (Index k = 0; k < steps; ++k) path.move(state, range, beta, noise, first_step + k, workspace);
  });
}

template <AnnealingPath P, class Exec>
std::vector<double> slopes_of_all(const P& path, const typename P::State& state, Index tiles, double beta,
                                  Exec& executor) {
  std::vector<double> slopes(static_cast<std::size_t>(tiles * kLanes<typename P::Scalar>));
  std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
  for_each_range<P>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
    path.slopes(state, range, beta, slopes.data(), workspace);
  });
  return slopes;
}

// The chain that each of `count` descends from: systematic resampling (Carpenter, Clifford & Fearnhead 1999), which
// takes each floor(count p) or ceil(count p) times.
[[gnu::noinline]] inline std::vector<Index> systematic_ancestors(std::span<const double> log_weights, Index count,
                                                                 double uniform) {
  const double total = log_sum_exp(log_weights);
  std::vector<Index> ancestors;
  double sum = 0;
  for (std::size_t c = 0; c < log_weights.size(); ++c) {
    sum += ebm::exp(log_weights[c] - total) * static_cast<double>(count);
    while (static_cast<Index>(ancestors.size()) < count && static_cast<double>(ancestors.size()) + uniform < sum)
      ancestors.push_back(static_cast<Index>(c));
  }
  while (static_cast<Index>(ancestors.size()) < count) ancestors.push_back(static_cast<Index>(log_weights.size()) - 1);
  return ancestors;
}

// How much even and odd values differ, 5 and more if they do: standard errors between their means, or how far the odd
// value that is farthest from the mean of the even ones is, where the farthest even one is 5 / 3.
[[gnu::noinline]] inline double difference_score(std::span<const double> values) {
  const double n = static_cast<double>(values.size() / 2);
  double mean[2] = {}, variance[2] = {}, farthest[2] = {};
  for (std::size_t c = 0; c < values.size(); ++c) mean[c % 2] += values[c] / n;
  for (std::size_t c = 0; c < values.size(); ++c) {
    variance[c % 2] += square(values[c] - mean[c % 2]) / (n - 1);
    farthest[c % 2] = std::max(farthest[c % 2], std::abs(values[c] - mean[0]));
  }
  // Differences of a tenth of a nat are of no consequence.
  const double error = std::sqrt((variance[0] + variance[1]) / n + 1e-4);
  return std::max(std::abs(mean[0] - mean[1]) / error, 5.0 / 3.0 * farthest[1] / (farthest[0] + 0.1));
}

// Fills `starts`, whose chains stand at draws of the base; returns whether the draws are exact.
template <AnnealingPath P, class Exec>
bool draw_starts(const P& path, typename P::State& starts, const typename P::State& ends,
                 std::span<const double> weights, bool exact_wanted, const std::optional<Points<double>>& points,
                 Index burn_in, const Stream& target, const Stream& other, Exec& executor) {
  const Index total = static_cast<Index>(weights.size()), half = total / 2;
  if constexpr (OffersTargetDraws<P>) {
    if (exact_wanted && path.offers_target_draws()) {
      try {
        auto drawn = starts;
        path.draw_target(drawn, target);
        starts = std::move(drawn);
        return true;
      } catch (const NumericalError&) {  // its sums exceed a double's range: chains need none
      }
    }
  }
  Workspace workspace;
  const auto ancestors = systematic_ancestors(weights, half, target.uniform(0, 0));
  auto mixed = ends;
  for (Index c = 0; c < half; ++c) path.copy_chain(mixed, ancestors[static_cast<std::size_t>(c)], 2 * c, ends);
  if constexpr (requires { path.place(starts, Index{}, *points, Index{}); }) {
    if (points) {
      require(points->rows() >= 1, "starts: rows", 0, "at least 1");
      for (Index c = 1; c < total; c += 2) path.place(starts, c, *points, c / 2 % points->rows());
    }
  }
  if constexpr (requires { path.quench(starts, other, workspace); }) {
    if (!points) path.quench(starts, other, workspace);
  }
  for (Index c = 1; c < total; c += 2) path.copy_chain(mixed, c, c, starts);
  starts = std::move(mixed);
  move_all(path, starts, total / kLanes<typename P::Scalar>, 1.0, target, 1, burn_in, executor);
  return false;
}

}  // namespace ebm::detail
