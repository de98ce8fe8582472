#include <ebm/datasets/pinwheel.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::Pinwheel;

namespace {

const double kPi = std::acos(-1.0);

// E[function] through the arms' own coordinates, by the trapezoidal rule.
template <class Function>
double expectation(const Pinwheel& wheel, Function function) {
  double sum = 0.0;
  for (int i = -70; i <= 70; ++i) {
    for (int j = -70; j <= 70; ++j) {
      const double n0 = 0.1 * i, n1 = 0.1 * j, f0 = 1 + wheel.radial * n0, f1 = wheel.tangential * n1;
      for (int k = 0; k < wheel.arms; ++k) {
        const double turn = 2 * kPi * k / wheel.arms + wheel.bend * std::exp(f0), c = std::cos(turn),
                     s = std::sin(turn);
        sum += std::exp(-0.5 * (n0 * n0 + n1 * n1)) * function(2 * (f0 * c + f1 * s), 2 * (f1 * c - f0 * s));
      }
    }
  }
  return sum * 0.01 / (2 * kPi * wheel.arms);
}

// The roots one after the other, from sign changes on a fine grid of the angle.
double slow_log_density(const Pinwheel& wheel, double x, double y) {
  const double r = std::hypot(x, y) / 2, phi = std::atan2(y, x), period = 2 * kPi / wheel.arms;
  const auto turns = [&](double a) { return (a - wheel.bend * std::exp(r * std::cos(a)) - phi) / period; };
  const int steps = 400'000;
  double sum = 0.0, before = turns(-kPi);
  for (int i = 1; i <= steps; ++i) {
    const double here = turns(-kPi + 2 * kPi * i / steps);
    for (double level = std::ceil(std::min(before, here)); level < std::max(before, here); ++level) {
      const double a = -kPi + 2 * kPi * (i - 1 + (level - before) / (here - before)) / steps;
      const double f0 = r * std::cos(a), f1 = r * std::sin(a), slope = 1 + wheel.bend * std::exp(f0) * f1;
      const double square = std::pow((f0 - 1) / wheel.radial, 2) + std::pow(f1 / wheel.tangential, 2);
      sum += std::exp(-0.5 * square) / std::abs(slope);
    }
    before = here;
  }
  return std::log(sum / (2 * kPi * wheel.radial * wheel.tangential * 4 * wheel.arms));
}

}  // namespace

TEST_CASE("The pinwheel's density is the law of its arms") {
  const auto check = [](const Pinwheel& wheel, int side, double tolerance) {
    for (const auto& [cx, cy] : {std::pair{0.0, 0.0}, {1.9, 0.5}, {-1.0, 1.4}, {0.5, -2.2}, {-2.0, -1.5}}) {
      const auto bump = [cx = cx, cy = cy](double x, double y) {
        return std::exp(-0.5 * ((x - cx) * (x - cx) + (y - cy) * (y - cy)) / 0.09);
      };
      CHECK(std::abs(checks::grid_expectation(wheel, side, bump) - expectation(wheel, bump)) < tolerance);
    }
  };
  check(Pinwheel{}, 200, 1e-7);
  check(Pinwheel{.arms = 3, .radial = 0.2, .tangential = 0.15, .bend = 0.4}, 200, 1e-7);
}

TEST_CASE("The pinwheel's roots are all found, also where the arms fold") {
  for (const double r : {0.05, 0.7, 1.6, 2.4, 3.4, 3.6, 4.5, 5.5, 8.0}) {
    for (const double phi : {-3.0, -1.4, 0.3, 1.1, 2.9}) {
      const double x = r * std::cos(phi), y = r * std::sin(phi);
      CHECK(std::abs(checks::log_density_at(Pinwheel{}, x, y) - slow_log_density(Pinwheel{}, x, y)) < 2e-5);
    }
  }
}

TEST_CASE("Far away the pinwheel's log-density is finite, and joins the mean over the angle") {
  // log of the mean over the angle just inside r = 8, by roots, against the value just outside.
  double inside = 0.0, largest = -1e300;
  std::vector<double> values;
  for (int i = 0; i < 2000; ++i) {
    const double phi = 2 * kPi * (i + 0.5) / 2000 / 5;
    values.push_back(checks::log_density_at(Pinwheel{}, 15.9999 * std::cos(phi), 15.9999 * std::sin(phi)));
    largest = std::max(largest, values.back());
  }
  for (const double value : values) inside += std::exp(value - largest) / 2000;
  CHECK(largest + std::log(inside) == Approx(checks::log_density_at(Pinwheel{}, 16.0001, 0.0)).margin(0.05));
  CHECK(checks::log_density_at(Pinwheel{}, 0.0, 2000.0) == Approx(-0.5 * std::pow(999.0 / 0.3, 2)).epsilon(1e-4));
  CHECK(std::isfinite(checks::log_density_at(Pinwheel{}, 0.0, 0.0)));
  CHECK(std::isnan(checks::log_density_at(Pinwheel{}, std::nan(""), 0.0)));
}

TEST_CASE("The entropy of the pinwheel is the table's, and of the samples") {
  CHECK(std::abs(Pinwheel{}.entropy() - 2.31779) < 5e-6);
  CHECK(std::abs(checks::entropy_z_score(Pinwheel{})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(Pinwheel{.arms = 7, .bend = 0.15})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(Pinwheel{}, Pinwheel{.tangential = 0.103})) > checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(Pinwheel{}, Pinwheel{.bend = 0.26})) > checks::kSigmas);
}

TEST_CASE("The mass of the pinwheel is one") { CHECK(std::abs(checks::grid_mass(Pinwheel{}, 250) - 1.0) < 1e-6); }
