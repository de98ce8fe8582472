#include <ebm/energies/affine_frame.hpp>

#include "energies/correlated_points.hpp"
#include "support/catch.hpp"

using Catch::Matchers::ContainsSubstring;
using ebm::testing::correlated_points;

TEST_CASE("a frame has the mean and the covariance of the points") {
  const Eigen::MatrixXd x = correlated_points<4>(200);
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
  Eigen::MatrixXd x = correlated_points<Eigen::Dynamic>(500, 3);
  const Eigen::MatrixXd reference = ebm::fit_frame<Eigen::Dynamic>(x).standardise(x);
  x.col(0) = x.col(0).array() * 1e-8;
  x.col(1) = x.col(1).array() * 1e9;
  x.col(2) = x.col(2).array() + 1e6;
  CHECK((ebm::fit_frame<Eigen::Dynamic>(x).standardise(x) - reference).cwiseAbs().maxCoeff() < 1e-8);
}

TEST_CASE("points without spread in every direction have no frame") {
  Eigen::MatrixXd x = correlated_points<2>(1000);
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

TEST_CASE("a frame that is none is refused") {
  using Frame = ebm::AffineFrame<2>;
  const Eigen::Vector2d zero = Eigen::Vector2d::Zero();
  const Eigen::Matrix2d unit = Eigen::Matrix2d::Identity();
  CHECK_THROWS_WITH(Frame(zero, Eigen::Matrix2d(Eigen::Vector2d(1, -2).asDiagonal())),
                    "factor: diagonal: -2, wanted positive numbers");
  CHECK_THROWS_AS(Frame(Eigen::Vector2d(0, std::nan("")), unit), ebm::ValueError);
  CHECK_THROWS_AS(Frame(zero, unit * std::numeric_limits<double>::infinity()), ebm::ValueError);
  CHECK_THROWS_AS(ebm::AffineFrame<Eigen::Dynamic>(Eigen::VectorXd::Zero(3), Eigen::MatrixXd::Identity(2, 2)),
                  ebm::ShapeError);
}
