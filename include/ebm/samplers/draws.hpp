// What a sampling run leaves: points with their energies, and what the kernel did to get them.
#pragma once

#include <ebm/core/shapes.hpp>

#include <utility>
#include <vector>

namespace ebm {

// What became of a chain. A diverged chain met an energy or gradient that is not finite after the warm-up, or began
// there and never left; it stays where it last was finite.
enum class ChainStatus : unsigned char { healthy, diverged };

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

  Index diverged_chains() const {
    Index count = 0;
    for (const ChainStatus chain_status : status) count += chain_status == ChainStatus::diverged;
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
