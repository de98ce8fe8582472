#include <ebm/partition/log_partition.hpp>

#include <sstream>

#include "partition/energies.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using ebm::log_partition;
using ebm::LogPartition;
using ebm::QuadratureStatus;

static_assert(ebm::LowDimensionalEnergy<Gaussian<float, 3>>);
static_assert(!ebm::LowDimensionalEnergy<Gaussian<float, 4>>);
static_assert(!ebm::LowDimensionalEnergy<int>);

namespace {

// The reported error must bound the true one, and be of use.
template <int Dim>
void check(const LogPartition<Dim>& result, double truth, double useful = 2e-5) {
  CHECK(result.converged());
  CHECK(result.error < useful);
  CHECK_THAT(result.value, WithinAbs(truth, result.error + 1e-12 * std::abs(truth)));
}

template <class S, int Dim>
void check_gaussian(std::array<double, Dim> centre, std::array<double, Dim> sd, double useful = 2e-5) {
  const Gaussian<S, Dim> gaussian{centre, sd, 12.5};
  const auto result = log_partition(gaussian);
  check(result, gaussian.log_z(), useful);
  for (std::size_t i = 0; i < Dim; ++i) {
    CHECK(result.domain.lower[static_cast<ebm::Index>(i)] < centre[i] - 5 * sd[i]);
    CHECK(result.domain.upper[static_cast<ebm::Index>(i)] > centre[i] + 5 * sd[i]);
  }
}

// A mode that a search around the origin does not see: a well in a bounded plain far away.
struct Well {
  using Scalar = double;
  static constexpr int dim = 2;
  double x0 = 5e8 + 7.0;
  ebm::Lanes<double> energy(const ebm::Tile<double, 2>& x) const {
    return ((x.col(0) - x0).square() * 0.5 + x.col(1).square() * 0.5).min(60.0) +
           ((x.col(0) - x0).abs() > 40.0).cast<double>() * 1e9 + (x.col(1).abs() > 40.0).cast<double>() * 1e9;
  }
  ebm::Box<2> domain() const { return {{x0 - 20, -20}, {x0 + 20, 20}}; }
};

}  // namespace

TEST_CASE("Gaussians of any place and unit are found without a hint") {
  check_gaussian<double, 1>({3}, {0.5});
  check_gaussian<double, 1>({1e4}, {1e-3});
  check_gaussian<float, 1>({-3}, {2});
  check_gaussian<double, 2>({0.5, -0.2}, {1, 2});
  check_gaussian<double, 2>({0.001, 1e4}, {1e-3, 3e3});
  check_gaussian<double, 2>({1e5, -3e4}, {1, 2});
  check_gaussian<float, 2>({0.5, -0.2}, {1e-3, 1e4}, 5e-5);
  check_gaussian<double, 3>({0.5, -0.2, 1}, {1, 2, 0.1});
  check_gaussian<float, 3>({0.5, -0.2, 1}, {1e-3, 2, 1e4}, 5e-5);
}

// The coordinates near 1e6 are multiples of 1/16 in float. The error must say so, and still be a bound.
TEST_CASE("where coordinates have few digits left the error counts their rounding") {
  for (const double sd : {0.7, 1.0, 1.3, 5.0, 40.0}) {
    CAPTURE(sd);
    const Gaussian<float, 1> line{{1e6}, {sd}};
    const auto result = log_partition(
        line, {.domain = ebm::Box<1>{ebm::Box<1>::Corner(1e6 - 8 * sd), ebm::Box<1>::Corner(1e6 + 8 * sd)}});
    check(result, line.log_z(), 0.1 / sd);
    CHECK(result.error > 0.01 / sd);
    const Gaussian<float, 2> plane{{1e6, -1}, {sd, 2}};
    check(log_partition(plane), plane.log_z(), 0.1 / sd);
    check(log_partition(Gaussian<double, 2>{{1e6, -1}, {sd, 2}}), plane.log_z());
  }
}

TEST_CASE("a narrow ridge across the axes is followed") {
  const double r = 0.999;
  const auto ridge = formula<2>(
      [r](const auto& x) { return (x[0] * x[0] - 2 * r * x[0] * x[1] + x[1] * x[1]) * (0.5 / (1 - r * r)); });
  check(log_partition(ridge), std::log(2 * kPi) + 0.5 * std::log(1 - r * r));
}

TEST_CASE("many sharp modes, and modes of very different width") {
  check(log_partition(Bare<2>{grid_of_modes(0.2)}), -3.0);
  check(log_partition(Bare<2>{grid_of_modes(0.05)}), -3.0);
  check(log_partition(Bare<2>{{{{0.5, {0, 0}, 1}, {0.5, {7, 3}, 0.04}}}}), -3.0);
  check(log_partition(Bare<1>{{{{0.5, {-3}, 1}, {0.5, {5}, 0.01}}}}), -3.0);
  check(log_partition(Bare<3>{{{{0.5, {-3, 0, 1}, 1}, {0.5, {5, 1, 1}, 0.2}}}}), -3.0);
}

// References by adaptive quadrature with 25 digits.
TEST_CASE("wells without a closed form") {
  const auto double_well = formula<1>([](const auto& x) { return 4.0 * square(x[0] * x[0] - 1.0); });
  check(log_partition(double_well), -0.05357185361589506);
  const auto quartic = formula<2>([](const auto& x) {
    const auto a = x[0] * x[0], b = x[1] * x[1];
    return a * a + b * b + 0.5 * a * b + x[0] * x[1];
  });
  check(log_partition(quartic), 1.1856975164141316);
}

TEST_CASE("heavy tails are followed as far as it takes") {
  const auto cauchy = formula<1>([](const auto& x) { return log(1.0 + x[0] * x[0]); });
  check(log_partition(cauchy), std::log(kPi));
  const auto student = formula<2>([](const auto& x) { return 2.5 * log(1.0 + (x[0] * x[0] + x[1] * x[1]) / 3.0); });
  check(log_partition(student), std::log(2 * kPi));
}

TEST_CASE("at a temperature") {
  const Gaussian<double, 2> gaussian{{1, 2}, {0.5, 3}, -4};
  const double t = 2.5;
  check(log_partition(gaussian, {.temperature = t}), 4 / t + std::log(2 * kPi * t * 0.5 * 3));
  CHECK_THROWS_AS(log_partition(gaussian, {.temperature = 0}), ebm::ValueError);
}

TEST_CASE("the domain that an energy offers is where the search starts, and need not be right") {
  struct Hinted : Gaussian<double, 2> {
    ebm::Box<2> box;
    ebm::Box<2> domain() const { return box; }
  };
  check(log_partition(Hinted{{{1e6, 2}, {0.01, 3}}, {{1e6 - 0.1, -20}, {1e6 + 0.1, 20}}}), std::log(2 * kPi * 0.03));
  check(log_partition(Hinted{{{0, 0}, {1, 1}}, {{-0.5, -0.5}, {0.3, 0.5}}}), std::log(2 * kPi));
  check(log_partition(Well{}), std::log(2 * kPi));
}

TEST_CASE("a mean and a covariance are a hint as well") {
  struct Moments : Gaussian<double, 2> {
    Eigen::Vector2d mean() const { return {centre[0], centre[1]}; }
    Eigen::Matrix2d covariance() const { return Eigen::Vector2d(sd[0] * sd[0], sd[1] * sd[1]).asDiagonal(); }
  };
  static_assert(ebm::detail::HasMoments<Moments>);
  check(log_partition(Moments{{{1e6, 2}, {0.01, 3}}}), std::log(2 * kPi * 0.03));
}

TEST_CASE("a domain that is too small is reported, one that is the support is not") {
  const Gaussian<double, 2> gaussian{{0.5, -0.2}, {1, 2}};
  const auto cut = log_partition(gaussian, {.domain = ebm::Box<2>{{-1, -12}, {7, 12}}});
  CHECK(cut.status == QuadratureStatus::mass_at_edge);
  CHECK(cut.edge_mass > 1e-3);
  CHECK_THAT(cut.value, WithinAbs(gaussian.log_z() + std::log(0.5 * std::erfc(-1.5 / std::sqrt(2.0))), 1e-5));

  const auto flat = formula<2>([](const auto& x) { return x[0] - x[0]; });
  const auto whole = log_partition(flat, {.domain = ebm::Box<2>{{0, 0}, {2, 3}}, .edge_mass = 1});
  CHECK(whole.converged());
  CHECK_THAT(whole.value, WithinAbs(std::log(6.0), 1e-12));
  CHECK_THROWS_AS(log_partition(flat, {.domain = ebm::Box<2>{{0, 0}, {2, 0}}}), ebm::ValueError);
}

TEST_CASE("an energy that cannot be normalised is refused") {
  CHECK_THROWS_AS(log_partition(formula<1>([](const auto& x) { return x[0] - x[0]; })), ebm::NumericalError);
  CHECK_THROWS_AS(log_partition(formula<2>([](const auto& x) { return 0.5 * x[0] * x[0]; })), ebm::NumericalError);
  CHECK_THROWS_AS(log_partition(formula<2>([](const auto& x) { return abs(x[0]) - abs(x[1]); })), ebm::NumericalError);
  CHECK_THROWS_AS(log_partition(formula<2>([](const auto& x) { return -0.5 * (x[0] * x[0] + x[1] * x[1]); })),
                  ebm::NumericalError);
  CHECK_THROWS_AS(log_partition(formula<1>([](const auto& x) { return 0.5 * log(1.0 + x[0] * x[0]); })),
                  ebm::NumericalError);
  // A well in a plain: finite energy everywhere, infinite mass.
  CHECK_THROWS_AS(log_partition(formula<2>([](const auto& x) { return minimum(x[0] * x[0] + x[1] * x[1], 20.0); })),
                  ebm::NumericalError);
}

TEST_CASE("evaluations that run out while the domain grows are not taken for an energy without a Z") {
  const auto spiky = formula<2>([](const auto& x) { return 1.1 * (log(1.0 + abs(x[0])) + log(1.0 + abs(x[1]))); });
  CHECK_THROWS_WITH(log_partition(spiky, {.max_evaluations = 30'000}), ContainsSubstring("max_evaluations: exhausted"));
  const auto heavy = formula<1>([](const auto& x) { return 0.5 * log(1.0 + x[0] * x[0]); });
  CHECK_THROWS_WITH(log_partition(heavy), ContainsSubstring("energy: cannot be normalised"));
}

TEST_CASE("energies that are no numbers are refused with the place") {
  const auto broken = formula<1>([](const auto& x) { return 0.5 * x[0] * x[0] + 0.0 * log(x[0] + 1.0); });
  CHECK_THROWS_WITH(log_partition(broken), ContainsSubstring("wanted a finite number"));
  const auto nowhere = formula<1>([](const auto& x) { return x[0] - x[0] + std::numeric_limits<double>::infinity(); });
  CHECK_THROWS_AS(log_partition(nowhere), ebm::NumericalError);
  CHECK_THROWS_AS(log_partition(nowhere, {.domain = ebm::Box<1>{ebm::Box<1>::Corner(0.0), ebm::Box<1>::Corner(1.0)}}),
                  ebm::NumericalError);
}

TEST_CASE("a result prints its error, and what is wrong with it") {
  const auto print = [](const auto& result) {
    std::ostringstream stream;
    stream << "log Z = " << result << " nats";
    return stream.str();
  };
  const Gaussian<double, 2> gaussian{{0.5, -0.2}, {1, 2}};
  CHECK_THAT(print(log_partition(gaussian)), ContainsSubstring("log Z = 2.53102 +- "));
  CHECK_THAT(print(log_partition(gaussian)), !ContainsSubstring("NOT"));
  const auto poor = log_partition(gaussian, {.tolerance = 1e-12, .max_evaluations = 40'000});
  CHECK(poor.status == QuadratureStatus::budget_exhausted);
  CHECK_THAT(poor.value, WithinAbs(gaussian.log_z(), poor.error));
  CHECK_THAT(print(poor), ContainsSubstring("NOT CONVERGED"));
  CHECK_THAT(print(log_partition(gaussian, {.domain = ebm::Box<2>{{-1, -12}, {7, 12}}})),
             ContainsSubstring("DOMAIN TOO SMALL"));
}

TEST_CASE("a quadrature's result in the form of all estimates") {
  const Gaussian<double, 2> gaussian{{0.5, -0.2}, {1, 2}};
  const auto estimate = ebm::partition_estimate(log_partition(gaussian));
  CHECK(estimate.verdict == ebm::PartitionVerdict::estimated);
  CHECK(estimate.contains(gaussian.log_z()));
  CHECK(estimate.lower_confidence == 0);
  const auto cut = ebm::partition_estimate(log_partition(gaussian, {.domain = ebm::Box<2>{{-1, -1}, {1, 1}}}));
  CHECK(!cut.reliable());
  CHECK_THAT(to_text(cut), ContainsSubstring("DOMAIN TOO SMALL"));
}
