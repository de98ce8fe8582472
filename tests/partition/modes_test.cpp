#include <ebm/partition/modes.hpp>

#include "support/catch.hpp"

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using ebm::Index;
using ebm::Points;
using ebm::Values;

namespace {

// log of a sum of Gaussians of equal height.
struct Peaks {
  std::vector<std::array<double, 3>> peaks;  // x, y, sd

  Values<double> operator()(const Points<double, 2>& x) const {
    Values<double> result(x.rows());
    for (Index row = 0; row < x.rows(); ++row) {
      result[row] = -std::numeric_limits<double>::infinity();
      for (const auto& [a, b, sd] : peaks) {
        const double distance = std::pow((x(row, 0) - a) / sd, 2) + std::pow((x(row, 1) - b) / sd, 2);
        result[row] = std::max(result[row], -0.5 * distance);
      }
    }
    return result;
  }
};

}  // namespace

TEST_CASE("every mode is found once, climbed and measured") {
  const Peaks density{{{1.234, 5.678, 0.15}, {-7, 3, 2}, {-2, -8, 0.3}}};
  const auto modes = ebm::detail::find_modes<2>(density, ebm::detail::uniform_axes<2>({{-20, -20}, {20, 20}}));
  REQUIRE(modes.size() == 3);
  for (const auto& [a, b, sd] : density.peaks) {
    int found = 0;
    for (const auto& mode : modes) {
      if (std::abs(mode.point[0] - a) > sd) continue;
      ++found;
      CHECK_THAT(mode.point[0], WithinAbs(a, 1e-5));
      CHECK_THAT(mode.point[1], WithinAbs(b, 1e-5));
      CHECK_THAT(mode.width[0], WithinRel(sd, 1e-3));
      CHECK_THAT(mode.width[1], WithinRel(sd, 1e-3));
    }
    CHECK(found == 1);
  }
}

TEST_CASE("a mode is found on every scale") {
  for (const double scale : {1e-4, 1e-2, 1.0, 1e3, 1e6}) {
    const Peaks density{{{3.7 * scale, -1.9 * scale, 0.2 * scale}}};
    const auto modes = ebm::detail::find_modes<2>(density, ebm::detail::scale_axes<2>());
    REQUIRE(modes.size() == 1);
    CHECK_THAT(modes[0].point[0], WithinRel(3.7 * scale, 1e-5));
    CHECK_THAT(modes[0].width[1], WithinRel(0.2 * scale, 1e-3));
  }
}

TEST_CASE("where there is no mass there is no mode") {
  const auto nothing = [](const Points<double, 2>& x) -> Values<double> {
    return Values<double>::Constant(x.rows(), -std::numeric_limits<double>::infinity());
  };
  CHECK(ebm::detail::find_modes<2>(nothing, ebm::detail::scale_axes<2>()).empty());
}
