#include <ebm/datasets/two_moons.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::TwoMoons;

namespace {

const double kPi = std::acos(-1.0);

double slow_moons(double noise, double x, double y) {
  const double upper = checks::slow_log_mean(x, y, 2 * noise, [](double u) {
    return ebm::detail::PlanePoint{2 * std::cos(kPi * u) - 1, 2 * std::sin(kPi * u) - 0.2};
  });
  const double lower = checks::slow_log_mean(x, y, 2 * noise, [](double u) {
    return ebm::detail::PlanePoint{2 * (1 - std::cos(kPi * u)) - 1, 2 * (0.5 - std::sin(kPi * u)) - 0.2};
  });
  const double largest = std::max(upper, lower);
  return largest + std::log(0.5 * (std::exp(upper - largest) + std::exp(lower - largest)));
}

}  // namespace

TEST_CASE("Two moons agree with points along them, near and far") {
  for (const double noise : {0.1, 0.05}) {
    for (const auto& [x, y] :
         {std::pair{1.0, 0.0}, {-1.0, 1.8}, {0.0, 0.3}, {3.0, 0.8}, {-3.2, -0.4}, {4.0, 3.0}, {-5.0, -4.0}}) {
      const double slow = slow_moons(noise, x, y);
      CHECK(std::abs(checks::log_density_at(TwoMoons{.noise = noise}, x, y) - slow) < checks::curve_tolerance(slow));
    }
  }
  // From (1003, 0.8) the lower moon's tip at (3, 0.8) is nearest.
  CHECK(checks::log_density_at(TwoMoons{}, 1003.0, 0.8) == Approx(-0.5 * std::pow(1000.0 / 0.2, 2)).epsilon(1e-5));
}

TEST_CASE("The entropy of two moons is the table's, and of the samples") {
  CHECK(std::abs(TwoMoons{}.entropy() - 2.393879) < 1e-6);
  CHECK(std::abs(TwoMoons{.noise = 0.05}.entropy() - 1.675528) < 1e-6);
  CHECK(std::abs(checks::entropy_z_score(TwoMoons{})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(TwoMoons{.noise = 0.05})) < checks::kSigmas);
}

TEST_CASE("Noise of moons wrong by two percent is noticed") {
  CHECK(std::abs(checks::entropy_z_score(TwoMoons{}, TwoMoons{.noise = 0.102})) > checks::kSigmas);
}

TEST_CASE("The mass of two moons is one") {
  CHECK(std::abs(checks::grid_mass(TwoMoons{}, 150) - 1.0) < 1e-9);
  CHECK(std::abs(checks::grid_mass(TwoMoons{.noise = 0.5}, 100) - 1.0) < 1e-9);
}

TEST_CASE("Moons without noise are refused") {
  ebm::Rng rng(1);
  CHECK_THROWS_AS(TwoMoons{.noise = 0.0}.sample(1, rng), ebm::ValueError);
  CHECK_THROWS_AS(TwoMoons{}.sample(-1, rng), ebm::ValueError);
}
