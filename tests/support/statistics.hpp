// Statistical checks with stated rates of false alarms.
#pragma once

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <vector>

namespace statistics {

inline double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// sup |F_n - F| of the values, which are sorted on the way.
template <class Cdf>
double kolmogorov_distance(std::vector<double>& values, Cdf cdf) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double exact = cdf(values[i]), below = static_cast<double>(i) / n;
    distance = std::max({distance, std::abs(exact - below), std::abs(below + 1 / n - exact)});
  }
  return distance;
}

// The distance that n independent draws of the right law exceed with a probability of at most `rate` in all of
// `comparisons` comparisons (Dvoretzky, Kiefer & Wolfowitz 1956, with the constant of Massart 1990).
inline double dkw_bound(double n, double comparisons, double rate = 1e-6) {
  return std::sqrt(std::log(2 * comparisons / rate) / (2 * n));
}

struct Moments {
  double mean = 0, variance = 0, n = 0;

  template <class Values>
  explicit Moments(const Values& values) : n(static_cast<double>(values.size())) {
    for (Eigen::Index i = 0; i < values.size(); ++i) mean += static_cast<double>(values(i)) / n;
    for (Eigen::Index i = 0; i < values.size(); ++i)
      variance += (static_cast<double>(values(i)) - mean) * (static_cast<double>(values(i)) - mean) / (n - 1);
  }

  // How many standard errors the mean is from `exact`, by the values' own variance.
  double mean_score(double exact) const { return (mean - exact) / std::sqrt(variance / n); }

  // The larger score of mean and variance of independent normals; above 6 by chance with a probability below 1e-8.
  double normal_score(double exact_mean, double exact_variance) const {
    return std::max(std::abs(mean - exact_mean) / std::sqrt(exact_variance / n),
                    std::abs(variance / exact_variance - 1) / std::sqrt(2 / (n - 1)));
  }
};

}  // namespace statistics
