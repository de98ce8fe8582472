// Rows of points into tiles and back.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

namespace ebm {

// Lane l of tile t is row kLanes t + l; lanes beyond the last row repeat it.
template <class Derived, class Scalar, int Dim>
void pack_rows(const Eigen::DenseBase<Derived>& rows, TileSpan<Scalar, Dim> tiles) {
  constexpr Index lanes = kLanes<Scalar>;
  require_shape("rows", rows, kAny, tiles.dim());
  require((rows.rows() > 0 || tiles.count() == 0) && rows.rows() <= lanes * tiles.count(), "rows",
          static_cast<double>(rows.rows()), "at least one, and no more than the tiles hold");
  for (Index t = 0; t < tiles.count(); ++t) {
    const Index first = std::min(t * lanes, rows.rows() - 1), given = std::min(lanes, rows.rows() - first);
    for (Index i = 0; i < tiles.dim(); ++i) {
      Scalar* to = tiles.coordinate(t, i);
      for (Index l = 0; l < given; ++l) to[l] = static_cast<Scalar>(rows.derived().coeff(first + l, i));
      for (Index l = given; l < lanes; ++l) to[l] = to[given - 1];
    }
  }
}

// The inverse, without the padding. `rows` is an expression that can be written, such as a block.
template <class Scalar, int Dim, class Rows>
void unpack_rows(TileSpan<Scalar, Dim> tiles, Rows&& rows) {
  constexpr Index lanes = kLanes<std::remove_const_t<Scalar>>;
  require_shape("rows", rows, kAny, tiles.dim());
  require(rows.rows() <= lanes * tiles.count(), "rows", static_cast<double>(rows.rows()),
          "no more than the tiles hold");
  for (Index first = 0; first < rows.rows(); first += lanes) {
    const Index wanted = std::min(lanes, rows.rows() - first);
    for (Index i = 0; i < rows.cols(); ++i) {
      const Scalar* from = tiles.coordinate(first / lanes, i);
      for (Index l = 0; l < wanted; ++l) rows.coeffRef(first + l, i) = from[l];
    }
  }
}

}  // namespace ebm
