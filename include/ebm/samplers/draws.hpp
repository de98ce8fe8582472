// What a sampling run leaves: points with their energies, and what the kernel did to get them.
#pragma once

#include <ebm/core/shapes.hpp>

#include <vector>

namespace ebm {

// What became of a chain. A diverged chain met an energy or gradient that is not finite after the warm-up, or began there
// and never left; it stays where it last was finite.
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
void keep_first(Draws<Scalar, Dim>& draws, Index count) {
  Draws<Scalar, Dim> kept = draws;
  kept.draws_per_chain = count;
  kept.points.resize(draws.chains * count, draws.points.cols());
  kept.energies.resize(draws.chains * count);
  if (draws.weights.size() > 0) kept.weights = draws.weights.head(count);
  for (Index c = 0; c < draws.chains; ++c) {
    kept.points.middleRows(c * count, count) = draws.points.middleRows(c * draws.draws_per_chain, count);
    kept.energies.segment(c * count, count) = draws.energies.segment(c * draws.draws_per_chain, count);
  }
  draws = kept;
}

}  // namespace detail

}  // namespace ebm
