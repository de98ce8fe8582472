// An axis-parallel box: the domain of a quadrature, of a density, of a picture.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

#include <limits>

namespace ebm {

template <int Dim>
struct Box {
  using Corner = Eigen::Array<double, Dim, 1>;
  Corner lower, upper;
};

template <int Dim>
void require_box(const char* argument, const Box<Dim>& box) {
  for (Index i = 0; i < box.lower.size(); ++i) {
    const double width = box.upper[i] - box.lower[i];
    if (!(width > 0 && width < std::numeric_limits<double>::infinity())) {
      throw ValueError(joined({argument, ": side ", count_text(i), " from ", to_text(box.lower[i]), " to ",
                               to_text(box.upper[i]), ", wanted finite sides that ascend"}));
    }
  }
}

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
