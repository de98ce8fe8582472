// Rows of points into tiles and back.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

namespace ebm {

// Lane l of tile t is row kLanes t + l; lanes beyond the last row repeat it.
template <class Derived, class Scalar, int Dim>
void pack_rows(const Eigen::DenseBase<Derived>& rows, TileSpan<Scalar, Dim> tiles) {
  const Index last = rows.rows() - 1;
  for (Index t = 0; t < tiles.count(); ++t) {
    for (Index i = 0; i < tiles.dim(); ++i) {
      Scalar* lanes = tiles.coordinate(t, i);
      for (Index l = 0; l < kLanes<Scalar>; ++l) {
        lanes[l] = static_cast<Scalar>(rows.derived().coeff(std::min(t * kLanes<Scalar> + l, last), i));
      }
    }
  }
}

// The inverse, without the padding. `rows` is an expression that can be written, such as a block.
template <class Scalar, int Dim, class Rows>
void unpack_rows(TileSpan<Scalar, Dim> tiles, Rows&& rows) {
  for (Index i = 0; i < rows.cols(); ++i) {
    for (Index row = 0; row < rows.rows(); ++row) {
      rows.coeffRef(row, i) = tiles.coordinate(row / kLanes<std::remove_const_t<Scalar>>, i)[row % kLanes<std::remove_const_t<Scalar>>];
    }
  }
}

}  // namespace ebm
