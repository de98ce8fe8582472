// Energies for tests of samplers, written lane by lane, with all that is known of them.
#pragma once

#include <ebm/concepts/energy.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/core/rng.hpp>

#include "support/statistics.hpp"

namespace targets {

using namespace ebm;

// E = sum of precision x_i^2 / 2.
template <class S, int Dim>
struct Normal {
  using Scalar = S;
  static constexpr int dim = Dim;
  template <class V>
  using Coordinates = std::array<V, static_cast<std::size_t>(Dim)>;

  double precision = 1;

  template <class V>
  V lane_value(const Coordinates<V>& x) const {
    V sum(S(0));
    for (const V& coordinate : x) sum = fma(coordinate, coordinate, sum);
    return sum * V(static_cast<S>(0.5 * precision));
  }
  template <class V>
  V lane_value_and_gradient(const Coordinates<V>& x, Coordinates<V>& gradient) const {
    for (std::size_t i = 0; i < x.size(); ++i) gradient[i] = x[i] * V(static_cast<S>(precision));
    return lane_value(x);
  }
};

// Two round Gaussians in the plane, of different weights and widths: nothing about it is symmetric.
template <class S>
struct UnequalPair {
  using Scalar = S;
  static constexpr int dim = 2;
  static constexpr double weight[] = {0.7, 0.3}, mean[][2] = {{1.2, 0.4}, {-1.0, -0.8}}, sd[] = {0.5, 0.9};

  template <class V>
  V lane_value(const std::array<V, 2>& x) const {
    std::array<V, 2> unused;
    return lane_value_and_gradient(x, unused);
  }
  template <class V>
  V lane_value_and_gradient(const std::array<V, 2>& x, std::array<V, 2>& gradient) const {
    V slope[2][2], log_density[2];
    for (int k = 0; k < 2; ++k) {
      const V precision(S(1 / (sd[k] * sd[k])));
      const V a = x[0] - V(S(mean[k][0])), b = x[1] - V(S(mean[k][1]));
      slope[k][0] = a * precision, slope[k][1] = b * precision;
      log_density[k] = fma(fma(a, a, b * b), precision * V(S(-0.5)), V(S(std::log(weight[k] / (sd[k] * sd[k])))));
    }
    const V share = logistic(log_density[0] - log_density[1]);
    for (std::size_t i = 0; i < 2; ++i) gradient[i] = fma(share, slope[0][i] - slope[1][i], slope[1][i]);
    return -log_add_exp(log_density[0], log_density[1]);
  }

  static Points<S, 2> draw(Index count, std::uint64_t seed) {
    const Stream stream(seed);
    Points<S, 2> points(count, 2);
    for (Index row = 0; row < count; ++row) {
      const std::uint32_t chain = static_cast<std::uint32_t>(row);
      const int k = stream.uniform(chain, 0) < weight[0] ? 0 : 1;
      for (Index i = 0; i < 2; ++i)
        points(row, i) = static_cast<S>(mean[k][i] + sd[k] * stream.normal(chain, static_cast<std::uint64_t>(i)));
    }
    return points;
  }

  // Of the projection u . x, for a unit vector u.
  static double projected_cdf(double ux, double uy, double t) {
    double sum = 0;
    for (int k = 0; k < 2; ++k)
      sum += weight[k] * statistics::normal_cdf((t - ux * mean[k][0] - uy * mean[k][1]) / sd[k]);
    return sum;
  }
};

// The same energy as one that is evaluated in place, by tiles, and whose dimension may be known at run time only.
template <class E, int Dim = E::dim>
struct InPlace {
  using Scalar = typename E::Scalar;
  static constexpr int dim = Dim;

  E energy;

  Index dimension() const { return E::dim; }
  void value(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Workspace&) const {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size)
        energy.lane_value(lanes(x, t, p)).store(values.tile_data(t) + p);
    }
  }
  void value_and_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, Dim> gradients,
                          Workspace&) const {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size) {
        ebm::detail::LaneArray<E> gradient;
        energy.lane_value_and_gradient(lanes(x, t, p), gradient).store(values.tile_data(t) + p);
        for (std::size_t i = 0; i < E::dim; ++i) gradient[i].store(gradients.coordinate(t, static_cast<Index>(i)) + p);
      }
    }
  }

 private:
  static auto lanes(TileSpan<const Scalar, Dim> x, Index t, Index p) {
    ebm::detail::LaneArray<E> result;
    for (std::size_t i = 0; i < E::dim; ++i) result[i] = Pack<Scalar>::load(x.coordinate(t, static_cast<Index>(i)) + p);
    return result;
  }
};

}  // namespace targets
