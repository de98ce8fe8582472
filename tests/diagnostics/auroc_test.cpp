#include <ebm/diagnostics/auroc.hpp>

#include "support/catch.hpp"

TEST_CASE("auroc counts pairs, ties half") {
  const Eigen::VectorXd high = (Eigen::VectorXd(4) << 3, 1, 2, 2).finished(),
                        low = (Eigen::VectorXd(3) << 0, 2, 1).finished();
  double pairs = 0;
  for (const double a : high) {
    for (const double b : low) pairs += a > b ? 1.0 : a == b ? 0.5 : 0.0;
  }
  CHECK(ebm::auroc(high, low) == Approx(pairs / 12));
  CHECK(ebm::auroc(low, high) == Approx(1 - pairs / 12));
  CHECK(ebm::auroc(high, Eigen::VectorXd::Constant(2, -1)) == 1.0);
  CHECK(ebm::auroc(Eigen::VectorXf::Constant(5, 1), Eigen::VectorXf::Constant(2, 1)) == 0.5);
  CHECK(ebm::auroc(Eigen::VectorXd::Constant(1, std::numeric_limits<double>::infinity()), low) == 1.0);
}

TEST_CASE("auroc of two sets of normal quantiles is the known probability") {
  // P(Z + 1 > Z') = Phi(1 / sqrt 2) = 0.760250.
  const ebm::Index n = 2000;
  Eigen::VectorXd quantiles(n);
  for (ebm::Index i = 0; i < n; ++i) {
    const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    double lower = -8, upper = 8;
    while (upper - lower > 1e-9) {
      const double middle = (lower + upper) / 2;
      (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? lower : upper) = middle;
    }
    quantiles(i) = lower;
  }
  CHECK(ebm::auroc((quantiles.array() + 1).matrix(), quantiles) == Approx(0.760250).margin(1e-3));
}

TEST_CASE("auroc refuses what cannot be ranked") {
  const Eigen::VectorXd one = Eigen::VectorXd::Zero(1);
  CHECK_THROWS_AS(ebm::auroc(one, Eigen::VectorXd(0)), ebm::ValueError);
  CHECK_THROWS_AS(ebm::auroc(one, Eigen::VectorXd::Constant(1, std::nan(""))), ebm::ValueError);
  CHECK_THROWS_AS(ebm::auroc(Eigen::MatrixXd::Zero(2, 2), one), ebm::ShapeError);
}
