// Small discrete models whose states can be enumerated, with their parameters' gradient.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/core/rng.hpp>

#include <vector>

namespace small_discrete {

using namespace ebm;

// E = sum_i (field_i x_i + square_i x_i^2) + sum_{i<j} coupling_ij x_i x_j, for coordinates in any set of states.
// Parameters: fields, squares, couplings row by row.
template <class S>
struct Pairwise {
  using Scalar = S;
  static constexpr int dim = Dynamic;

  Index width;
  StateSet set;
  std::vector<S> theta;

  Pairwise(Index n, StateSet states, double scale, std::uint64_t seed)
      : width(n), set(states), theta(static_cast<std::size_t>(2 * n + n * (n - 1) / 2)) {
    const Stream stream(seed);
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = static_cast<S>(scale * stream.normal(0, i));
  }

  Index dimension() const { return width; }
  StateSet states() const { return set; }
  std::span<const S> parameters() const { return theta; }
  void set_parameters(std::span<const S> values) { theta.assign(values.begin(), values.end()); }

  void value(TileSpan<const S, dim> x, LanesSpan<S> values, Workspace&) const {
    for (Index t = 0; t < x.count(); ++t) {
      values[t].setZero();
      each_term(x, t, [&](Index parameter, const auto& term) { values[t] += at(parameter) * term; });
    }
  }
  void value_and_gradient(TileSpan<const S, dim> x, LanesSpan<S> values, TileSpan<S, dim> gradients,
                          Workspace& workspace) const {
    value(x, values, workspace);
    for (Index t = 0; t < x.count(); ++t) {
      Index c = 2 * width;
      for (Index i = 0; i < width; ++i) gradients[t].col(i) = at(i) + 2 * at(width + i) * x[t].col(i);
      for (Index i = 0; i < width; ++i) {
        for (Index j = i + 1; j < width; ++j, ++c) {
          gradients[t].col(i) += at(c) * x[t].col(j);
          gradients[t].col(j) += at(c) * x[t].col(i);
        }
      }
    }
  }
  void add_parameter_gradient(TileSpan<const S, dim> x, LanesSpan<const S> weights, LanesSpan<S> values,
                              std::span<S> gradient, Workspace& workspace) const {
    value(x, values, workspace);
    for (Index t = 0; t < x.count(); ++t) {
      each_term(x, t, [&](Index parameter, const auto& term) {
        for (Index l = 0; l < kLanes<S>; ++l) {
          if (weights.tile_data(t)[l] != 0)
            gradient[static_cast<std::size_t>(parameter)] += weights.tile_data(t)[l] * term(l);
        }
      });
    }
  }

 protected:
  S at(Index parameter) const { return theta[static_cast<std::size_t>(parameter)]; }

  template <class F>
  void each_term(TileSpan<const S, dim> x, Index t, F f) const {
    using Column = Eigen::Array<S, kLanes<S>, 1>;
    Index c = 2 * width;
    for (Index i = 0; i < width; ++i) {
      f(i, Column(x[t].col(i)));
      f(width + i, Column(x[t].col(i).square()));
    }
    for (Index i = 0; i < width; ++i) {
      for (Index j = i + 1; j < width; ++j, ++c) f(c, Column(x[t].col(i) * x[t].col(j)));
    }
  }
};

// The free energy of a restricted Boltzmann machine on {0, 1}^visible, by plain loops: not linear in its parameters,
// and tempered as a joint distribution. Parameters: visible biases, hidden biases, weights [visible][hidden].
template <class S>
struct SmallRbm {
  using Scalar = S;
  static constexpr int dim = Dynamic;

  Index visible, hidden;
  std::vector<S> theta;

  SmallRbm(Index nv, Index nh, double scale, std::uint64_t seed)
      : visible(nv), hidden(nh), theta(static_cast<std::size_t>(nv + nh + nv * nh)) {
    const Stream stream(seed);
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = static_cast<S>(scale * stream.normal(0, i));
  }

  Index dimension() const { return visible; }
  StateSet states() const { return kBits; }
  std::span<const S> parameters() const { return theta; }
  void set_parameters(std::span<const S> values) { theta.assign(values.begin(), values.end()); }

  void value(TileSpan<const S, dim> x, LanesSpan<S> values, Workspace&) const { evaluate(x, S(1), values, nullptr); }
  // -log of the marginal of exp(-beta E(v, h)).
  void value_at(TileSpan<const S, dim> x, double beta, LanesSpan<S> values, Workspace&) const {
    evaluate(x, static_cast<S>(beta), values, nullptr);
  }
  void value_and_gradient(TileSpan<const S, dim> x, LanesSpan<S> values, TileSpan<S, dim> gradients, Workspace&) const {
    evaluate(x, S(1), values, gradients.data());
  }
  void add_parameter_gradient(TileSpan<const S, dim> x, LanesSpan<const S> weights, LanesSpan<S> values,
                              std::span<S> gradient, Workspace& workspace) const {
    value(x, values, workspace);
    for (Index t = 0; t < x.count(); ++t) {
      for (Index l = 0; l < kLanes<S>; ++l) {
        const S w = weights.tile_data(t)[l];
        if (w == 0) continue;
        for (Index i = 0; i < visible; ++i) gradient[index(i)] -= w * x.coordinate(t, i)[l];
        for (Index j = 0; j < hidden; ++j) {
          const S p = w * ebm::logistic(activation(x, t, l, j));
          gradient[index(visible + j)] -= p;
          for (Index i = 0; i < visible; ++i) gradient[index(weight(i, j))] -= p * x.coordinate(t, i)[l];
        }
      }
    }
  }

 private:
  static std::size_t index(Index i) { return static_cast<std::size_t>(i); }
  Index weight(Index i, Index j) const { return visible + hidden + i * hidden + j; }
  S activation(TileSpan<const S, dim> x, Index t, Index l, Index j) const {
    S sum = theta[index(visible + j)];
    for (Index i = 0; i < visible; ++i) sum += theta[index(weight(i, j))] * x.coordinate(t, i)[l];
    return sum;
  }
  void evaluate(TileSpan<const S, dim> x, S beta, LanesSpan<S> values, S* gradients) const {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index l = 0; l < kLanes<S>; ++l) {
        S sum = 0;
        const auto slope = [&](Index i) -> S& { return gradients[(t * visible + i) * kLanes<S> + l]; };
        for (Index i = 0; i < visible; ++i) {
          sum -= beta * theta[index(i)] * x.coordinate(t, i)[l];
          if (gradients) slope(i) = -beta * theta[index(i)];
        }
        for (Index j = 0; j < hidden; ++j) {
          const S a = beta * activation(x, t, l, j), p = beta * ebm::logistic(a);
          sum -= ebm::log1p_exp(a);
          for (Index i = 0; gradients && i < visible; ++i) slope(i) -= p * theta[index(weight(i, j))];
        }
        values.tile_data(t)[l] = sum;
      }
    }
  }
};

// All states, one a row; the first coordinate changes fastest.
template <class S>
Points<S, Dynamic> all_states(Index dim, StateSet states) {
  Index count = 1;
  for (Index i = 0; i < dim; ++i) count *= states.count;
  Points<S, Dynamic> points(count, dim);
  for (Index row = 0; row < count; ++row) {
    for (Index i = 0, rest = row; i < dim; ++i, rest /= states.count)
      points(row, i) = static_cast<S>(states.value(rest % states.count));
  }
  return points;
}

// exp(-E) / Z of those, for given energies.
template <class Derived>
Values<double> probabilities(const Eigen::DenseBase<Derived>& energies) {
  Values<double> p(energies.size());
  const double smallest = static_cast<double>(energies.minCoeff());
  for (Index i = 0; i < p.size(); ++i) p(i) = std::exp(smallest - static_cast<double>(energies.derived()(i)));
  return p / p.sum();
}

// The row of a state in all_states.
template <class Row>
Index row_of(const Row& x, StateSet states) {
  Index row = 0;
  for (Index i = x.size(); i-- > 0;)
    row = row * states.count +
          static_cast<Index>(std::lround((static_cast<double>(x(i)) - states.first) / states.spacing));
  return row;
}

// Independent draws of the exact distribution, by inversion.
template <class S>
Points<S, Dynamic> draw(const Points<S, Dynamic>& all, const Values<double>& p, Index count, std::uint64_t seed) {
  const Stream stream(seed);
  Points<S, Dynamic> points(count, all.cols());
  for (Index n = 0; n < count; ++n) {
    double rest = stream.uniform(static_cast<std::uint32_t>(n), 0);
    Index row = 0;
    while (row + 1 < p.size() && rest >= p(row)) rest -= p(row++);
    points.row(n) = all.row(row);
  }
  return points;
}

}  // namespace small_discrete
