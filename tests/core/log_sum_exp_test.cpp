#include <ebm/core/log_sum_exp.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using ebm::log_sum_exp;

TEST_CASE("log_sum_exp of numbers near and far from zero") {
  const std::vector<double> near{0.3, -1.2, 2.0};
  CHECK(log_sum_exp(near) == Approx(std::log(std::exp(0.3) + std::exp(-1.2) + std::exp(2.0))).epsilon(1e-15));
  // Where the exponentials themselves overflow, and where they vanish.
  for (const double shift : {1e5, -1e5}) {
    std::vector<double> far = near;
    for (double& value : far) value += shift;
    CHECK(log_sum_exp(far) - shift == Approx(log_sum_exp(near)).margin(1e-10));
  }
}

TEST_CASE("log_sum_exp of nothing, of what weighs nothing, and of what is no number") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(log_sum_exp({}) == -infinity);
  CHECK(log_sum_exp(std::vector<double>{-infinity, -infinity}) == -infinity);
  CHECK(log_sum_exp(std::vector<double>{-infinity, 1.5}) == 1.5);
  CHECK(log_sum_exp(std::vector<double>{infinity, 1.5}) == infinity);
  CHECK(std::isnan(log_sum_exp(std::vector<double>{0.0, std::nan("")})));
}
