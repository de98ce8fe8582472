#include <ebm/energies/double_well.hpp>

#include "energies/analytic.hpp"

TEST_CASE("DoubleWell: its truth, against quadrature in the plane and samples") {
  for (const double height : {0.05, 1.0, 2.0, 20.0}) {
    const ebm::DoubleWell<double, 2> energy(height);
    analytic::check_truth(energy, 1e-8);
    analytic::check_samples(energy);
  }
}

TEST_CASE("DoubleWell: wells far narrower than their distance have the mass of two Gaussians of precision 8 height") {
  for (const double height : {1e7, 1e12, 1e20}) {
    const ebm::DoubleWell<double, 1> energy(height);
    CHECK(std::abs(energy.log_partition() - 0.5 * std::log(3.141592653589793 / height)) < 1e-6);
    CHECK(std::abs(energy.covariance()(0, 0) - 1) < 1e-6);
  }
}

TEST_CASE("DoubleWell: values, gradients and forms") {
  analytic::check_gradients(ebm::DoubleWell<float, 2>(2.0), ebm::DoubleWell<double, 2>(2.0), 1.2);
  analytic::check_gradients(ebm::DoubleWell<float, 12>(2.0), ebm::DoubleWell<double, 12>(2.0), 1.2);
  analytic::check_padding(ebm::DoubleWell<float, 2>(2.0), 1.2);
  analytic::check_padding(ebm::DoubleWell<float, ebm::Dynamic>(2.0, 12), 1.2);

  // E = 2 (1.5^2 - 1)^2 + 2 (0.5^2 - 1)^2 in the lane form and over tiles.
  const Eigen::RowVector2d point(1.5, 0.5);
  CHECK(ebm::energies(ebm::DoubleWell<double, 2>(2.0), point)[0] == 4.25);
  CHECK(ebm::energies(ebm::DoubleWell<double, ebm::Dynamic>(2.0, 2), point)[0] == 4.25);
  CHECK(ebm::gradients(ebm::DoubleWell<double, 2>(2.0), point) == Eigen::RowVector2d(15, -3));
}

TEST_CASE("DoubleWell: wrong arguments are named") {
  CHECK_THROWS_WITH((ebm::DoubleWell<float, 2>(0.0)), "height: 0, wanted a positive number");
  CHECK_THROWS_AS((ebm::DoubleWell<float, ebm::Dynamic>(1.0, 0)), ebm::ValueError);
  CHECK_THROWS_AS((ebm::DoubleWell<float, 3>(1.0, 2)), ebm::ValueError);
}
