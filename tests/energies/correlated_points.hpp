// Correlated normals whose coordinates have different scales.
#pragma once

#include <ebm/core/rng.hpp>

#include <cmath>

namespace ebm::testing {

template <int Dim>
Points<double, Dim> correlated_points(Index rows, Index dim = Dim) {
  const Stream stream(7);
  Points<double, Dim> result(rows, dim);
  for (Index row = 0; row < rows; ++row) {
    double carried = 0;
    for (Index i = 0; i < dim; ++i) {
      const double xi = stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i));
      carried = 0.6 * carried + xi;
      result(row, i) = std::pow(3.0, static_cast<double>(i)) * carried + 2 * static_cast<double>(i) - 1;
    }
  }
  return result;
}

}  // namespace ebm::testing
