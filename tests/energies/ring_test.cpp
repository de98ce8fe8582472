#include <ebm/energies/ring.hpp>

#include "energies/analytic.hpp"

TEST_CASE("RingEnergy: its truth, against quadrature and samples") {
  for (const auto& [radius, width] : {std::pair(2.0, 0.2), std::pair(1.0, 1.0), std::pair(0.5, 2.0)}) {
    const ebm::RingEnergy<double> energy(radius, width);
    analytic::check_truth(energy,
                          2e-5);  // the energy has a kink at the centre, the midpoint rule an error of step^2 there
    analytic::check_samples(energy);
  }
}

TEST_CASE("RingEnergy: values and gradients") {
  analytic::check_gradients(ebm::RingEnergy<float>(), ebm::RingEnergy<double>(), 2.0);
  analytic::check_padding(ebm::RingEnergy<float>(), 2.0);
  // (5 - 2)^2 / (2 0.2^2), and its slope along (3, 4) / 5.
  CHECK(ebm::energies(ebm::RingEnergy<double>(), Eigen::RowVector2d(3, 4))[0] == Approx(112.5));
  CHECK(ebm::gradients(ebm::RingEnergy<double>(), Eigen::RowVector2d(3, 4)).isApprox(Eigen::RowVector2d(45, 60)));
}

TEST_CASE("RingEnergy: finite at its centre") {
  CHECK(ebm::gradients(ebm::RingEnergy<float>(), Eigen::RowVector2d(0, 0)) == Eigen::RowVector2f(0, 0));
  CHECK(ebm::gradients(ebm::RingEnergy<float>(), Eigen::RowVector2d(1e-12, 0)).allFinite());
}

TEST_CASE("RingEnergy: wrong arguments are named") {
  CHECK_THROWS_WITH(ebm::RingEnergy<float>(-1.0), "radius: -1, wanted a number that is not negative");
  CHECK_THROWS_WITH(ebm::RingEnergy<float>(1.0, 0.0), "width: 0, wanted a positive number from 1e-15 to 1e15");
}
