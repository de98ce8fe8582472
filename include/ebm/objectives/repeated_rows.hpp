// Several targets for each row (x, y) of a minibatch, with y the last coordinate: lane row * copies + j is that of the
// row's j-th target, and holds the row itself until it is given one. Lanes beyond the last row's repeat the last row.
#pragma once

#include <ebm/concepts/objective.hpp>

#include <cmath>

namespace ebm::detail {

template <class Scalar, int Dim>
class RepeatedRows {
  static_assert(Dim >= 2, "objectives of targets: the energy must be one of inputs and a target, their number known at compile time");

 public:
  RepeatedRows(Index rows, Index copies)
      : copies_(copies), points_(static_cast<std::size_t>(tiles_for<Scalar>(rows * copies) * Dim)) {}

  TileSpan<Scalar, Dim> points() { return {points_.front().data(), static_cast<Index>(points_.size()) / Dim}; }
  // Of a lane, counted over all tiles.
  Scalar& target(Index lane) { return points().coordinate(lane / kLanes<Scalar>, Dim - 1)[lane % kLanes<Scalar>]; }

  void fill(Minibatch<Scalar, Dim> data) {
    const auto to = points();
    for (Index lane = 0; lane < to.count() * kLanes<Scalar>; ++lane) {
      const Index row = std::min(lane / copies_, data.rows - 1);
      for (Index i = 0; i < Dim; ++i) {
        to.coordinate(lane / kLanes<Scalar>, i)[lane % kLanes<Scalar>] =
            data.tiles.coordinate(row / kLanes<Scalar>, i)[row % kLanes<Scalar>];
      }
    }
  }

 private:
  Index copies_;
  std::vector<Lanes<Scalar>> points_;
};

}  // namespace ebm::detail
