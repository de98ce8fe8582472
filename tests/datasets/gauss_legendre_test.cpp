#include <ebm/datasets/gauss_legendre.hpp>

#include "support/catch.hpp"

TEST_CASE("Gauss-Legendre is exact up to degree 31 and not beyond") {
  const ebm::detail::GaussLegendre rule;
  const auto monomial = [&](int power, double from, double to) {
    double sum = 0.0;
    rule.panel(from, to, [&](double t, double weight) { sum += weight * std::pow(t, power); });
    return sum;
  };
  for (int power = 0; power <= 31; ++power) {
    CHECK(std::abs(monomial(power, 0.0, 1.0) - 1.0 / (power + 1)) < 1e-15);
    CHECK(std::abs(monomial(power, -1.0, 1.0) - (power % 2 == 0 ? 2.0 / (power + 1) : 0.0)) < 1e-14);
  }
  CHECK(std::abs(monomial(32, -1.0, 1.0) - 2.0 / 33) > 1e-10);
}
