// Uniform on the eight dark squares of a board of four by four about the origin: 1 / (8 side^2) where floor(x / side) +
// floor(y / side) is even, 0 elsewhere. FFJORD's toy (Grathwohl et al. 2019). Entropy log(8 side^2), log 32 by default.
#pragma once

#include <ebm/datasets/plane.hpp>

namespace ebm {

struct Checkerboard {
  double side = 2.0;  // of a square

  static constexpr int dim = 2;
  static constexpr const char* name() { return "checkerboard"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    check();
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const int column = static_cast<int>(stream.integer(row, 0, 4)) - 2;
      const int line = 2 * static_cast<int>(stream.integer(row, 4, 2)) - 2 + (column & 1);
      return detail::PlanePoint{side * (column + stream.uniform(row, 0)), side * (line + stream.uniform(row, 1))};
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    const double inside = -entropy(), infinity = std::numeric_limits<double>::infinity();
    Values<double> result(points.rows());
    for (Index i = 0; i < points.rows(); ++i) {
      const double x = std::floor(points(i, 0) / side), y = std::floor(points(i, 1) / side);
      if (x >= -2.0 && x <= 1.0 && y >= -2.0 && y <= 1.0) {
        result[i] = (static_cast<int>(x) + static_cast<int>(y)) % 2 == 0 ? inside : -infinity;
      } else {
        result[i] = x == x && y == y ? -infinity : std::numeric_limits<double>::quiet_NaN();
      }
    }
    return result;
  }

  Box<2> domain() const { return detail::square_box(2.0 * side); }

  double entropy() const { return log(8.0 * side * side); }

 private:
  void check() const { require(side > 0.0 && side < 1e100, "side", side, "a positive number"); }
};

}  // namespace ebm
