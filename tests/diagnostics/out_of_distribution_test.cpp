#include <ebm/diagnostics/out_of_distribution.hpp>

#include <ebm/diagnostics/auroc.hpp>
#include <ebm/energies/classifier_energy.hpp>
#include <ebm/energies/gaussian.hpp>

#include "support/catch.hpp"

TEST_CASE("scores of a Gaussian are its log-density and its slope") {
  const auto gaussian = ebm::Gaussian<double, 2>::isotropic(Eigen::Vector2d(1, -1), 2.0);
  const Eigen::MatrixXd points = (Eigen::MatrixXd(2, 2) << 1, -1, 3, 2).finished();
  const auto density = ebm::log_density_scores(gaussian, points), cold = ebm::log_density_scores(gaussian, points, 0.5);
  CHECK(density(0) - density(1) == Approx(13.0 / 8));
  CHECK(cold(0) - cold(1) == Approx(13.0 / 4));
  const auto mass = ebm::typicality_scores(gaussian, points, 2.0);
  CHECK(mass(0) == Approx(0.0).margin(1e-12));
  CHECK(mass(1) == Approx(-std::sqrt(13.0) / 8));
  CHECK_THROWS_AS(ebm::log_density_scores(gaussian, points, 0), ebm::ValueError);
}

TEST_CASE("confidence is the largest probability") {
  ebm::Rng rng(3);
  const ebm::ClassifierEnergy energy{
      ebm::network<double>(rng, ebm::Features<2>{}, ebm::Dense<8>{}, ebm::Tanh{}, ebm::Dense<3>{})};
  const Eigen::MatrixXd points = Eigen::MatrixXd::Random(6, 2);
  const Eigen::VectorXd expected = energy.probabilities(points).rowwise().maxCoeff();
  CHECK(ebm::confidence_scores(energy, points).isApprox(expected, 1e-12));
  CHECK(expected.minCoeff() >= 1.0 / 3);
}
