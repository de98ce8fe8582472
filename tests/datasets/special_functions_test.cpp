#include <ebm/datasets/special_functions.hpp>

#include "support/catch.hpp"

namespace {

constexpr double kPi = 3.14159265358979323846;

// exp(-x) I0(x) = (1 / pi) int_0^pi exp(x (cos a - 1)) da, by the trapezoidal rule, which converges geometrically.
double bessel_by_integral(double x) {
  const int nodes = 4000;
  double sum = 0.5 * (1.0 + std::exp(-2.0 * x));
  for (int i = 1; i < nodes; ++i) {
    const double half_sine = std::sin(0.5 * kPi * i / nodes);
    sum += std::exp(-2.0 * x * half_sine * half_sine);
  }
  return sum / nodes;
}

// exp(x^2) erfc(x) by Laplace's continued fraction, for x >= 2.
double erfc_by_fraction(double x) {
  double tail = 0.0;
  for (int k = 200; k >= 1; --k) tail = 0.5 * k / (x + tail);
  return 1.0 / (std::sqrt(kPi) * (x + tail));
}

}  // namespace

TEST_CASE("The scaled Bessel function agrees with its integral") {
  double worst = 0.0;
  for (double x = 1e-3; x < 1e5; x *= 1.05) {
    worst = std::max(worst, std::abs(ebm::detail::scaled_bessel_i0(x) / bessel_by_integral(x) - 1.0));
  }
  CHECK(worst < 2e-14);
  CHECK(ebm::detail::scaled_bessel_i0(0.0) == 1.0);
}

TEST_CASE("The scaled complementary error function agrees with the library's and with a continued fraction") {
  double worst = 0.0;
  for (double x = 0.0; x < 2.5; x += 1e-3) {
    worst = std::max(worst, std::abs(ebm::detail::scaled_erfc(x) / (std::exp(x * x) * std::erfc(x)) - 1.0));
  }
  for (double x = 2.5; x < 1e8; x *= 1.01) {
    worst = std::max(worst, std::abs(ebm::detail::scaled_erfc(x) / erfc_by_fraction(x) - 1.0));
  }
  CHECK(worst < 5e-15);
}

TEST_CASE("Packs and scalars agree to the bit") {
  using V = ebm::Pack<double>;
  for (double x = 0.0; x < 40.0; x += 0.37) {
    alignas(64) double bessel[V::size], erfc[V::size];
    ebm::detail::scaled_bessel_i0(V(x)).store(bessel);
    ebm::detail::scaled_erfc(V(x)).store(erfc);
    CHECK(bessel[V::size - 1] == ebm::detail::scaled_bessel_i0(x));
    CHECK(erfc[0] == ebm::detail::scaled_erfc(x));
  }
}
