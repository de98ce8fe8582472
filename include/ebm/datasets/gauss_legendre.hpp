// The Gauss-Legendre rule with 16 nodes, panel by panel: exact for polynomials of degree 31 on each.
//
// Nodes are the roots of the Legendre polynomial P by Newton's method, weights 2 / ((1 - x^2) P'(x)^2).
#pragma once

#include <ebm/core/lane_math.hpp>

#include <array>

namespace ebm::detail {

struct GaussLegendre {
  static constexpr int size = 16;
  std::array<double, size> nodes, weights;  // on (-1, 1), ascending

  GaussLegendre() {
    for (std::size_t i = 0; i < size; ++i) {
      double x = -cos(3.14159265358979323846 * (static_cast<double>(i) + 0.75) / (size + 0.5)), slope = 0.0;
      for (int iteration = 0; iteration < 6; ++iteration) {
        double value = 1.0, before = 0.0;
        for (int n = 1; n <= size; ++n) {
          const double next = fma((2 * n - 1) * x, value, -((n - 1) * before)) / n;
          before = value;
          value = next;
        }
        slope = size * fma(x, value, -before) / fma(x, x, -1.0);
        x -= value / slope;
      }
      nodes[i] = x;
      weights[i] = 2.0 / (fma(-x, x, 1.0) * slope * slope);
    }
  }

  // visit(t, weight) at the nodes of one panel.
  template <class Visit>
  void panel(double from, double to, Visit visit) const {
    around(0.5 * (from + to), 0.5 * (to - from), visit);
  }

  // The same on each of `count` equal panels.
  template <class Visit>
  void panels(double from, double to, Index count, Visit visit) const {
    const double half = 0.5 * (to - from) / static_cast<double>(count);
    for (Index i = 0; i < count; ++i) around(fma(static_cast<double>(2 * i + 1), half, from), half, visit);
  }

 private:
  template <class Visit>
  void around(double middle, double half, Visit visit) const {
    for (std::size_t i = 0; i < size; ++i) visit(fma(half, nodes[i], middle), half * weights[i]);
  }
};

}  // namespace ebm::detail
