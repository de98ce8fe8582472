#include <ebm/energies/banana.hpp>

#include "energies/analytic.hpp"

TEST_CASE("Banana: its truth, against quadrature and samples") {
  for (const auto& [sd, bend] : {std::pair(2.0, 0.5), std::pair(1.0, -1.0), std::pair(10.0, 0.03)}) {
    const ebm::Banana<double> energy(sd, bend);
    analytic::check_truth(energy, 1e-6);
    analytic::check_samples(energy);
  }
}

TEST_CASE("Banana: values and gradients") {
  analytic::check_gradients(ebm::Banana<float>(), ebm::Banana<double>(), 2.0);
  analytic::check_padding(ebm::Banana<float>(), 2.0);
  // x_1 = 2: 2^2 / 8, and x_2 - (2^2 - 2^2) / 2.
  CHECK(ebm::energies(ebm::Banana<double>(), Eigen::RowVector2d(2, 3))[0] == 5.0);
  CHECK(ebm::gradients(ebm::Banana<double>(), Eigen::RowVector2d(2, 3)) == Eigen::RowVector2d(-5.5, 3));
}

TEST_CASE("Banana: wrong arguments are named") {
  CHECK_THROWS_WITH(ebm::Banana<float>(0.0), "sd: 0, wanted a positive number from 1e-15 to 1e15");
}
