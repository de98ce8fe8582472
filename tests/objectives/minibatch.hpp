// Points as a minibatch, and what a test needs to run an objective by hand.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/core/packing.hpp>

namespace objectives {

// Owns the tiles of a minibatch; its padding holds `padding` in every coordinate.
template <class Scalar, int Dim>
class Batch {
 public:
  template <class Derived>
  explicit Batch(const Eigen::DenseBase<Derived>& points, Scalar padding = Scalar(1e3))
      : rows_(points.rows()),
        dim_(points.cols()),
        memory_(static_cast<std::size_t>(ebm::tiles_for<Scalar>(rows_) * dim_)) {
    const auto tiles = span();
    ebm::pack_rows(points, tiles);
    for (ebm::Index lane = rows_; lane < tiles.count() * ebm::kLanes<Scalar>; ++lane) {
      for (ebm::Index i = 0; i < dim_; ++i)
        tiles.coordinate(tiles.count() - 1, i)[lane % ebm::kLanes<Scalar>] = padding;
    }
  }

  ebm::Minibatch<Scalar, Dim> view() { return {span(), rows_}; }

 private:
  ebm::TileSpan<Scalar, Dim> span() { return {memory_.front().data(), ebm::tiles_for<Scalar>(rows_), dim_}; }

  ebm::Index rows_, dim_;
  std::vector<ebm::Lanes<Scalar>> memory_;
};

// Normal numbers of mean 0.3 and standard deviation 1.
template <class Scalar, int Dim>
ebm::Points<Scalar, Dim> normals(ebm::Index rows, ebm::Index dim = Dim) {
  const ebm::Stream stream(5);
  ebm::Points<Scalar, Dim> points(rows, dim);
  for (ebm::Index row = 0; row < rows; ++row) {
    for (ebm::Index i = 0; i < dim; ++i) {
      points(row, i) =
          static_cast<Scalar>(0.3 + stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i)));
    }
  }
  return points;
}

template <class Scalar>
std::vector<Scalar> copy(std::span<const Scalar> values) {
  return {values.begin(), values.end()};
}

}  // namespace objectives
