#include <ebm/energies/gaussian_mixture.hpp>

#include "energies/analytic.hpp"

namespace {

template <class Scalar>
ebm::GaussianMixture<Scalar, 2> eight() {
  ebm::Points<double, 2> means(8, 2);
  for (int k = 0; k < 8; ++k)
    means.row(k) << 4 * std::cos(k * 0.7853981633974483), 4 * std::sin(k * 0.7853981633974483);
  return {means, 0.5};
}

template <class Scalar>
ebm::GaussianMixture<Scalar, 2> uneven() {
  return ebm::GaussianMixture<Scalar, 2>::isotropic((ebm::Points<double, 2>(3, 2) << 0, 0, 3, 1, -2, 2).finished(),
                                                    Eigen::Vector3d(0.3, 1.0, 0.5), Eigen::Vector3d(1, 2, 5));
}

template <class Scalar>
ebm::GaussianMixture<Scalar, 2> tilted() {
  const Eigen::Matrix2d a = (Eigen::Matrix2d() << 2, 0.9, 0.9, 0.5).finished(),
                        b = (Eigen::Matrix2d() << 0.3, -0.2, -0.2, 1).finished();
  return ebm::GaussianMixture<Scalar, 2>::with_covariances((ebm::Points<double, 2>(2, 2) << 1, 1, -2, 0).finished(),
                                                           {a, b}, Eigen::Vector2d(1, 3));
}

// In ten dimensions, over tiles.
template <class Scalar>
ebm::GaussianMixture<Scalar, ebm::Dynamic> wide(bool full) {
  using Mixture = ebm::GaussianMixture<Scalar, ebm::Dynamic>;
  Eigen::MatrixXd means(3, 10), covariance(10, 10);
  for (int i = 0; i < 10; ++i) {
    for (int k = 0; k < 3; ++k) means(k, i) = std::sin(1 + 3 * k + i);
    for (int j = 0; j < 10; ++j) covariance(i, j) = (i == j ? 0.5 : 0.0) + 0.5 * std::exp(-std::abs(i - j));
  }
  const Eigen::Vector3d weights(1, 2, 3);
  if (!full) return Mixture::isotropic(means, Eigen::Vector3d(0.8, 1, 1.2), weights);
  return Mixture::with_covariances(means, {covariance, covariance * 2, Eigen::MatrixXd::Identity(10, 10)}, weights);
}

}  // namespace

TEST_CASE("GaussianMixture: its truth, against quadrature and samples") {
  analytic::check_truth(eight<double>(), 1e-9);
  analytic::check_truth(uneven<double>(), 1e-9);
  analytic::check_truth(tilted<double>(), 1e-9);
  analytic::check_samples(eight<double>());
  analytic::check_samples(uneven<double>());
  analytic::check_samples(tilted<double>());
  analytic::check_samples(wide<double>(false));
  analytic::check_samples(wide<double>(true));
}

TEST_CASE("GaussianMixture: gradients and padding") {
  analytic::check_gradients(eight<float>(), eight<double>(), 2.0);
  analytic::check_gradients(uneven<float>(), uneven<double>(), 1.5);
  analytic::check_gradients(tilted<float>(), tilted<double>(), 1.5);
  analytic::check_gradients(wide<float>(false), wide<double>(false), 1.0);
  analytic::check_gradients(wide<float>(true), wide<double>(true), 1.0);
  analytic::check_padding(eight<float>(), 2.0);
  analytic::check_padding(wide<float>(true), 1.0);
}

TEST_CASE("GaussianMixture: isotropic and full covariances say the same") {
  const auto isotropic = uneven<double>();
  const auto full = ebm::GaussianMixture<double, 2>::with_covariances(isotropic.means(), isotropic.covariances(),
                                                                      isotropic.weights());
  const auto points = analytic::points_for(full, 50, 2.0);
  CHECK(ebm::energies(isotropic, points).isApprox(ebm::energies(full, points), 1e-13));
  CHECK(ebm::gradients(isotropic, points).isApprox(ebm::gradients(full, points), 1e-12));
}

TEST_CASE(
    "GaussianMixture: far away it is its nearest component, and never a plausible number for a point that is none") {
  // At (100, 0) the nearest mean is (4, 0): E = 96^2 / 0.5 + log 8 + log(2 pi 0.25), and the gradient 96 / 0.25.
  const Eigen::RowVector2d far(100, 0);
  CHECK(ebm::energies(eight<float>(), far)[0] ==
        Approx(18432 + std::log(8.0) + std::log(6.283185307179586 * 0.25)).epsilon(1e-6));
  CHECK(ebm::gradients(eight<float>(), far)(0, 0) == Approx(384).epsilon(1e-6));
  const double none = std::nan("");
  CHECK(std::isnan(ebm::energies(eight<float>(), Eigen::RowVector2d(none, 0))[0]));
  CHECK(std::isnan(ebm::gradients(eight<float>(), Eigen::RowVector2d(none, 0))(0, 0)));
  CHECK_FALSE(std::isfinite(ebm::energies(eight<float>(), Eigen::RowVector2d(1e30, 0))[0]));
}

TEST_CASE("GaussianMixture: wrong arguments are named") {
  using Mixture = ebm::GaussianMixture<float, 2>;
  const ebm::Points<double, 2> means = ebm::Points<double, 2>::Zero(2, 2);
  const Eigen::Vector2d ones(1, 1);
  CHECK_THROWS_WITH(Mixture(means, 0.0), "sd: 0, wanted a positive number from 1e-15 to 1e15");
  CHECK_THROWS_WITH(Mixture::isotropic(means, ones, Eigen::Vector2d(1, 0)), "weights: 0, wanted positive numbers");
  CHECK_THROWS_WITH(Mixture::isotropic(means, Eigen::Vector3d(1, 1, 1), ones), "sd: shape 3 x 1, wanted 2 x 1");
  CHECK_THROWS_WITH(Mixture::with_covariances(means, {}, ones), "covariances: 0, wanted one for each mean");
  CHECK_THROWS_AS(Mixture(ebm::Points<double, 2>(0, 2), 1.0), ebm::ValueError);
  CHECK_THROWS_WITH(Mixture(means.array() + 1e20, 1.0), "means: 1e+20, wanted numbers below 1e15");
  const Eigen::Matrix2d unit = Eigen::Matrix2d::Identity();
  CHECK_THROWS_WITH(Mixture::with_covariances(means, {unit, 1e-40 * unit}, ones),
                    "covariances: standard deviation 1e-20 in row 0, wanted a positive number from 1e-15 to 1e15");
}
