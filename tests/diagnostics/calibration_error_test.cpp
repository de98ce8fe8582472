#include <ebm/diagnostics/calibration_error.hpp>

#include "support/catch.hpp"

TEST_CASE("expected calibration error by hand") {
  // Confidences 0.9 (right), 0.9 (wrong), 0.6 (right), 0.7 (right) in ten bins.
  const Eigen::MatrixXd p = (Eigen::MatrixXd(4, 2) << 0.1, 0.9, 0.9, 0.1, 0.6, 0.4, 0.3, 0.7).finished();
  const ebm::Values<int> labels = (ebm::Values<int>(4) << 1, 1, 0, 1).finished();
  const auto result = ebm::calibration_error(p, labels, 10);
  CHECK(result.accuracy == Approx(0.75));
  CHECK(result.mean_confidence == Approx(0.775));
  CHECK(result.error == Approx((2 * std::abs(0.5 - 0.9) + (1 - 0.6) + (1 - 0.7)) / 4));
  REQUIRE(result.bins.size() == 10);
  CHECK(result.bins[8].count == 2);
  CHECK(result.bins[8].accuracy == Approx(0.5));
  CHECK(result.bins[8].confidence == Approx(0.9));
  CHECK(result.bins[0].count == 0);
  // One bin sees only the means: errors of opposite sign cancel.
  CHECK(ebm::calibration_error(p, labels, 1).error == Approx(0.025));
}

TEST_CASE("a calibrated classifier has no calibration error, and one that is too sure has its excess") {
  // 1000 rows at 0.8, right in exactly 800 cases.
  Eigen::MatrixXf p(1000, 2);
  ebm::Values<int> labels(1000);
  p.col(0).setConstant(0.8f), p.col(1).setConstant(0.2f);
  for (ebm::Index i = 0; i < 1000; ++i) labels(i) = i % 5 == 0 ? 1 : 0;
  CHECK(ebm::calibration_error(p, labels).error == Approx(0.0).margin(1e-6));
  p.col(0).setConstant(1.0f), p.col(1).setConstant(0.0f);
  CHECK(ebm::calibration_error(p, labels).error == Approx(0.2).margin(1e-6));
}

TEST_CASE("what is no probability or no class is refused") {
  const Eigen::MatrixXd p = Eigen::MatrixXd::Constant(2, 2, 0.5);
  CHECK_THROWS_AS(ebm::calibration_error(p, ebm::Values<int>::Constant(2, 2)), ebm::ValueError);
  CHECK_THROWS_AS(ebm::calibration_error(p, ebm::Values<int>::Zero(3)), ebm::ShapeError);
  CHECK_THROWS_AS(ebm::calibration_error(4 * p, ebm::Values<int>::Zero(2)), ebm::ValueError);
  CHECK_THROWS_AS(ebm::calibration_error(p, ebm::Values<int>::Zero(2), 0), ebm::ValueError);
}
