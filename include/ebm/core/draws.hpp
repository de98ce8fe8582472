// What a sampling run leaves: points with their energies, and what the kernel did to get them.
#pragma once

#include <ebm/core/shapes.hpp>

#include <utility>
#include <vector>

namespace ebm {

// What became of a chain. A diverged chain met an energy or gradient that is not finite after the warm-up, or began
// there and never left; it stays where it last was finite. A stuck chain accepted next to nothing: its draws are hardly
// more than copies of the place where it began.
enum class ChainStatus : unsigned char { healthy, diverged, stuck };

// A chain of a Metropolis kernel is stuck if its mean acceptance after the warm-up is below kStuckAcceptance. In fewer
// than kStuckSteps steps that cannot be told.
inline constexpr double kStuckAcceptance = 1e-3;
inline constexpr Index kStuckSteps = 100;

// The acceptance is NaN where the kernel has no test to pass.
inline ChainStatus chain_status(bool failed, double acceptance, Index steps) {
  if (failed) return ChainStatus::diverged;
  return steps >= kStuckSteps && acceptance < kStuckAcceptance ? ChainStatus::stuck : ChainStatus::healthy;
}

template <class Scalar, int Dim>
struct Draws {
  Index chains = 0;
  Index draws_per_chain = 0;
  Points<Scalar, Dim> points;  // row chain * draws_per_chain + draw
  Values<Scalar> energies;     // of the same rows
  Values<double> acceptance;   // mean acceptance probability of each chain after warm-up; NaN where it is not measured
  std::vector<ChainStatus> status;  // of each chain
  double step_size = 0;             // epsilon after warm-up (where there is a schedule, of its first step)
  Values<double> weights;    // of each draw of a chain in averages: the epsilon of a schedule that made it; else empty
  bool interrupted = false;  // the callback asked to stop; draws_per_chain says how far it came

  // The draws of one chain, in order.
  auto chain(Index index) const { return points.middleRows(index * draws_per_chain, draws_per_chain); }

  Index diverged_chains() const { return chains_that_are(ChainStatus::diverged); }
  Index stuck_chains() const { return chains_that_are(ChainStatus::stuck); }
  Index chains_that_are(ChainStatus wanted) const {
    Index count = 0;
    for (const ChainStatus each : status) count += each == wanted;
    return count;
  }
};

namespace detail {

// Drops all but the first `count` draws of each chain.
template <class Scalar, int Dim>
[[gnu::cold]] void keep_first(Draws<Scalar, Dim>& draws, Index count) {
  const Index rows = draws.chains * count, cols = draws.points.cols();
  const auto old_row = [&](Index row) { return row / count * draws.draws_per_chain + row % count; };
  Points<Scalar, Dim> points(rows, cols);
  Values<Scalar> energies(rows);
  for (Index row = 0; row < rows; ++row) {
    for (Index i = 0; i < cols; ++i) points(row, i) = draws.points(old_row(row), i);
    energies(row) = draws.energies(old_row(row));
  }
  if (draws.weights.size() > 0) {
    Values<double> weights(count);
    for (Index draw = 0; draw < count; ++draw) weights(draw) = draws.weights(draw);
    draws.weights = std::move(weights);
  }
  draws.points = std::move(points);
  draws.energies = std::move(energies);
  draws.draws_per_chain = count;
}

}  // namespace detail

}  // namespace ebm
