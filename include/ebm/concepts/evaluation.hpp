// The one way to evaluate an energy: whatever form it was written in, called in place on several tiles.
//
//   evaluate(energy, x, values, workspace)               values[t][lane]    = E(x[t][lane])
//   evaluate(energy, x, values, gradients, workspace)    gradients[t][i][lane] = dE/dx_i as well
//
// and at the edge of the library, for any number of points, one a row:
//   energies(energy, points) -> Values     gradients(energy, points) -> Points
#pragma once

#include <ebm/concepts/energy.hpp>
#include <ebm/core/packing.hpp>

namespace ebm {

template <Energy E>
void evaluate(const E& energy, detail::ConstTiles<E> x, LanesSpan<typename E::Scalar> values, Workspace& workspace) {
  using Scalar = typename E::Scalar;
  if constexpr (ValuesInPlace<E>) {
    energy.value(x, values, workspace);
  } else if constexpr (ValuesByLane<E>) {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size) {
        detail::LaneArray<E> lanes;
        for (std::size_t i = 0; i < lanes.size(); ++i)
          lanes[i] = Pack<Scalar>::load(x.coordinate(t, static_cast<Index>(i)) + p);
        energy.lane_value(lanes).store(values.tile_data(t) + p);
      }
    }
  } else {
    for (Index t = 0; t < x.count(); ++t) values[t] = energy.energy(Tile<Scalar, E::dim>(x[t]));
  }
}

template <DifferentiableEnergy E>
void evaluate(const E& energy, detail::ConstTiles<E> x, LanesSpan<typename E::Scalar> values,
              detail::MutableTiles<E> gradients, Workspace& workspace) {
  using Scalar = typename E::Scalar;
  if constexpr (GradientsInPlace<E>) {
    energy.value_and_gradient(x, values, gradients, workspace);
  } else if constexpr (GradientsByLane<E>) {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size) {
        detail::LaneArray<E> lanes, gradient;
        for (std::size_t i = 0; i < lanes.size(); ++i)
          lanes[i] = Pack<Scalar>::load(x.coordinate(t, static_cast<Index>(i)) + p);
        energy.lane_value_and_gradient(lanes, gradient).store(values.tile_data(t) + p);
        for (std::size_t i = 0; i < lanes.size(); ++i)
          gradient[i].store(gradients.coordinate(t, static_cast<Index>(i)) + p);
      }
    }
  } else {
    for (Index t = 0; t < x.count(); ++t) {
      const Tile<Scalar, E::dim> tile(x[t]);
      values[t] = energy.energy(tile);
      gradients[t] = energy.gradient(tile);
    }
  }
}

namespace detail {

// Calls chunk(first row, points' rows packed as tiles) for every few tiles of the points; the last tile is padded with
// the last row.
template <class E, class Derived, class Chunk>
void for_each_chunk(const E& energy, const Eigen::DenseBase<Derived>& points, Workspace& workspace, Chunk chunk) {
  using Scalar = typename E::Scalar;
  require_shape("points", points, kAny, dimension_of(energy));
  constexpr Index tiles = 16;
  for (Index first = 0; first < points.rows(); first += tiles * kLanes<Scalar>) {
    const Index rows = std::min(tiles * kLanes<Scalar>, points.rows() - first);
    Workspace::Scope scope(workspace);
    const auto x = workspace.tiles<Scalar, E::dim>(tiles_for<Scalar>(rows), points.cols());
    pack_rows(points.derived().middleRows(first, rows), x);
    chunk(first, rows, x);
  }
}

}  // namespace detail

// E of each row.
template <Energy E, class Derived>
Values<typename E::Scalar> energies(const E& energy, const Eigen::DenseBase<Derived>& points) {
  using Scalar = typename E::Scalar;
  Values<Scalar> result(points.rows());
  Workspace workspace;
  detail::for_each_chunk(energy, points, workspace, [&](Index first, Index rows, auto x) {
    const auto values = workspace.tiles<Scalar, 1>(x.count(), 1);
    for (Index t = 0; t < x.count(); t += kTilesAtOnce<E>) {
      const Index count = std::min(kTilesAtOnce<E>, x.count() - t);
      evaluate(energy, x.subspan(t, count), values.subspan(t, count), workspace);
    }
    result.segment(first, rows) = Eigen::Map<const Values<Scalar>>(values.data(), rows);
  });
  return result;
}

// dE/dx of each row.
template <DifferentiableEnergy E, class Derived>
Points<typename E::Scalar, E::dim> gradients(const E& energy, const Eigen::DenseBase<Derived>& points) {
  using Scalar = typename E::Scalar;
  require_shape("points", points, kAny, dimension_of(energy));
  Points<Scalar, E::dim> result(points.rows(), points.cols());
  Workspace workspace;
  detail::for_each_chunk(energy, points, workspace, [&](Index first, Index rows, auto x) {
    const auto values = workspace.tiles<Scalar, 1>(x.count(), 1);
    const auto slopes = workspace.tiles<Scalar, E::dim>(x.count(), x.dim());
    for (Index t = 0; t < x.count(); t += kTilesAtOnce<E>) {
      const Index count = std::min(kTilesAtOnce<E>, x.count() - t);
      evaluate(energy, x.subspan(t, count), values.subspan(t, count), slopes.subspan(t, count), workspace);
    }
    unpack_rows(slopes, result.middleRows(first, rows));
  });
  return result;
}

}  // namespace ebm
