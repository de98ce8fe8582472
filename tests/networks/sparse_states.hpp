// Chains of which many coordinates are zero, and matrices to multiply them with.
#pragma once

#include <ebm/core/rng.hpp>
#include <ebm/core/workspace.hpp>

#include <vector>

namespace sparse_states {

using namespace ebm;

// States of `chains` chains in tiles: about a third of them zero, the others one or, where real, any number.
template <class Scalar>
struct States {
  Workspace workspace;
  Index units;
  TileSpan<Scalar, Dynamic> tiles;

  States(Index count, Index n, bool real) : units(n), tiles(workspace.tiles<Scalar, Dynamic>(count, n)) {
    const Stream stream(3);
    for (Index k = 0; k < tiles.size(); ++k) {
      const double u = stream.uniform(0, static_cast<std::uint64_t>(k));
      tiles.data()[k] = static_cast<Scalar>(u < 0.35 ? 0.0 : real ? u : 1.0);
    }
  }
  double at(Index chain, Index unit) const {
    return static_cast<double>(tiles.coordinate(chain / kLanes<Scalar>, unit)[chain % kLanes<Scalar>]);
  }
};

template <class Scalar>
std::vector<Scalar> matrix(Index rows, Index columns) {
  const Stream stream(4);
  std::vector<Scalar> result(static_cast<std::size_t>(rows * columns));
  for (std::size_t k = 0; k < result.size(); ++k) result[k] = static_cast<Scalar>(stream.normal(0, k));
  return result;
}

}  // namespace sparse_states
