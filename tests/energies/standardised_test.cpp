#include <ebm/energies/standardised.hpp>

#include <ebm/energies/anchored.hpp>
#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/gaussian.hpp>
#include <ebm/energies/mlp.hpp>

#include "support/catch.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;

// Correlated normals, `dim` coordinates of different scale.
template <int Dim>
ebm::Points<double, Dim> points(ebm::Index rows, ebm::Index dim = Dim) {
  const ebm::Stream stream(7);
  ebm::Points<double, Dim> result(rows, dim);
  for (ebm::Index row = 0; row < rows; ++row) {
    double carried = 0;
    for (ebm::Index i = 0; i < dim; ++i) {
      const double xi = stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i));
      carried = 0.6 * carried + xi;
      result(row, i) = std::pow(3.0, static_cast<double>(i)) * carried + 2 * static_cast<double>(i) - 1;
    }
  }
  return result;
}

}  // namespace

TEST_CASE("a frame has the mean and the covariance of the points") {
  const Eigen::MatrixXd x = points<4>(200);
  const auto frame = ebm::fit_frame<4>(x);
  const Eigen::VectorXd mean = x.colwise().mean();
  const Eigen::MatrixXd centred = x.rowwise() - mean.transpose();
  const Eigen::MatrixXd covariance = centred.transpose() * centred / 200;
  CHECK((frame.centre - mean).norm() < 1e-13 * mean.norm());
  CHECK((frame.factor * frame.factor.transpose() - covariance).norm() < 1e-13 * covariance.norm());
  CHECK((frame.factor * frame.inverse_factor).isIdentity(1e-13));
  for (int i = 0; i < 4; ++i) {
    CHECK(frame.factor(i, i) > 0);
    for (int j = i + 1; j < 4; ++j) CHECK(frame.factor(i, j) == 0);
  }
  // Standardised points have mean 0 and covariance I; restored ones are where they were.
  const Eigen::MatrixXd z = frame.standardise(x);
  CHECK(z.colwise().mean().norm() < 1e-13);
  CHECK((z.transpose() * z / 200).isIdentity(1e-12));
  CHECK((frame.restore(z) - x).norm() < 1e-13 * x.norm());
}

TEST_CASE("frames are accurate far from the origin and for scales that differ widely") {
  Eigen::MatrixXd x = points<Eigen::Dynamic>(500, 3);
  const Eigen::MatrixXd reference = ebm::fit_frame<Eigen::Dynamic>(x).standardise(x);
  x.col(0) = x.col(0).array() * 1e-8;
  x.col(1) = x.col(1).array() * 1e9;
  x.col(2) = x.col(2).array() + 1e6;
  CHECK((ebm::fit_frame<Eigen::Dynamic>(x).standardise(x) - reference).cwiseAbs().maxCoeff() < 1e-8);
}

TEST_CASE("points without spread in every direction have no frame") {
  Eigen::MatrixXd x = points<2>(1000);
  // Nearly a combination is still none; these differ by a thousandth of their spread.
  x.col(1) = x.col(0) + 1e-3 * x.col(1);
  CHECK_NOTHROW(ebm::fit_frame<2>(x));
  for (const double offset : {0.0, 1e5}) {
    x.col(1) = 0.3 * x.col(0).array() + offset;
    CHECK_THROWS_AS(ebm::fit_frame<2>(x), ebm::ValueError);
  }
  for (const double constant : {0.0, 0.1, -1e6 / 3, 1e-30}) {
    x.col(1).setConstant(constant);
    CHECK_THROWS_WITH(ebm::fit_frame<2>(x), ContainsSubstring("points: standard deviation of column 1: ") &&
                                                ContainsSubstring("wanted coordinates that vary"));
  }
  CHECK_THROWS_WITH(ebm::fit_frame<2>(Eigen::MatrixXd::Zero(2, 2)),
                    ContainsSubstring("points: rows: 2, wanted more rows than coordinates"));
}

TEMPLATE_TEST_CASE("a standardised energy is the inner one at L^-1 (x - mu), with the gradient L^-T of it", "", float,
                   double) {
  const ebm::Mlp<TestType, 3, 16> network{ebm::Rng{3}};
  const ebm::Anchored inner(network, 4.0);
  const auto frame = ebm::fit_frame<3>(points<3>(200));
  const ebm::Standardised energy(inner, frame);
  const ebm::Points<double, 3> x = points<3>(37);
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
  const ebm::Points<double, 2> x = points<2>(100), far = x.array() + 1e7;
  const ebm::Standardised near_energy(inner, ebm::fit_frame<2>(x)), far_energy(inner, ebm::fit_frame<2>(far));
  CHECK((ebm::energies(far_energy, far) - ebm::energies(near_energy, x)).cwiseAbs().maxCoeff() < 1e-5f);
  CHECK((ebm::gradients(far_energy, far) - ebm::gradients(near_energy, x)).cwiseAbs().maxCoeff() < 1e-5f);
}

TEST_CASE("the domain holds the data") {
  const ebm::Points<double, 3> x = points<3>(2000);
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
  const Eigen::MatrixXd x = points<3>(9);
  CHECK(ebm::energies(energy, x).isApprox(ebm::energies(energy.inner(), x)));
}
