#include <ebm/datasets/gaussian_grids.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::EightGaussians;
using ebm::TwentyFiveGaussians;

TEST_CASE("Entropies of the Gaussian grids are those of the table, and of their samples") {
  const auto check = [](const auto& density, double table) {
    CHECK(std::abs(density.entropy() - table) < 1e-6);
    CHECK(std::abs(checks::entropy_z_score(density)) < checks::kSigmas);
  };
  check(EightGaussians{}, 2.831880);
  check(EightGaussians{.radius = 2.0, .sd = 0.2}, 1.698061);
  check(EightGaussians{.radius = 1.0, .sd = 0.15}, 1.093234);
  check(TwentyFiveGaussians{}, 2.837874);
  check(TwentyFiveGaussians{.sd = 0.3}, 3.644836);
  check(TwentyFiveGaussians{.sd = 0.05}, 0.065288);
  check(TwentyFiveGaussians{.spacing = 2.0 / 2.828, .sd = 0.05 / 2.828}, -2.013851);
}

TEST_CASE("A standard deviation wrong by two percent is noticed") {
  CHECK(std::abs(checks::entropy_z_score(EightGaussians{}, EightGaussians{.sd = 0.51 / 1.414})) > checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(TwentyFiveGaussians{}, TwentyFiveGaussians{.sd = 0.204})) > checks::kSigmas);
}

TEST_CASE("Masses of the Gaussian grids are one") {
  CHECK(std::abs(checks::grid_mass(EightGaussians{}, 150) - 1.0) < 1e-9);
  CHECK(std::abs(checks::grid_mass(TwentyFiveGaussians{}, 150) - 1.0) < 1e-9);
}

TEST_CASE("Modes are where they should be") {
  const double peak = -std::log(8.0 * 2.0 * std::acos(-1.0) * 0.04);
  const EightGaussians eight{.radius = 4.0, .sd = 0.2};
  CHECK(checks::log_density_at(eight, 4.0 * std::sqrt(0.5), -4.0 * std::sqrt(0.5)) == Approx(peak));
  CHECK(checks::log_density_at(eight, -4.0, 0.0) == Approx(peak));
  const double wanted = -std::log(25.0 * 2.0 * std::acos(-1.0) * 0.04);
  CHECK(checks::log_density_at(TwentyFiveGaussians{}, 4.0, -2.0) == Approx(wanted));
}
