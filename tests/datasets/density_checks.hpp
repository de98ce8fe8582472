// Checks that any density with a sampler and an entropy must pass, as numbers for the tests to bound.
#pragma once

#include <ebm/datasets/plane.hpp>

#include <cmath>

namespace checks {

// Two-sided bound on a standard normal: passed by chance with probability 4e-8, under 1e-6 for all of this folder
// together.
inline constexpr double kSigmas = 5.5;

// (mean of values - expected) / standard error.
inline double z_score(const ebm::Values<double>& values, double expected) {
  const double n = static_cast<double>(values.size());
  double sum = 0.0, squares = 0.0;
  for (const double value : values) sum += value;
  for (const double value : values) squares += (value - sum / n) * (value - sum / n);
  return (sum / n - expected) / std::sqrt(squares / (n - 1.0) / n);
}

// Whether -log p of `density` averages to its entropy over 1e5 rows drawn from `sampler`, in standard errors.
template <class D, class S>
double entropy_z_score(const D& density, const S& sampler) {
  ebm::Rng rng(20240917);
  return z_score(-density.log_density(sampler.sample(100'000, rng)), density.entropy());
}
template <class D>
double entropy_z_score(const D& density) {
  return entropy_z_score(density, density);
}

// Sum over a side x side midpoint grid of the domain of function(x, y) p(x, y).
template <class D, class Function>
double grid_expectation(const D& density, int side, Function function) {
  const auto box = density.domain();
  const double width = (box.upper[0] - box.lower[0]) / side, height = (box.upper[1] - box.lower[1]) / side;
  ebm::Points<double, 2> line(side, 2);
  double sum = 0.0;
  for (int i = 0; i < side; ++i) {
    for (int j = 0; j < side; ++j) {
      line(j, 0) = box.lower[0] + (i + 0.5) * width;
      line(j, 1) = box.lower[1] + (j + 0.5) * height;
    }
    const ebm::Values<double> log_p = density.log_density(line);
    for (int j = 0; j < side; ++j) sum += std::exp(log_p[j]) * function(line(j, 0), line(j, 1));
  }
  return sum * width * height;
}

template <class D>
double grid_mass(const D& density, int side) {
  return grid_expectation(density, side, [](double, double) { return 1.0; });
}

// Calls visit(u, weight) at the nodes of the tanh-sinh rule on (0, 1), which converges fast whatever happens at the
// ends.
template <class Visit>
void tanh_sinh(Visit visit) {
  const double step = 6.6 / 4000, half_pi = 0.5 * std::acos(-1.0);
  for (int i = -2000; i <= 2000; ++i) {
    const double w = i * step, turned = half_pi * std::sinh(w);
    visit(0.5 * (1.0 + std::tanh(turned)),
          0.5 * step * half_pi * std::cosh(w) / (std::cosh(turned) * std::cosh(turned)));
  }
}

// log of the integral over u in (0, 1) of N(x; center(u), sd^2 I), term by term.
template <class Center>
double slow_log_mean(double x, double y, double sd, Center center) {
  double largest = -1e300, sum = 0.0;
  std::vector<double> terms;
  tanh_sinh([&](double u, double weight) {
    const ebm::detail::PlanePoint c = center(u);
    terms.push_back(-((x - c.x) * (x - c.x) + (y - c.y) * (y - c.y)) / (2 * sd * sd) + std::log(weight));
    largest = std::max(largest, terms.back());
  });
  for (const double term : terms) sum += std::exp(term - largest);
  return largest + std::log(sum) - std::log(2 * std::acos(-1.0) * sd * sd);
}

// How far quadratures along a curve may be from each other: the tails are steep.
inline double curve_tolerance(double log_p) { return log_p > -80.0 ? 1e-7 : log_p > -300.0 ? 1e-4 : 1e-2; }

// The value at one point.
template <class D>
double log_density_at(const D& density, double x, double y) {
  ebm::Points<double, 2> point(1, 2);
  point << x, y;
  return density.log_density(point)[0];
}

}  // namespace checks
