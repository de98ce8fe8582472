// An axis-parallel box: the domain of a quadrature, of a density, of a picture.
#pragma once

#include <ebm/core/shapes.hpp>

namespace ebm {

template <int Dim>
struct Box {
  using Corner = Eigen::Array<double, Dim, 1>;
  Corner lower, upper;
};

// The smallest box that holds both.
template <int Dim>
Box<Dim> hull(const Box<Dim>& a, const Box<Dim>& b) {
  Box<Dim> result = a;
  for (Index i = 0; i < a.lower.size(); ++i) {
    if (b.lower[i] < a.lower[i]) result.lower[i] = b.lower[i];
    if (b.upper[i] > a.upper[i]) result.upper[i] = b.upper[i];
  }
  return result;
}

}  // namespace ebm
