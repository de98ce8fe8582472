// An axis-parallel box: the domain of a quadrature, of a density, of a picture.
#pragma once

#include <ebm/core/errors.hpp>
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
  return {a.lower.min(b.lower), a.upper.max(b.upper)};
}

}  // namespace ebm
