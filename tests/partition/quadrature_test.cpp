#include <ebm/partition/quadrature.hpp>

#include "partition/energies.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using ebm::Box;
using ebm::QuadratureOptions;
using ebm::QuadratureStatus;
using ebm::detail::integrate;

namespace {

const ebm::Points<double, 2> kNoSeeds(0, 2);

// w, w x and w y^2 of a Gaussian.
auto integrate_moments(const Gaussian<double, 2>& gaussian, const QuadratureOptions<2>& options = {},
                       std::optional<Box<2>> hint = {}) {
  return integrate(gaussian, options, hint, kNoSeeds, 2, [](const auto& x, Eigen::ArrayXXd& factors) {
    for (ebm::Index row = 0; row < x.rows(); ++row)
      factors(row, 0) = x(row, 0), factors(row, 1) = x(row, 1) * x(row, 1);
  });
}

}  // namespace

TEST_CASE("several integrals at once, over a domain that is found") {
  const Gaussian<double, 2> gaussian{{1.5, -2}, {0.5, 3}, 7};
  const auto check = [&](const auto& integration) {
    const auto& cubature = integration.cubature;
    CHECK(integration.status == QuadratureStatus::converged);
    CHECK(integration.edge_mass < 1e-7);
    CHECK(integration.systematic < 1e-5);
    CHECK_THAT(cubature.log_integral(), WithinAbs(gaussian.log_z(), 1e-5));
    CHECK_THAT(cubature.integral(1) / cubature.integral(0), WithinAbs(1.5, 1e-4));
    CHECK_THAT(cubature.integral(2) / cubature.integral(0), WithinAbs(9 + 4, 1e-3));
  };
  check(integrate_moments(gaussian));
  check(integrate_moments(gaussian, {.cells_per_axis = 3}));
  check(integrate_moments(gaussian, {}, Box<2>{{1.4, -2}, {1.6, 0}}));  // a hint that has to grow
}

TEST_CASE("options that make no sense are refused by name") {
  const Gaussian<double, 2> gaussian{{0, 0}, {1, 1}};
  CHECK_THROWS_WITH(integrate_moments(gaussian, {.temperature = 0}), "temperature: 0, wanted a positive number");
  CHECK_THROWS_WITH(integrate_moments(gaussian, {.tolerance = 0}), "tolerance: 0, wanted a positive number");
  CHECK_THROWS_WITH(integrate_moments(gaussian, {.cells_per_axis = -1}), ContainsSubstring("cells_per_axis: -1"));
  CHECK_THROWS_WITH(integrate_moments(gaussian, {.domain = Box<2>{{0, 1}, {1, 1}}}),
                    ContainsSubstring("domain: side 1"));
}

TEST_CASE("rounding grows with the energy and with the distance from the origin, by the digits of the scalar") {
  using ebm::detail::rounding_in;
  const double epsilon = 0x1p-23;
  const Box<2> here{{-2, -3}, {2, 3}}, there{{1e6 - 8, -3}, {1e6 + 8, 3}};
  CHECK(rounding_in<float>(here, 0.0) == Approx(4 * epsilon));
  CHECK(rounding_in<float>(here, -99.0) == Approx(400 * epsilon));
  CHECK(rounding_in<float>(there, 0.0) == Approx((4 + 1e6 / 8) * epsilon));
  CHECK(rounding_in<double>(there, 0.0) == Approx((4 + 1e6 / 8) * 0x1p-52));
}

TEST_CASE("a mean and its standard error") {
  const auto [mean, error] = ebm::detail::mean_with_error(Eigen::Vector4d(1, 2, 4, 5));
  CHECK(mean == 3);
  CHECK_THAT(error, WithinAbs(std::sqrt(10.0 / 3 / 4), 1e-15));
}

TEST_CASE("log weights are energies over the temperature, in double") {
  const Gaussian<float, 2> gaussian{{0, 0}, {1, 1}, 3};
  const auto log_weight = ebm::detail::log_weight_of(gaussian, 2.0);
  CHECK(log_weight(ebm::Points<double, 2>::Ones(3, 2))[2] == -2.0);
}
