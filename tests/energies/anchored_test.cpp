#include <ebm/energies/anchored.hpp>

#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/gaussian.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/energies/quadratic.hpp>
#include <ebm/samplers/mixture_jump.hpp>

#include "support/catch.hpp"

namespace {

ebm::Points<double, 2> points() {
  const ebm::Stream stream(7);
  ebm::Points<double, 2> result(37, 2);
  for (ebm::Index i = 0; i < result.size(); ++i)
    result.data()[i] = 2 * stream.normal(0, static_cast<std::uint64_t>(i));
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("an anchored energy is the inner one plus the anchor's", "", float, double) {
  const ebm::Mlp<TestType, 2, 16, 16> inner{ebm::Rng{3}};
  const double tolerance = sizeof(TestType) == 4 ? 2e-6 : 1e-14;
  for (const double variance : {0.25, 4.0}) {
    const ebm::Anchored energy(inner, variance);
    const auto x = points();
    const auto bare = ebm::energies(inner, x), given = ebm::energies(energy, x);
    for (ebm::Index row = 0; row < x.rows(); ++row) {
      const double expected = static_cast<double>(bare[row]) + x.row(row).squaredNorm() / (2 * variance);
      CHECK(static_cast<double>(given[row]) == Approx(expected).epsilon(tolerance).margin(tolerance));
    }
    const auto check = ebm::check_gradient(energy, x);
    INFO(check);
    CHECK(check.passed);
    CHECK(energy.anchor_variance() == variance);
    CHECK(ebm::energies(energy.inner(), x) == bare);
  }
}

TEST_CASE("the anchor is no parameter, and adds to the values that come with the parameter gradient") {
  const ebm::Mlp<double, 2, 16, 16> inner{ebm::Rng{3}};
  const ebm::Anchored energy(inner, 0.5);
  REQUIRE(energy.parameters().size() == inner.parameters().size());
  const auto check = ebm::check_parameter_gradient(energy, points(), Eigen::VectorXd::Constant(37, 0.2));
  INFO(check);
  CHECK(check.passed);

  auto other = energy;
  const std::vector<double> zeros(inner.parameters().size(), 0.0);
  other.set_parameters(zeros);
  const auto x = points();
  const auto values = ebm::energies(other, x);
  for (ebm::Index row = 0; row < x.rows(); ++row) CHECK(values[row] == Approx(x.row(row).squaredNorm()));
  CHECK(ebm::energies(energy, x) != values);  // a copy is independent
}

TEST_CASE("an infinite variance is no anchor") {
  const ebm::Mlp<float, 2, 16> inner{ebm::Rng{3}};
  const ebm::Anchored energy(inner, std::numeric_limits<double>::infinity());
  CHECK(ebm::energies(energy, points()) == ebm::energies(inner, points()));
  CHECK(ebm::gradients(energy, points()) == ebm::gradients(inner, points()));
}

TEST_CASE("an anchored energy is what its inner one is") {
  using Anchored = ebm::Anchored<ebm::Mlp<float, 2, 16>>;
  STATIC_REQUIRE(ebm::TrainableEnergy<Anchored>);
  STATIC_REQUIRE(ebm::AnchoredEnergy<Anchored>);
  STATIC_REQUIRE(ebm::DifferentiableEnergy<ebm::Anchored<ebm::Gaussian<float, 2>>>);
  STATIC_REQUIRE_FALSE(ebm::TrainableEnergy<ebm::Anchored<ebm::Gaussian<float, 2>>>);
  STATIC_REQUIRE_FALSE(ebm::AnchoredEnergy<ebm::Gaussian<float, 2>>);
  using Any = ebm::QuadraticEnergy<double, ebm::Dynamic>;
  const ebm::Anchored energy(Any(1.0, 3), 2.0);
  CHECK(energy.dimension() == 3);
  const Eigen::MatrixXd x = Eigen::MatrixXd::Identity(3, 3);
  CHECK(ebm::energies(energy, x) == Eigen::VectorXd::Constant(3, 0.75));
}

TEST_CASE("the anchor's variance is checked") {
  using Catch::Matchers::Message;
  const auto with = [](double variance) { return ebm::Anchored(ebm::QuadraticEnergy<float, 2>(1.0), variance); };
  CHECK_THROWS_MATCHES(with(0), ebm::ValueError, Message("variance: 0, wanted more than 1e-30"));
  CHECK_THROWS_MATCHES(with(-1), ebm::ValueError, Message("variance: -1, wanted more than 1e-30"));
  CHECK_THROWS_AS(with(std::nan("")), ebm::ValueError);
}
