#include <ebm/partition/cubature.hpp>

#include "support/catch.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using ebm::Index;
using ebm::Points;
using ebm::Values;
using ebm::detail::Cubature;

namespace {

const Points<double, 2> no_seeds(0, 2);

// w = exp(700 - |x|_1), g = (x_0, x_0^2).
const auto laplace = [](const Points<double, 2>& x, Values<double>& log_weights, Eigen::ArrayXXd& factors) {
  for (Index row = 0; row < x.rows(); ++row) {
    log_weights[row] = 700 - std::abs(x(row, 0)) - std::abs(x(row, 1));
    factors(row, 0) = x(row, 0);
    factors(row, 1) = x(row, 0) * x(row, 0);
  }
};

}  // namespace

TEST_CASE("several integrals at once, of weights beyond the range of doubles") {
  Cubature<2> cubature(2);
  cubature.cells().cover({{-40, -40}, {50, 45}}, 16, no_seeds);
  REQUIRE(cubature.refine(laplace, 1e-6, 10'000'000));
  CHECK_THAT(cubature.log_integral(), WithinAbs(700 + std::log(4.0), 1e-6));
  const double z = cubature.integral(0);
  CHECK_THAT(cubature.integral(1) / z, WithinAbs(0, cubature.error(1) / z));
  CHECK_THAT(cubature.integral(2) / z, WithinAbs(2, cubature.error(2) / z));
  CHECK(cubature.error(2) / z < 1e-5);
  for (const double share : cubature.face_mass()) CHECK(share < 1e-12);
}

TEST_CASE("a box that grows integrates what one that is large from the start does") {
  Cubature<2> grown(2), whole(2);
  grown.cells().cover({{-3, -3}, {4, 4}}, 8, no_seeds);
  CHECK(grown.refine(laplace, 1e-6, 10'000'000));
  const auto before = grown.face_mass();
  CHECK(before[0] > before[1]);  // the lower face is the nearer one
  CHECK(before[1] > 1e-3);
  grown.cells().enlarge({{-3, -3}, {40, 4}}, 8, no_seeds);
  CHECK(grown.refine(laplace, 1e-6, 10'000'000));
  CHECK_THAT(grown.face_mass()[0], WithinRel(before[0], 0.1));  // that face has not moved, and still cuts
  CHECK(grown.face_mass()[1] < 1e-12);
  grown.cells().enlarge({{-40, -45}, {40, 50}}, 8, no_seeds);
  CHECK(grown.refine(laplace, 1e-6, 10'000'000));
  whole.cells().cover({{-40, -45}, {40, 50}}, 32, no_seeds);
  CHECK(whole.refine(laplace, 1e-6, 10'000'000));
  CHECK_THAT(grown.log_integral(), WithinAbs(700 + std::log(4.0), 2e-6));
  CHECK_THAT(grown.log_integral(), WithinAbs(whole.log_integral(), 2e-6));
  for (const double share : grown.face_mass()) CHECK(share < 1e-12);
}

TEST_CASE("a jump along an axis costs long thin cells, not a tree of small ones") {
  const auto step = [](const Points<double, 2>& x, Values<double>& log_weights, Eigen::ArrayXXd&) {
    for (Index row = 0; row < x.rows(); ++row) {
      log_weights[row] = x(row, 0) < 0.123456 ? 0.0 : -std::numeric_limits<double>::infinity();
    }
  };
  Cubature<2> cubature(0);
  cubature.cells().cover({{0, 0}, {1, 1}}, 4, no_seeds);
  REQUIRE(cubature.refine(step, 1e-9, 20'000));
  CHECK_THAT(cubature.integral(0), WithinRel(0.123456, 1e-9));
}

TEST_CASE("seeds show the way to a peak that the grid misses") {
  const auto needle = [](const Points<double, 2>& x, Values<double>& log_weights, Eigen::ArrayXXd&) {
    for (Index row = 0; row < x.rows(); ++row) {
      log_weights[row] = -0.5e8 * (std::pow(x(row, 0) - 0.3217, 2) + std::pow(x(row, 1) - 0.7331, 2));
    }
  };
  const auto integral = [&](const Points<double, 2>& seeds) {
    Cubature<2> cubature(0);
    cubature.cells().cover({{0, 0}, {1, 1}}, 8, seeds);
    return cubature.refine(needle, 1e-6, 1'000'000) ? std::exp(cubature.largest_log_weight()) * cubature.integral(0)
                                                    : -1.0;
  };
  Points<double, 2> seeds(20, 2);
  for (Index row = 0; row < 20; ++row) {
    seeds(row, 0) = 0.3217 + 1e-4 * std::cos(double(row));
    seeds(row, 1) = 0.7331 + 1e-4 * std::sin(double(row));
  }
  const double truth = 2 * 3.14159265358979 * 1e-8;
  CHECK(std::abs(integral(no_seeds) / truth - 1) > 0.01);
  CHECK_THAT(integral(seeds), WithinRel(truth, 1e-6));
}

TEST_CASE("a budget that is used up, and numbers that are none, are not results") {
  Cubature<2> poor(2);
  poor.cells().cover({{-40, -40}, {50, 45}}, 8, no_seeds);
  CHECK_FALSE(poor.refine(laplace, 1e-12, 50'000));
  CHECK(poor.relative_error() > 1e-12);

  // So far from the origin that the coordinates have no digits left for smaller cells.
  const auto hat = [](const Points<double, 1>& x, Values<double>& log_weights, Eigen::ArrayXXd&) {
    for (Index row = 0; row < x.rows(); ++row) log_weights[row] = -std::abs(x(row, 0) - 1e15);
  };
  Cubature<1> far(0);
  far.cells().cover({ebm::Box<1>::Corner(1e15 - 40), ebm::Box<1>::Corner(1e15 + 50)}, 8, Points<double, 1>(0, 1));
  CHECK_FALSE(far.refine(hat, 1e-12, 1'000'000));
  CHECK(far.evaluations() < 1000);

  const auto hole = [](const Points<double, 2>& x, Values<double>& log_weights, Eigen::ArrayXXd&) {
    for (Index row = 0; row < x.rows(); ++row) log_weights[row] = std::log(x(row, 0));
  };
  Cubature<2> cubature(0);
  cubature.cells().cover({{-1, -1}, {1, 1}}, 4, no_seeds);
  CHECK_THROWS_WITH(cubature.refine(hole, 1e-3, 100'000),
                    ContainsSubstring("log weight") && ContainsSubstring("wanted a finite number"));
}
