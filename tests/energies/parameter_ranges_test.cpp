#include <ebm/energies/parameter_ranges.hpp>

#include "support/catch.hpp"

using namespace ebm::detail;

TEST_CASE("scales are refused whose squares or inverses overflow in float") {
  for (const double good : {1.1e-15, 1.0, 0.9e15}) {
    CHECK_NOTHROW(require_scale("sd", good));
    CHECK(std::isfinite(static_cast<float>(1 / (good * good))));
    CHECK(std::isfinite(static_cast<float>(good * good)));
  }
  for (const double bad : {0.0, -1.0, 1e-15, 1e15, std::numeric_limits<double>::infinity(), std::nan("")}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(require_scale("sd", bad), ebm::ValueError);
  }
}

TEST_CASE("centres are finite and not out of reach") {
  CHECK_NOTHROW(require_centre("mean", Eigen::Vector3d(0, -1e14, 1e14)));
  CHECK_THROWS_WITH(require_centre("mean", Eigen::Vector2d(0, -1e15)), "mean: -1e+15, wanted numbers below 1e15");
  CHECK_THROWS_WITH(require_centre("mean", Eigen::VectorXd(0)), "mean: 0, wanted at least one coordinate");
  CHECK_THROWS_WITH(require_centre("mean", Eigen::Vector2d(0, std::nan(""))),
                    "mean: nan at row 1, column 0, wanted finite values");
}

TEST_CASE("a covariance is judged by its diagonal and by that of its factor") {
  const Eigen::Matrix2d unit = Eigen::Matrix2d::Identity();
  CHECK_NOTHROW(require_covariance("covariance", unit, unit));
  Eigen::Matrix2d bad = unit;
  bad(1, 1) = 1e-20;
  CHECK_THROWS_WITH(require_covariance("covariance", unit, bad),
                    "covariance: standard deviation 1e-20 in row 1, wanted a positive number from 1e-15 to 1e15");
  bad(1, 1) = 1e32;
  CHECK_THROWS_AS(require_covariance("covariance", bad, unit), ebm::ValueError);
}
