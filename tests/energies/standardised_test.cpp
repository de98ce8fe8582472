#include <ebm/energies/standardised.hpp>

#include <ebm/energies/anchored.hpp>
#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/gaussian.hpp>
#include <ebm/energies/mlp.hpp>

#include "energies/correlated_points.hpp"
#include "support/catch.hpp"

using ebm::testing::correlated_points;

TEMPLATE_TEST_CASE("a standardised energy is the inner one at L^-1 (x - mu), with the gradient L^-T of it", "", float,
                   double) {
  const ebm::Mlp<TestType, 3, 16> network{ebm::Rng{3}};
  const ebm::Anchored inner(network, 4.0);
  const auto frame = ebm::fit_frame<3>(correlated_points<3>(200));
  const ebm::Standardised energy(inner, frame);
  const ebm::Points<double, 3> x = correlated_points<3>(37);
  const double tolerance = sizeof(TestType) == 4 ? 1e-5 : 1e-12;

  const Eigen::MatrixXd inverse = frame.factor.triangularView<Eigen::Lower>().solve(Eigen::Matrix3d::Identity());
  const Eigen::MatrixXd z = (x.rowwise() - frame.centre.transpose()) * inverse.transpose();
  const Eigen::VectorXd expected = ebm::energies(inner, z).template cast<double>();
  CHECK((ebm::energies(energy, x).template cast<double>() - expected).cwiseAbs().maxCoeff() < tolerance);
  const Eigen::MatrixXd slopes = ebm::gradients(inner, z).template cast<double>() * inverse;
  CHECK((ebm::gradients(energy, x).template cast<double>() - slopes).cwiseAbs().maxCoeff() < tolerance);
  const auto check = ebm::check_gradient(energy, x);
  INFO(check);
  CHECK(check.passed);

  // On tiles, as samplers call it, the same.
  ebm::Workspace workspace;
  const auto tiles = workspace.tiles<TestType, 3>(ebm::tiles_for<TestType>(37), 3),
             tile_slopes = workspace.tiles<TestType, 3>(tiles.count(), 3);
  const auto values = workspace.tiles<TestType, 1>(tiles.count(), 1),
             alone = workspace.tiles<TestType, 1>(tiles.count(), 1);
  ebm::pack_rows(x, tiles);
  ebm::evaluate(energy, tiles, alone, workspace);
  ebm::evaluate(energy, tiles, values, tile_slopes, workspace);
  ebm::Points<TestType, 3> rows(37, 3);
  ebm::unpack_rows(tile_slopes, rows);
  CHECK((rows.template cast<double>() - slopes).cwiseAbs().maxCoeff() < tolerance);
  for (ebm::Index row = 0; row < 37; ++row) {
    CHECK(static_cast<double>(values.data()[row]) == Approx(expected[row]).margin(tolerance));
    CHECK(alone.data()[row] == values.data()[row]);
  }
}

TEST_CASE("points far from the origin lose no digits") {
  const ebm::Anchored inner(ebm::Mlp<float, 2, 16>{ebm::Rng{3}}, 4.0);
  const ebm::Points<double, 2> x = correlated_points<2>(100), far = x.array() + 1e7;
  const ebm::Standardised near_energy(inner, ebm::fit_frame<2>(x)), far_energy(inner, ebm::fit_frame<2>(far));
  CHECK((ebm::energies(far_energy, far) - ebm::energies(near_energy, x)).cwiseAbs().maxCoeff() < 1e-5f);
  CHECK((ebm::gradients(far_energy, far) - ebm::gradients(near_energy, x)).cwiseAbs().maxCoeff() < 1e-5f);
}

TEST_CASE("the domain holds the data") {
  const ebm::Points<double, 3> x = correlated_points<3>(2000);
  const ebm::Standardised energy(ebm::Gaussian<double, 3>(), ebm::fit_frame<3>(x));
  const ebm::Box<3> box = energy.domain();
  for (int i = 0; i < 3; ++i) {
    CHECK(x.col(i).minCoeff() > box.lower[i]);
    CHECK(x.col(i).maxCoeff() < box.upper[i]);
    const double sd = std::sqrt((x.col(i).array() - x.col(i).mean()).square().mean());
    CHECK(box.upper[i] - box.lower[i] == Approx(16 * sd));
    CHECK(box.upper[i] + box.lower[i] == Approx(2 * x.col(i).mean()).margin(1e-10));
  }
}

TEST_CASE("shapes of points are checked") {
  const ebm::Standardised energy(ebm::Gaussian<double, 3>(), ebm::AffineFrame<3>::identity(3));
  CHECK_THROWS_AS(ebm::energies(energy, Eigen::MatrixXd(5, 2)), ebm::ShapeError);
  CHECK_THROWS_AS(ebm::gradients(energy, Eigen::MatrixXd(5, 4)), ebm::ShapeError);
  const Eigen::MatrixXd x = correlated_points<3>(9);
  CHECK(ebm::energies(energy, x).isApprox(ebm::energies(energy.inner(), x)));
}
