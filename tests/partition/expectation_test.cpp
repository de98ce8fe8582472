#include <ebm/partition/expectation.hpp>

#include "partition/energies.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using ebm::expectation;

TEST_CASE("expectations of functions of one point and of many") {
  const Gaussian<double, 2> gaussian{{0.5, -0.2}, {1, 2}};
  const auto square = expectation(gaussian, [](const Eigen::Vector2d& x) { return x.squaredNorm(); });
  CHECK(square.converged());
  CHECK(square.error < 1e-3);
  CHECK_THAT(square.value, WithinAbs(5.29, square.error));
  const auto first =
      expectation(gaussian, [](const ebm::Points<double, 2>& x) -> ebm::Values<double> { return x.col(0); });
  CHECK_THAT(first.value, WithinAbs(0.5, first.error));
  const auto hot = expectation(gaussian, [](const Eigen::Vector2d& x) { return x[0]; }, {.temperature = 3});
  CHECK_THAT(hot.value, WithinAbs(0.5, hot.error));
  // An indicator: the tolerance holds for jumps too.
  const auto inside =
      expectation(gaussian, [](const Eigen::Vector2d& x) { return std::abs(x[0] - 0.5) < 1 ? 1.0 : 0.0; });
  CHECK_THAT(inside.value, WithinAbs(std::erf(1 / std::sqrt(2.0)), 1e-5));
}

// Reference by adaptive quadrature with 25 digits.
TEST_CASE("moments of wells without a closed form") {
  const auto double_well = formula<1>([](const auto& x) { return 4.0 * square(x[0] * x[0] - 1.0); });
  const auto well = ebm::moments(double_well);
  CHECK_THAT(well.mean[0], WithinAbs(0, 1e-5));
  CHECK_THAT(well.covariance(0, 0), WithinAbs(0.91767086074522961, 1e-5));
  const auto quartic = formula<2>([](const auto& x) {
    const auto a = x[0] * x[0], b = x[1] * x[1];
    return a * a + b * b + 0.5 * a * b + x[0] * x[1];
  });
  CHECK_THAT(ebm::moments(quartic).covariance(0, 1), WithinAbs(-0.096642178422883647, 1e-5));
}

TEST_CASE("moments far from the origin lose nothing to cancellation") {
  const auto far = ebm::moments(Gaussian<double, 2>{{1e4, -5}, {1e-3, 2}});
  CHECK_THAT(far.mean[0], WithinAbs(1e4, 1e-8));
  CHECK_THAT(far.mean[1], WithinAbs(-5, 1e-4));
  CHECK_THAT(far.covariance(0, 0), WithinRel(1e-6, 1e-5));
  CHECK_THAT(far.covariance(1, 1), WithinRel(4.0, 1e-5));
  CHECK(std::abs(far.covariance(0, 1)) < 1e-8);
  const auto solid = ebm::moments(Gaussian<double, 3>{{1, 2, 3}, {1, 2, 0.5}});
  CHECK_THAT(solid.mean[2], WithinAbs(3, 1e-4));
  CHECK_THAT(solid.covariance(1, 1), WithinRel(4.0, 1e-4));
}

TEST_CASE("what did not converge is no expectation") {
  const Gaussian<double, 2> gaussian{{0.5, -0.2}, {1, 2}};
  CHECK_THROWS_AS(ebm::moments(gaussian, {.domain = ebm::Box<2>{{-1, -12}, {7, 12}}}), ebm::NumericalError);
  const auto root = [](const Eigen::Vector2d& x) { return std::sqrt(x[0]); };
  CHECK_THROWS_AS(expectation(gaussian, root), ebm::NumericalError);
}
