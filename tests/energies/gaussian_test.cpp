#include <ebm/energies/gaussian.hpp>

#include "energies/analytic.hpp"

namespace {

// A covariance with no symmetry beyond its own.
template <int Dim>
Eigen::Matrix<double, Dim, Dim> covariance(ebm::Index n) {
  Eigen::Matrix<double, Dim, Dim> result(n, n);
  for (ebm::Index i = 0; i < n; ++i) {
    for (ebm::Index j = 0; j < n; ++j) {
      const double a = static_cast<double>(i), b = static_cast<double>(j);
      result(i, j) =
          std::exp(-0.5 * std::abs(a - b)) * (1 + 0.3 * std::sin(a)) * (1 + 0.3 * std::sin(b)) + (i == j ? 0.2 : 0.0);
    }
  }
  return result;
}
template <int Dim>
Eigen::Matrix<double, Dim, 1> mean(ebm::Index n) {
  return Eigen::Matrix<double, Dim, 1>::LinSpaced(n, -1.0, 2.0);
}

// Gauss & Jordan without pivots, which knows nothing of Cholesky; also the logarithm of the determinant.
std::pair<Eigen::MatrixXd, double> inverse(Eigen::MatrixXd a) {
  const ebm::Index n = a.rows();
  Eigen::MatrixXd result = Eigen::MatrixXd::Identity(n, n);
  double log_determinant = 0;
  for (ebm::Index k = 0; k < n; ++k) {
    const double pivot = a(k, k);
    log_determinant += std::log(pivot);
    for (ebm::Index j = 0; j < n; ++j) a(k, j) /= pivot, result(k, j) /= pivot;
    for (ebm::Index i = 0; i < n; ++i) {
      const double factor = i == k ? 0.0 : a(i, k);
      for (ebm::Index j = 0; j < n; ++j) a(i, j) -= factor * a(k, j), result(i, j) -= factor * result(k, j);
    }
  }
  return {result, log_determinant};
}

}  // namespace

TEST_CASE("Gaussian: in the plane, against quadrature, differences and samples") {
  const auto dense =
      ebm::Gaussian<double, 2>::with_covariance({0.5, -1}, (Eigen::Matrix2d() << 2, 0.7, 0.7, 0.5).finished());
  analytic::check_truth(dense, 1e-9);
  analytic::check_samples(dense);
  const auto precise = ebm::Gaussian<double, 2>::with_precision({0.5, -1}, inverse(dense.covariance()).first);
  CHECK(precise.covariance().isApprox(dense.covariance(), 1e-12));
  CHECK(precise.log_partition() == Approx(dense.log_partition()).epsilon(1e-12));
  const auto diagonal = ebm::Gaussian<double, 2>::diagonal({0.5, -1}, {2, 0.5});
  analytic::check_truth(diagonal, 1e-9);
  analytic::check_samples(diagonal);
  CHECK(ebm::Gaussian<float, 2>().log_partition() == Approx(1.8378770664093454).epsilon(1e-14));
  analytic::check_truth(ebm::Gaussian<float, 2>::isotropic({1, 2}, 0.5), 1e-6);
}

TEST_CASE("Gaussian: every form and dimension") {
  const auto both = [](auto make) {
    analytic::check_gradients(make(1.0f), make(1.0), 2.0);
    analytic::check_padding(make(1.0f), 2.0);
    analytic::check_padding(make(1.0), 2.0);
  };
  both([](auto s) { return ebm::Gaussian<decltype(s), 3>::with_covariance(mean<3>(3), covariance<3>(3)); });
  both([](auto s) { return ebm::Gaussian<decltype(s), 1>::diagonal(mean<1>(1), mean<1>(1).cwiseAbs()); });
  both([](auto s) { return ebm::Gaussian<decltype(s), 30>::with_covariance(mean<30>(30), covariance<30>(30)); });
  for (const ebm::Index n : {1, 5, 13, 14, 27}) {
    both([n](auto s) {
      return ebm::Gaussian<decltype(s), ebm::Dynamic>::with_covariance(mean<-1>(n), covariance<-1>(n));
    });
  }
  both([](auto s) { return ebm::Gaussian<decltype(s), ebm::Dynamic>::isotropic(mean<-1>(20), 0.7); });
}

TEST_CASE("Gaussian: the dense product is the quadratic form") {
  const ebm::Index n = 40;
  const auto [precision, log_determinant] = inverse(covariance<-1>(n));
  const auto energy = ebm::Gaussian<double, ebm::Dynamic>::with_covariance(mean<-1>(n), covariance<-1>(n));
  const Eigen::MatrixXd points = analytic::points_for(energy, 33, 1.0);
  const Eigen::MatrixXd centred = points.rowwise() - mean<-1>(n).transpose();
  const Eigen::MatrixXd slopes = centred.lazyProduct(precision);
  CHECK(ebm::gradients(energy, points).isApprox(slopes, 1e-10));
  CHECK(
      ebm::energies(energy, points).isApprox(0.5 * (centred.array() * slopes.array()).rowwise().sum().matrix(), 1e-10));
  CHECK(energy.log_partition() == Approx(0.5 * (40 * 1.8378770664093454 + log_determinant)).epsilon(1e-12));
  analytic::check_samples(ebm::Gaussian<double, ebm::Dynamic>::with_covariance(mean<-1>(12), covariance<-1>(12)));
}

TEST_CASE("Gaussian: wrong arguments are named") {
  using Gaussian = ebm::Gaussian<float, ebm::Dynamic>;
  using Catch::Matchers::ContainsSubstring;
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(2);
  CHECK_THROWS_WITH(Gaussian::isotropic(zero, -1.0), "sd: -1, wanted a positive number from 1e-15 to 1e15");
  CHECK_THROWS_WITH(Gaussian::diagonal(zero, Eigen::VectorXd::Ones(3)), "sd: shape 3 x 1, wanted 2 x 1");
  CHECK_THROWS_WITH(Gaussian::with_covariance(zero, Eigen::MatrixXd::Identity(3, 3)),
                    "covariance: shape 3 x 3, wanted 2 x 2");
  const Eigen::MatrixXd indefinite = (Eigen::Matrix2d() << 1, 2, 2, 1).finished(),
                        skew = (Eigen::Matrix2d() << 1, .5, -.5, 1).finished();
  CHECK_THROWS_WITH(Gaussian::with_covariance(zero, indefinite),
                    ContainsSubstring("covariance: leading minor 2 is not positive"));
  CHECK_THROWS_WITH(Gaussian::with_precision(zero, skew), ContainsSubstring("precision: differs from its transpose"));
  CHECK_THROWS_AS(Gaussian(0), ebm::ValueError);
  CHECK_THROWS_AS(Gaussian::isotropic(Eigen::Vector2d(0, std::nan("")), 1.0), ebm::ValueError);
  CHECK_THROWS_WITH(Gaussian::isotropic(Eigen::Vector2d(0, -1e20), 1.0), "mean: -1e+20, wanted numbers below 1e15");
  CHECK_THROWS_AS(Gaussian::with_covariance(Eigen::VectorXd(0), Eigen::MatrixXd(0, 0)), ebm::ValueError);
}

// Numbers whose inverses or squares are none in float.
TEST_CASE("Gaussian: matrices out of range are refused as standard deviations are") {
  using Gaussian = ebm::Gaussian<float, ebm::Dynamic>;
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(2);
  const auto scaled = [](double variance) { return Eigen::MatrixXd(Eigen::Vector2d(1, variance).asDiagonal()); };
  CHECK_THROWS_WITH(Gaussian::with_covariance(zero, scaled(1e-40)),
                    "covariance: standard deviation 1e-20 in row 1, wanted a positive number from 1e-15 to 1e15");
  CHECK_THROWS_WITH(Gaussian::with_covariance(zero, scaled(1e40)),
                    Catch::Matchers::ContainsSubstring("1e+20 in row 1"));
  CHECK_THROWS_AS(Gaussian::with_precision(zero, scaled(1e40)), ebm::ValueError);
  CHECK_THROWS_AS(Gaussian::with_precision(zero, scaled(1e-40)), ebm::ValueError);
  for (const double variance : {1e-28, 1e28}) {
    CAPTURE(variance);
    const auto gaussian = Gaussian::with_covariance(zero, scaled(variance));
    const Eigen::MatrixXd point = Eigen::RowVector2d(0, std::sqrt(variance));
    CHECK(ebm::energies(gaussian, point)[0] == Approx(0.5));
    CHECK(ebm::gradients(gaussian, point).allFinite());
  }
}
