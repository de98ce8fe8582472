#include <ebm/datasets/curve_density.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::Index;
using ebm::Points;
using ebm::detail::CurveNodes;
using ebm::detail::panels_for;

namespace {

// A segment of the x axis from 0 to `length`, of unit mass, in `panels` panels.
CurveNodes segment(double length, Index panels) {
  const ebm::detail::GaussLegendre rule;
  CurveNodes nodes;
  for (Index panel = 0; panel < panels; ++panel) {
    const double from = length * static_cast<double>(panel) / static_cast<double>(panels),
                 to = length * static_cast<double>(panel + 1) / static_cast<double>(panels);
    rule.panel(from, to, [&](double t, double weight) { nodes.add({t, 0.0}, weight / length); });
  }
  return nodes;
}

// log of N(y; 0, s^2) (Phi(x / s) - Phi((x - length) / s)) / length, by whichever tails are small.
double exact(double x, double y, double length, double noise) {
  const double unit = std::sqrt(2.0) * noise, near_end = x / unit, far_end = (x - length) / unit;
  const double mass =
      x > length ? std::erfc(far_end) - std::erfc(near_end) : std::erfc(-near_end) - std::erfc(-far_end);
  return std::log(0.5 * mass / length) - 0.5 * (y * y) / (noise * noise) -
         0.5 * std::log(2 * ebm::detail::kPi * noise * noise);
}

}  // namespace

TEST_CASE("a blurred segment has its closed form, near and far") {
  const double length = 3;
  for (const double noise : {0.05, 0.3, 2.0}) {
    const CurveNodes nodes = segment(length, panels_for(length, noise));
    Points<double, 2> points(9, 2);
    points << 1, 0, 0, 0, 3, 0, 1.7, 2 * noise, -3 * noise, noise, 3 + 4 * noise, 0, 1.5, 12 * noise, -15 * noise, 0,
        3 + 25 * noise, -30 * noise;
    const ebm::Values<double> log_density = curve_log_density(nodes, noise, points);
    for (Index row = 0; row < points.rows(); ++row) {
      CAPTURE(noise, row);
      const double truth = exact(points(row, 0), points(row, 1), length, noise);
      CHECK(std::abs(log_density[row] - truth) < checks::curve_tolerance(truth));
    }
  }
}

TEST_CASE("panels that are too long are noticed") {
  CHECK(panels_for(3, 0.05) == 15);
  CHECK(panels_for(0.01, 1.0) == 2);
  const Points<double, 2> middle = Eigen::RowVector2d(1.05, 0);
  CHECK(std::abs(curve_log_density(segment(3, 1), 0.05, middle)[0] - exact(1.05, 0, 3, 0.05)) > 1e-3);
}

TEST_CASE("points without a place have no density") {
  const Points<double, 2> points = (Points<double, 2>(3, 2) << 0, std::nan(""), 1, 0, std::nan(""), 0).finished();
  const ebm::Values<double> log_density = curve_log_density(segment(3, 4), 1.0, points);
  CHECK(std::isnan(log_density[0]));
  CHECK(std::isfinite(log_density[1]));
  CHECK(std::isnan(log_density[2]));
}
