// Equal Gaussians on a ring of eight and on a grid of five by five.
//
// EightGaussians as FFJORD's toy (Grathwohl et al. 2019): entropy 2.831880 nats; radius 2, sd 0.2: 1.698061;
//   radius 1, sd 0.15: 1.093234.
// TwentyFiveGaussians: sd 0.2 2.837874, sd 0.3 3.644836, sd 0.05 0.065288; divided by 2.828: -2.013851.
#pragma once

#include <ebm/datasets/gaussian_mixture_density.hpp>

namespace ebm {

struct EightGaussians {
  double radius = 4.0 / 1.414;
  double sd = 0.5 / 1.414;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "8 Gaussians"; }

  GaussianMixtureDensity mixture() const {
    std::vector<GaussianComponent> components;
    for (int k = 0; k < 8; ++k) {
      const auto [sine, cosine] = sin_cos(k * detail::kPi / 4);
      components.push_back({.mean = {radius * cosine, radius * sine}, .covariance = {sd * sd, 0.0, sd * sd}});
    }
    return GaussianMixtureDensity(components);
  }

  Points<double, 2> sample(Index count, Rng& rng) const { return mixture().sample(count, rng); }
  Values<double> log_density(const Points<double, 2>& points) const { return mixture().log_density(points); }
  Box<2> domain() const { return mixture().domain(); }
  double entropy() const { return mixture().entropy(); }
};

struct TwentyFiveGaussians {
  double spacing = 2.0;
  double sd = 0.2;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "25 Gaussians"; }

  GaussianMixtureDensity mixture() const {
    std::vector<GaussianComponent> components;
    for (int i = -2; i <= 2; ++i) {
      for (int j = -2; j <= 2; ++j) {
        components.push_back({.mean = {i * spacing, j * spacing}, .covariance = {sd * sd, 0.0, sd * sd}});
      }
    }
    return GaussianMixtureDensity(components);
  }

  Points<double, 2> sample(Index count, Rng& rng) const { return mixture().sample(count, rng); }
  Values<double> log_density(const Points<double, 2>& points) const { return mixture().log_density(points); }
  Box<2> domain() const { return mixture().domain(); }
  double entropy() const { return mixture().entropy(); }
};

}  // namespace ebm
