#include <ebm/datasets/swiss_roll.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::SwissRoll;

namespace {

double slow_roll(double noise, double x, double y) {
  const auto on_roll = [](double u) {
    const double t = 1.5 * std::acos(-1.0) * (1 + 2 * u);
    return ebm::detail::PlanePoint{t * std::cos(t) / 5, t * std::sin(t) / 5};
  };
  return checks::slow_log_mean(x, y, noise / 5, on_roll);
}

}  // namespace

TEST_CASE("The swiss roll agrees with points along it, near and far") {
  for (const auto& [x, y] :
       {std::pair{0.0, -0.9}, {0.0, 1.6}, {2.5, 0.2}, {-1.9, 0.0}, {0.0, 0.0}, {3.5, 3.5}, {-5.0, 2.0}}) {
    const double slow = slow_roll(1.0, x, y);
    CHECK(std::abs(checks::log_density_at(SwissRoll{}, x, y) - slow) < checks::curve_tolerance(slow));
  }
}

TEST_CASE("The entropy of the swiss roll is the table's, and of the samples") {
  CHECK(std::abs(SwissRoll{}.entropy() - 2.669646) < 1e-6);
  CHECK(std::abs(checks::entropy_z_score(SwissRoll{})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(SwissRoll{.noise = 0.5})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(SwissRoll{}, SwissRoll{.noise = 1.02})) > checks::kSigmas);
}

TEST_CASE("The mass of the swiss roll is one") { CHECK(std::abs(checks::grid_mass(SwissRoll{}, 150) - 1.0) < 1e-9); }
