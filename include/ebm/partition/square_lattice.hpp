// What is known exactly of the Ising model on the square lattice, with one coupling K = J / T and no field.
//
// kaufman(rows, columns, K): log Z and energy per spin of the finite torus; Kaufman 1949, with n columns and m rows,
//   Z = (2 sinh 2K)^(mn/2) / 2 * (prod 2 cosh(m g_{2r+1} / 2) + prod 2 sinh(m g_{2r+1} / 2)
//                                + prod 2 cosh(m g_{2r} / 2) + prod 2 sinh(m g_{2r} / 2)),      r = 0 .. n - 1
//   cosh g_l = cosh^2 2K / sinh 2K - cos(l pi / n),   g_0 = 2K + log tanh K, which changes its sign at the critical point.
// Of the infinite lattice: the energy per spin (Onsager 1944), the spontaneous magnetisation (Yang 1952).
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

#include <cmath>
#include <vector>

namespace ebm {

// log(1 + sqrt 2) / 2 (Kramers & Wannier 1941).
inline constexpr double kCriticalCoupling = 0.44068679350977151;

struct TorusTruth {
  double log_partition;
  double energy_per_spin;  // in units of J: -(mean of s_i s_j over the edges) * 2
};

inline TorusTruth kaufman(Index rows, Index columns, double coupling) {
  require(rows >= 3, "rows", static_cast<double>(rows), "at least 3");
  require(columns >= 3, "columns", static_cast<double>(columns), "at least 3");
  require(coupling >= 0 && coupling < 100, "coupling", coupling, "0 to 100");
  const double m = static_cast<double>(rows), n = static_cast<double>(columns), pi = 3.14159265358979323846;
  if (coupling == 0) return {m * n * std::log(2.0), 0.0};
  const double sinh2 = std::sinh(2 * coupling), coth2 = 1 / std::tanh(2 * coupling);
  const double centre_slope = 2 * std::cosh(2 * coupling) * (1 - 1 / (sinh2 * sinh2));

  // Each product as exp(log) * sign with the derivative of its logarithm; the one with g_0 among its sines apart.
  struct Product {
    double log, factor, slope;  // value = exp(log) factor, derivative = exp(log) slope
  };
  std::vector<Product> products;
  for (const int parity : {1, 0}) {
    double log_cosines = 0, log_sines = 0, cosine_slopes = 0, sine_slopes = 0, zeroth = 0, zeroth_slope = 0;
    for (Index r = 0; r < columns; ++r) {
      double g, slope;
      if (parity == 0 && r == 0) {
        g = 2 * coupling + std::log(std::tanh(coupling)), slope = 2 + 2 / sinh2;
      } else {
        // cosh g - 1 = cosh^2 2K / sinh 2K - 2 + (1 - cos), the first two being (sinh 2K - 1)^2 / sinh 2K.
        const double half_angle = static_cast<double>(2 * r + parity) * pi / (2 * n);
        const double excess = (sinh2 - 1) * (sinh2 - 1) / sinh2 + 2 * std::sin(half_angle) * std::sin(half_angle);
        g = 2 * std::asinh(std::sqrt(excess / 2)), slope = centre_slope / std::sinh(g);
      }
      const double x = m * std::abs(g) / 2;
      log_cosines += x + std::log1p(std::exp(-2 * x));
      cosine_slopes += m / 2 * slope * std::tanh(m * g / 2);
      if (parity == 0 && r == 0) {
        zeroth = g, zeroth_slope = slope;
      } else {
        log_sines += x + std::log1p(-std::exp(-2 * x));
        sine_slopes += m / 2 * slope / std::tanh(m * g / 2);
      }
    }
    products.push_back({log_cosines, 1, cosine_slopes});
    if (parity == 1) {
      products.push_back({log_sines, 1, sine_slopes});
    } else {
      // 2 sinh(m g_0 / 2) = exp(x) (1 - exp(-2 x)) with the sign of g_0, x = m |g_0| / 2.
      const double x = m * std::abs(zeroth) / 2, sign = zeroth < 0 ? -1 : 1;
      const double sine = sign * -std::expm1(-2 * x), cosine = 1 + std::exp(-2 * x);
      products.push_back({log_sines + x, sine, sine * sine_slopes + m / 2 * zeroth_slope * cosine});
    }
  }
  double largest = products[0].log, sum = 0, slope = 0;
  for (const Product& product : products) largest = std::max(largest, product.log);
  for (const Product& product : products) {
    sum += std::exp(product.log - largest) * product.factor;
    slope += std::exp(product.log - largest) * product.slope;
  }
  return {m * n / 2 * std::log(2 * sinh2) - std::log(2.0) + largest + std::log(sum), -coth2 - slope / sum / (m * n)};
}

// -coth 2K (1 + k / agm(1, |k|)), k = 2 tanh^2 2K - 1: the elliptic integral is pi / 2 over that mean (Gauss).
inline double onsager_energy(double coupling) {
  require(coupling >= 0, "coupling", coupling, "at least 0");
  if (coupling == 0) return 0;
  const double tanh2 = std::tanh(2 * coupling), k = 2 * tanh2 * tanh2 - 1;
  double a = 1, b = std::abs(k);
  for (int i = 0; i < 60 && b > 0 && std::abs(a - b) > 1e-16 * a; ++i) {
    const double mean = (a + b) / 2;
    b = std::sqrt(a * b), a = mean;
  }
  return -(1 + (b > 0 ? k / a : 0.0)) / tanh2;
}

// (1 - sinh(2K)^-4)^(1/8) below the critical temperature, 0 above.
inline double spontaneous_magnetisation(double coupling) {
  if (!(coupling > kCriticalCoupling)) return 0;
  const double sinh2 = std::sinh(2 * coupling);
  return std::pow(1 - 1 / (sinh2 * sinh2 * sinh2 * sinh2), 0.125);
}

}  // namespace ebm
