// What thermodynamic integration and bridge sampling are made from: chains that visit one temperature after the other,
// up from the base and down from the energy, and record at each what log f does there and at its neighbours.
#pragma once

#include <ebm/partition/default_path.hpp>
#include <ebm/partition/estimate.hpp>
#include <ebm/partition/inverse_temperatures.hpp>
#include <ebm/partition/target_starts.hpp>

namespace ebm {

struct LadderOptions {
  Index temperatures = 40;
  Index chains = 128;  // in each direction
  Index steps = 40;    // kernel steps of each chain at each temperature; the first quarter is not recorded
  Index thin = 4;      // every thin-th of them is
  TemperatureSpacing spacing = TemperatureSpacing::adaptive;
  bool exact_starts = true;                             // of the way down, where they can be had
  std::optional<Points<double>> starts = std::nullopt;  // points such as data, where half of the other starts begin
};

namespace detail {

// Chains are counted in so many groups, which do not know of each other: their spread is the standard error.
inline constexpr std::size_t kLadderGroups = 8;

struct Rung {
  std::vector<double> slopes[kLadderGroups];                   // d log f_beta / d beta
  std::vector<double> up[kLadderGroups], down[kLadderGroups];  // log f of the next temperature, the one before
};

// rungs[direction][k]: 0 on the way up, 1 on the way down.
struct Ladder {
  std::vector<double> betas;
  std::vector<Rung> rungs[2];
  bool exact_starts = false;
};

template <AnnealingPath P, class Exec>
void climb(const P& path, typename P::State& state, Index tiles, const LadderOptions& options, const Stream& noise,
           bool downwards, Ladder& ladder, Exec& executor) {
  const Index chains = tiles * kLanes<typename P::Scalar>, last = static_cast<Index>(ladder.betas.size()) - 1;
  std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
  std::vector<double> values[3];
  for (auto& of_kind : values) of_kind.resize(static_cast<std::size_t>(chains));
  ladder.rungs[downwards].resize(ladder.betas.size());
  Index step = 0;
  for (Index visited = 0; visited <= last; ++visited) {
    const Index k = downwards ? last - visited : visited;
    const auto at = [&](Index i) { return ladder.betas[static_cast<std::size_t>(i)]; };
    Rung& rung = ladder.rungs[downwards][static_cast<std::size_t>(k)];
    for (Index done = 0; done < options.steps;) {
      const bool burning = done == 0 && options.steps >= 4;
      const Index moves = burning ? options.steps / 4 : std::min(options.thin, options.steps - done);
      for (auto& of_kind : values) std::fill(of_kind.begin(), of_kind.end(), 0.0);
      for_each_range<P>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
        for (Index i = 0; i < moves; ++i) path.move(state, range, at(k), noise, step + i + 1, workspace);
        path.slopes(state, range, at(k), values[0].data(), workspace);
        if (k < last) path.weigh(state, range, at(k), at(k + 1), values[1].data(), workspace);
        if (k > 0) path.weigh(state, range, at(k), at(k - 1), values[2].data(), workspace);
      });
      step += moves, done += moves;
      if (burning) continue;
      for (std::size_t c = 0; c < values[0].size(); ++c) {
        rung.slopes[c % kLadderGroups].push_back(values[0][c]);
        if (k < last) rung.up[c % kLadderGroups].push_back(values[1][c]);
        if (k > 0) rung.down[c % kLadderGroups].push_back(values[2][c]);
      }
    }
  }
}

template <AnnealingPath P, class Exec>
Ladder run_ladder(const P& path, const LadderOptions& options, Rng& rng, Exec& executor) {
  require(options.temperatures >= 1, "temperatures", static_cast<double>(options.temperatures), "at least 1");
  require(options.chains >= 1, "chains", static_cast<double>(options.chains), "at least 1");
  require(options.steps >= 1, "steps", static_cast<double>(options.steps), "at least 1");
  require(options.thin >= 1, "thin", static_cast<double>(options.thin), "at least 1");
  const Index tiles = tiles_for<typename P::Scalar>(options.chains);
  Ladder ladder;
  ladder.betas = inverse_temperatures(path, options.spacing, options.temperatures, rng, executor);
  const Stream start = rng.stream(), up = rng.stream(), down = rng.stream(), target = rng.stream(),
               other = rng.stream();
  Workspace workspace;
  auto state = path.make_state(tiles);
  path.draw_base(state, {0, tiles}, start, workspace);
  auto starts = state;
  climb(path, state, tiles, options, up, false, ladder, executor);
  const std::vector<double> even(static_cast<std::size_t>(tiles * kLanes<typename P::Scalar>));
  ladder.exact_starts = draw_starts(path, starts, state, even, options.exact_starts, options.starts,
                                    options.steps * 10, target, other, executor);
  climb(path, starts, tiles, options, down, true, ladder, executor);
  return ladder;
}

// log Z from the log ratios of the groups of chains in both directions. Where up and down differ, chains lag behind the
// temperature, or do not know all modes.
[[gnu::noinline]] inline PartitionEstimate ladder_estimate(double log_z_base, const std::vector<double> (&ratios)[2]) {
  double mean[2] = {}, variance[2] = {};
  for (int way = 0; way < 2; ++way) {
    const double count = static_cast<double>(ratios[way].size());
    for (const double ratio : ratios[way]) mean[way] += ratio / count;
    for (const double ratio : ratios[way]) variance[way] += square(ratio - mean[way]) / (count - 1) / count;
  }
  PartitionEstimate result;
  result.value = log_z_base + 0.5 * (mean[0] + mean[1]);
  result.standard_error = 0.5 * std::sqrt(variance[0] + variance[1]);
  result.verdict = PartitionVerdict::estimated;
  const double gap = std::abs(mean[0] - mean[1]);
  // Variances of eight groups are uncertain themselves.
  if (gap > std::min(0.3, 12 * result.standard_error + 1e-3)) {
    result.verdict = PartitionVerdict::unreliable;
    result.warning = joined({"On the way up log Z is ", to_text(log_z_base + mean[0]), ", on the way down ",
                             to_text(log_z_base + mean[1]), ": chains do not mix"});
  }
  return result;
}

}  // namespace detail

}  // namespace ebm
