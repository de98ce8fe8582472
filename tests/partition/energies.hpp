// Energies and densities whose integrals are known.
#pragma once

#include <ebm/concepts/density.hpp>
#include <ebm/concepts/energy.hpp>

namespace ebm::testing {

inline constexpr double kPi = 3.14159265358979323846;

// E = sum ((x_i - mean_i) / sd_i)^2 / 2 + offset.
template <class S, int Dim>
struct Gaussian {
  using Scalar = S;
  static constexpr int dim = Dim;
  std::array<double, Dim> centre, sd;
  double offset = 0;

  template <class V>
  V lane_value(const std::array<V, Dim>& x) const {
    V sum(static_cast<S>(offset));
    for (std::size_t i = 0; i < Dim; ++i) {
      sum = fma(V(S(0.5)), square((x[i] - V(static_cast<S>(centre[i]))) / V(static_cast<S>(sd[i]))), sum);
    }
    return sum;
  }

  double log_z() const {
    double sum = -offset;
    for (const double s : sd) sum += std::log(s) + 0.5 * std::log(2 * kPi);
    return sum;
  }
};

// A mixture of isotropic Gaussians: a density, and an energy with E = 3 - log p.
template <int Dim>
struct Mixture {
  using Scalar = double;
  static constexpr int dim = Dim;
  struct Component {
    double weight;
    std::array<double, Dim> centre;
    double sd;
  };
  std::vector<Component> components;

  template <class V>
  V lane_value(const std::array<V, Dim>& x) const {
    V result(-1e300);
    for (const Component& c : components) {
      V distance(0.0);
      for (std::size_t i = 0; i < Dim; ++i) distance = fma(x[i] - V(c.centre[i]), x[i] - V(c.centre[i]), distance);
      const double scale = std::log(c.weight) - Dim * (std::log(c.sd) + 0.5 * std::log(2 * kPi));
      result = log_add_exp(result, fma(distance, V(-0.5 / (c.sd * c.sd)), V(scale)));
    }
    return V(3.0) - result;
  }

  Values<double> log_density(const Points<double, Dim>& points) const {
    Values<double> result(points.rows());
    for (Index row = 0; row < points.rows(); ++row) {
      std::array<double, Dim> x;
      for (std::size_t i = 0; i < Dim; ++i) x[i] = points(row, static_cast<Index>(i));
      result[row] = 3.0 - lane_value(x);
    }
    return result;
  }

  Points<double, Dim> sample(Index count, Rng& rng) const {
    const Stream stream = rng.stream();
    Points<double, Dim> points(count, Dim);
    for (Index row = 0; row < count; ++row) {
      double u = stream.uniform(static_cast<std::uint32_t>(row), 0);
      std::size_t k = 0;
      while (k + 1 < components.size() && u > components[k].weight) u -= components[k++].weight;
      for (std::size_t i = 0; i < Dim; ++i) {
        points(row, static_cast<Index>(i)) =
            components[k].centre[i] + components[k].sd * stream.normal(static_cast<std::uint32_t>(row), i);
      }
    }
    return points;
  }

  Box<Dim> domain() const {
    Box<Dim> box{Box<Dim>::Corner::Constant(1e300), Box<Dim>::Corner::Constant(-1e300)};
    for (const Component& c : components) {
      for (Index i = 0; i < Dim; ++i) {
        box.lower[i] = std::min(box.lower[i], c.centre[static_cast<std::size_t>(i)] - 6.5 * c.sd);
        box.upper[i] = std::max(box.upper[i], c.centre[static_cast<std::size_t>(i)] + 6.5 * c.sd);
      }
    }
    return box;
  }
};

// 25 modes on a grid of spacing 2.
inline Mixture<2> grid_of_modes(double sd) {
  Mixture<2> mixture;
  for (int i = -2; i <= 2; ++i) {
    for (int j = -2; j <= 2; ++j) mixture.components.push_back({0.04, {2.0 * i, 2.0 * j}, sd});
  }
  return mixture;
}

// The density of a mixture without its domain and sampler: an energy that says nothing of itself.
template <int Dim>
struct Bare {
  using Scalar = double;
  static constexpr int dim = Dim;
  Mixture<Dim> mixture;

  template <class V>
  V lane_value(const std::array<V, Dim>& x) const {
    return mixture.lane_value(x);
  }
};

// Uniform on the eight dark squares of side 2 in [-4, 4]^2; the domain may be wider, and off the squares' lattice.
struct Checkerboard {
  static constexpr int dim = 2;
  double margin = 0;

  Values<double> log_density(const Points<double, 2>& points) const {
    Values<double> result(points.rows());
    for (Index row = 0; row < points.rows(); ++row) {
      const double x = points(row, 0), y = points(row, 1);
      const bool inside = std::abs(x) < 4 && std::abs(y) < 4;
      const int square = static_cast<int>(std::floor(x / 2) + std::floor(y / 2));
      result[row] = inside && square % 2 == 0 ? -std::log(32.0) : -std::numeric_limits<double>::infinity();
    }
    return result;
  }
  Box<2> domain() const { return {{-4 - margin, -4 - 1.1 * margin}, {4 + 1.3 * margin, 4 + margin}}; }
};

// Any function of x as an energy.
template <int Dim, class F>
struct Formula {
  using Scalar = double;
  static constexpr int dim = Dim;
  F function;

  template <class V>
  V lane_value(const std::array<V, Dim>& x) const {
    return function(x);
  }
};
template <int Dim, class F>
Formula<Dim, F> formula(F function) {
  return {function};
}

}  // namespace ebm::testing
