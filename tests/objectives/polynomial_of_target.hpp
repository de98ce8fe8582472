// E(x, y) = lambda r^2 / 2 + kappa y^4 / 4, r = y - a - b x, with the parameters lambda, a, b, kappa: Gaussian
// regression where kappa = 0.
#pragma once

#include "objectives/minibatch.hpp"

#include <algorithm>
#include <cmath>

namespace objectives {

using Four = std::array<double, 4>;

class PolynomialOfTarget {
 public:
  using Scalar = double;
  static constexpr int dim = 2;
  using Tiles = ebm::TileSpan<const double, 2>;
  using Lanes = ebm::LanesSpan<double>;
  using Weights = ebm::LanesSpan<const double>;

  explicit PolynomialOfTarget(const Four& theta) : theta_(theta) {}

  std::span<const double> parameters() const { return theta_; }
  void set_parameters(std::span<const double> theta) { std::copy(theta.begin(), theta.end(), theta_.begin()); }

  double residual(double x, double y) const { return y - theta_[1] - theta_[2] * x; }
  double energy(double x, double y) const {
    return 0.5 * theta_[0] * residual(x, y) * residual(x, y) + 0.25 * theta_[3] * std::pow(y, 4);
  }
  double slope(double x, double y) const { return theta_[0] * residual(x, y) + theta_[3] * y * y * y; }
  double curvature(double y) const { return theta_[0] + 3 * theta_[3] * y * y; }
  // d/dtheta of the energy, its slope and its curvature in y.
  Four energy_slopes(double x, double y) const {
    const double r = residual(x, y);
    return {0.5 * r * r, -theta_[0] * r, -theta_[0] * r * x, 0.25 * std::pow(y, 4)};
  }
  Four slope_slopes(double x, double y) const { return {residual(x, y), -theta_[0], -theta_[0] * x, y * y * y}; }
  static Four curvature_slopes(double y) { return {1, 0, 0, 3 * y * y}; }

  void value(Tiles points, Lanes values, ebm::Workspace&) const {
    each(points, [&](double x, double y, ebm::Index lane) { values.data()[lane] = energy(x, y); });
  }
  void value_and_gradient(Tiles points, Lanes values, ebm::TileSpan<double, 2> gradients,
                          ebm::Workspace& workspace) const {
    value(points, values, workspace);
    each(points, [&](double x, double y, ebm::Index lane) {
      const ebm::Index t = lane / ebm::kLanes<double>, l = lane % ebm::kLanes<double>;
      gradients.coordinate(t, 0)[l] = -theta_[0] * residual(x, y) * theta_[2];
      gradients.coordinate(t, 1)[l] = slope(x, y);
    });
  }
  void add_parameter_gradient(Tiles points, Weights weights, Lanes values, std::span<double> gradient,
                              ebm::Workspace& workspace) const {
    value(points, values, workspace);
    each(points,
         [&](double x, double y, ebm::Index lane) { add(weights.data()[lane], energy_slopes(x, y), gradient); });
  }
  // Along y alone.
  void add_mixed_gradient(Tiles points, Tiles, Weights weights, Lanes values, std::span<double> gradient,
                          ebm::Workspace&) const {
    each(points, [&](double x, double y, ebm::Index lane) {
      values.data()[lane] = slope(x, y);
      add(weights.data()[lane], slope_slopes(x, y), gradient);
    });
  }

 private:
  template <class F>
  static void each(Tiles points, F f) {
    for (ebm::Index lane = 0; lane < points.count() * ebm::kLanes<double>; ++lane) {
      const ebm::Index t = lane / ebm::kLanes<double>, l = lane % ebm::kLanes<double>;
      f(points.coordinate(t, 0)[l], points.coordinate(t, 1)[l], lane);
    }
  }
  static void add(double weight, const Four& slopes, std::span<double> gradient) {
    for (std::size_t i = 0; i < slopes.size(); ++i) gradient[i] += weight * slopes[i];
  }

  Four theta_;
};

// What an objective says of an energy on some rows.
template <class Objective, class Energy, class Exec>
Four gradient_of(const Objective& objective, const Energy& energy, const ebm::Points<double, 2>& points,
                 Exec&& executor, double* loss = nullptr) {
  Batch<double, 2> batch(points, 0.0);
  ebm::Rng rng(8);
  ebm::FlatVector<double> gradient(4);
  auto estimator = objective.estimator(energy, batch.view(), rng, executor.workers());
  const auto report = estimator.estimate(energy, batch.view(), 3, gradient, executor);
  if (loss) *loss = report.data_energy;
  Four result;
  std::copy_n(gradient.data(), 4, result.begin());
  return result;
}

}  // namespace objectives
