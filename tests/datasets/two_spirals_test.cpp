#include <ebm/datasets/two_spirals.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::TwoSpirals;

namespace {

// P(a < N(0, 1) < b) for a < b, on the side where nothing cancels.
double between(double a, double b) {
  if (a + b < 0.0) return between(-b, -a);
  return 0.5 * (std::erfc(a * std::sqrt(0.5)) - std::erfc(b * std::sqrt(0.5)));
}

double slow_spirals(double noise, double x, double y) {
  double sum = 0.0;
  checks::tanh_sinh([&](double u, double weight) {
    const double t = 3 * std::acos(-1.0) * std::sqrt(u), width = 1.0 / 6;
    for (const double sign : {1.0, -1.0}) {
      const double dx = sign * x + t * std::cos(t) / 3, dy = sign * y - t * std::sin(t) / 3;
      sum += weight * between((dx - width) / noise, dx / noise) * between((dy - width) / noise, dy / noise);
    }
  });
  return std::log(0.5 * 36.0 * sum);
}

}  // namespace

TEST_CASE("Two spirals agree with squares along them, near and far") {
  for (const double noise : {0.1, 0.03, 0.3}) {
    for (const auto& [x, y] :
         {std::pair{0.0, 0.0}, {1.0, 0.1}, {0.4, -0.5}, {3.2, 0.3}, {-3.0, 0.2}, {-2.1, 1.4}, {0.6, 2.9}}) {
      const double slow = slow_spirals(noise, x, y);
      CHECK(std::abs(checks::log_density_at(TwoSpirals{.noise = noise}, x, y) - slow) < checks::curve_tolerance(slow));
    }
  }
  CHECK(std::abs(checks::log_density_at(TwoSpirals{}, 4.5, 3.5) - slow_spirals(0.1, 4.5, 3.5)) < 1e-4);
}

TEST_CASE("Far away the log-density of two spirals stays finite") {
  // The nearest tip is a square with its corner at (pi + 1 / 6, 0 or 1 / 6), or the other arm's opposite.
  const double value = checks::log_density_at(TwoSpirals{}, 1000.0, 0.0);
  CHECK(value == Approx(-0.5 * std::pow((1000.0 - std::acos(-1.0) - 1.0 / 6) / 0.1, 2)).epsilon(1e-4));
}

TEST_CASE("The entropy of two spirals is the table's, and of the samples") {
  CHECK(std::abs(TwoSpirals{}.entropy() - 2.645450) < 1e-6);
  CHECK(std::abs(checks::entropy_z_score(TwoSpirals{})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(TwoSpirals{}, TwoSpirals{.noise = 0.103})) > checks::kSigmas);
}

TEST_CASE("The mass of two spirals is one") { CHECK(std::abs(checks::grid_mass(TwoSpirals{}, 200) - 1.0) < 1e-9); }
