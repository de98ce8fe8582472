// That Kaufman's formula agrees with the transfer matrix and with known numbers is checked in transfer_matrix_test.cpp.
#include <ebm/partition/square_lattice.hpp>

#include "support/catch.hpp"

using namespace ebm;

TEST_CASE("Kaufman's energy is the derivative of its log Z, and tends to Onsager's") {
  for (const double coupling : {0.01, 0.2, 0.44, kCriticalCoupling, 0.46, 0.9, 2.5}) {
    const double h = 1e-4;
    const double difference =
        (8 * (kaufman(6, 9, coupling + h).log_partition - kaufman(6, 9, coupling - h).log_partition) -
         (kaufman(6, 9, coupling + 2 * h).log_partition - kaufman(6, 9, coupling - 2 * h).log_partition)) /
        (12 * h);
    CAPTURE(coupling);
    CHECK(kaufman(6, 9, coupling).energy_per_spin == Approx(-difference / 54).epsilon(1e-8));
  }
  for (const double coupling : {0.1, 0.35, 0.5, 1.0})
    CHECK(kaufman(400, 400, coupling).energy_per_spin == Approx(onsager_energy(coupling)).epsilon(1e-9));
  CHECK(onsager_energy(kCriticalCoupling) == Approx(-std::sqrt(2.0)).epsilon(1e-7));
  CHECK(kaufman(64, 64, kCriticalCoupling).energy_per_spin == Approx(-std::sqrt(2.0)).margin(0.02));
  CHECK(kaufman(5, 5, 0.0).log_partition == Approx(25 * std::log(2.0)));
  CHECK(std::sinh(2 * kCriticalCoupling) == Approx(1).epsilon(1e-15));
  CHECK(spontaneous_magnetisation(0.44) == 0);
  CHECK(spontaneous_magnetisation(0.5) == Approx(std::pow(1 - std::pow(std::sinh(1.0), -4), 0.125)));
  CHECK_THROWS_AS(kaufman(4, 4, -0.1), ValueError);
}
