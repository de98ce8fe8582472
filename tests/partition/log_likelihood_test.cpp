#include <ebm/partition/log_likelihood.hpp>

#include "partition/energies.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using Catch::Matchers::WithinAbs;

TEST_CASE("the held-out likelihood of a known density is its mean log density") {
  const Mixture<2> mixture{{{0.3, {0, 0}, 1}, {0.7, {4, -2}, 0.3}}};
  ebm::Rng rng(5);
  const ebm::Points<double, 2> points = mixture.sample(2000, rng);
  const auto result = ebm::log_likelihood(mixture, points);
  const ebm::Values<double> truth = mixture.log_density(points);
  double mean = 0, variance = 0;
  for (const double each : truth) mean += each / 2000;
  for (const double each : truth) variance += (each - mean) * (each - mean) / 1999;
  CHECK_THAT(result.value, WithinAbs(mean, result.log_partition.error));
  CHECK_THAT(result.standard_error, WithinAbs(std::sqrt(variance / 2000), 1e-9));
  CHECK_THAT(result.log_partition.value, WithinAbs(-3, result.log_partition.error));
}

TEST_CASE("wrong shapes and unknown normalisers are refused") {
  const Gaussian<double, 2> gaussian{{0, 0}, {1, 1}};
  CHECK_THROWS_AS(ebm::log_likelihood(gaussian, Eigen::MatrixXd::Zero(5, 3)), ebm::ShapeError);
  CHECK_THROWS_AS(ebm::log_likelihood(gaussian, Eigen::MatrixXd::Zero(1, 2)), ebm::ValueError);
  const ebm::Points<double, 2> points = ebm::Points<double, 2>::Zero(5, 2);
  CHECK_THROWS_AS(ebm::log_likelihood(gaussian, points, {.domain = ebm::Box<2>{{-1, -1}, {1, 1}}}),
                  ebm::NumericalError);
}
