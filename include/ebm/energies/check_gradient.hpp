// check_gradient: does an energy's gradient belong to its values? check_parameter_gradient: and that in its parameters?
//
// The reference is a central difference, extrapolated once (Richardson 1911), all in the energy's own Scalar:
//   D(h) = (E(x + h) - E(x - h)) / 2h        dE/dx = (4 D(h) - D(2h)) / 3 + O(h^4)
// An entry passes when it differs from the reference by no more than
//   tolerance x the largest entry of its row + what rounding may do to D(h) + |D(h) - D(2h)|.
#pragma once

#include <ebm/concepts/evaluation.hpp>

#include <iosfwd>

namespace ebm {

struct GradientCheckOptions {
  double step = 0;       // h for coordinates up to 1, relative beyond; 0: 0.01 in float, 0.0005 in double
  double tolerance = 0;  // 0: 1e-3 in float, 1e-7 in double
  Index at_most = 1000;  // parameters looked at, spread evenly over all
};

// What was found where the entry exceeds its allowance most, or comes nearest to that.
struct GradientCheck {
  bool passed = true;
  double absolute_error = 0;
  double relative_error = 0;  // to the largest entry of the row
  double given = 0;           // the energy's own derivative
  double expected = 0;        // the difference quotient
  Index row = 0;
  Index coordinate = 0;  // or parameter

  explicit operator bool() const { return passed; }
};

template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const GradientCheck& check) {
  out << (check.passed ? "passed" : "failed") << ": row " << check.row << ", coordinate " << check.coordinate << ": "
      << to_text(check.given) << " where differences give " << to_text(check.expected) << ", absolute error "
      << to_text(check.absolute_error) << ", relative error " << to_text(check.relative_error);
  return out;
}

namespace detail {

// Function values at -2h, -h, h and 2h, and the steps that were really made.
struct DifferenceQuotient {
  double at[4], where[4];

  static constexpr double kSteps[4] = {-2, -1, 1, 2};
  double near() const { return (at[2] - at[1]) / (where[2] - where[1]); }
  double wide() const { return (at[3] - at[0]) / (where[3] - where[0]); }
  double value() const { return (4 * near() - wide()) / 3; }
  // `largest`: of the terms that the function values were summed from.
  double uncertainty(double epsilon, double largest) const {
    for (const double value : at) largest = std::max(largest, std::abs(value));
    return std::abs(near() - wide()) + 8 * epsilon * largest / (where[2] - where[1]);
  }
};

// Enters one entry into a check; `worst` is the largest ratio of error to allowance so far.
inline void enter(GradientCheck& check, double& worst, double given, const DifferenceQuotient& quotient, double scale,
                  double allowed, Index row, Index coordinate) {
  const double error = std::abs(given - quotient.value()), ratio = error / allowed;
  if (ratio <= worst) return;
  worst = ratio == ratio ? ratio : std::numeric_limits<double>::infinity();  // not a number: the worst there is
  check = {ratio <= 1, error, scale > 0 ? error / scale : error, given, quotient.value(), row, coordinate};
}

template <class Scalar>
GradientCheckOptions resolved(GradientCheckOptions options) {
  constexpr bool single = sizeof(Scalar) == 4;
  if (options.step == 0) options.step = single ? 0.01 : 0.0005;
  if (options.tolerance == 0) options.tolerance = single ? 1e-3 : 1e-7;
  require(options.step > 0, "step", options.step, "a positive number");
  require(options.tolerance > 0, "tolerance", options.tolerance, "a positive number");
  require(options.at_most > 0, "at_most", static_cast<double>(options.at_most), "at least 1");
  return options;
}

}  // namespace detail

template <DifferentiableEnergy E, class Derived>
GradientCheck check_gradient(const E& energy, const Eigen::DenseBase<Derived>& points,
                             GradientCheckOptions options = {}) {
  using Scalar = typename E::Scalar;
  options = detail::resolved<Scalar>(options);
  require_shape("points", points, kAny, dimension_of(energy));
  require(points.rows() >= 1, "points: rows", static_cast<double>(points.rows()), "at least 1");
  const Points<Scalar, E::dim> x = points.derived().template cast<Scalar>();
  const Points<Scalar, E::dim> given = gradients(energy, x);
  GradientCheck check;
  double worst = -1;
  for (Index i = 0; i < x.cols(); ++i) {
    Points<Scalar, E::dim> moved[4] = {x, x, x, x};
    Values<Scalar> values[4];
    for (int s = 0; s < 4; ++s) {
      for (Index row = 0; row < x.rows(); ++row) {
        const double at = static_cast<double>(x(row, i)), h = options.step * std::max(1.0, std::abs(at));
        moved[s](row, i) = static_cast<Scalar>(at + detail::DifferenceQuotient::kSteps[s] * h);
      }
      values[s] = energies(energy, moved[s]);
    }
    for (Index row = 0; row < x.rows(); ++row) {
      detail::DifferenceQuotient quotient;
      for (int s = 0; s < 4; ++s) {
        quotient.at[s] = static_cast<double>(values[s][row]);
        quotient.where[s] = static_cast<double>(moved[s](row, i));
      }
      double scale = 0;
      for (Index j = 0; j < x.cols(); ++j) scale = std::max(scale, std::abs(static_cast<double>(given(row, j))));
      const double allowed = options.tolerance * scale +
                             quotient.uncertainty(static_cast<double>(std::numeric_limits<Scalar>::epsilon()), 1e-3);
      detail::enter(check, worst, static_cast<double>(given(row, i)), quotient, scale, allowed, row, i);
    }
  }
  return check;
}

// Of sum_r weights[r] E(points[r]; theta), with respect to theta. Also fails where the values that come with the
// gradient are not the energies, and where the gradient is written instead of added.
template <TrainableEnergy E, class Derived, class WeightsDerived>
GradientCheck check_parameter_gradient(const E& energy, const Eigen::DenseBase<Derived>& points,
                                       const Eigen::DenseBase<WeightsDerived>& weights,
                                       GradientCheckOptions options = {}) {
  using Scalar = typename E::Scalar;
  options = detail::resolved<Scalar>(options);
  require_shape("points", points, kAny, dimension_of(energy));
  require_shape("weights", weights, points.rows(), 1);
  require(points.rows() >= 1, "points: rows", static_cast<double>(points.rows()), "at least 1");
  const Points<Scalar, E::dim> x = points.derived().template cast<Scalar>();
  const Values<Scalar> w = weights.derived().template cast<Scalar>();
  const std::vector<Scalar> theta(energy.parameters().begin(), energy.parameters().end());

  // The energy's own gradient, added to ones; lanes without a row have weight 0.
  std::vector<Scalar> given(theta.size(), Scalar(1));
  Values<Scalar> values(x.rows());
  Workspace workspace;
  detail::for_each_chunk(energy, x, workspace, [&](Index first, Index rows, TileSpan<Scalar, E::dim> tiles) {
    const auto chunk_weights = workspace.tiles<Scalar, 1>(tiles.count(), 1),
               chunk_values = workspace.tiles<Scalar, 1>(tiles.count(), 1);
    for (Index lane = 0; lane < chunk_weights.size(); ++lane)
      chunk_weights.data()[lane] = lane < rows ? w[first + lane] : Scalar(0);
    for (Index t = 0; t < tiles.count(); t += kTilesAtOnce<E>) {
      const Index count = std::min(kTilesAtOnce<E>, tiles.count() - t);
      energy.add_parameter_gradient(tiles.subspan(t, count), chunk_weights.subspan(t, count),
                                    chunk_values.subspan(t, count), std::span<Scalar>(given), workspace);
    }
    for (Index row = 0; row < rows; ++row) values[first + row] = chunk_values.data()[row];
  });

  const auto total = [&](const Values<Scalar>& energy_values) {
    double sum = 0;
    for (Index row = 0; row < x.rows(); ++row)
      sum += static_cast<double>(w[row]) * static_cast<double>(energy_values[row]);
    return sum;
  };
  const double epsilon = static_cast<double>(std::numeric_limits<Scalar>::epsilon());
  double scale = 0, largest = 1e-3;
  for (const Scalar derivative : given) scale = std::max(scale, std::abs(static_cast<double>(derivative) - 1));
  const Values<Scalar> expected_values = energies(energy, x);
  for (Index row = 0; row < x.rows(); ++row) {
    const double value = static_cast<double>(expected_values[row]),
                 difference = std::abs(static_cast<double>(values[row]) - value);
    if (!(difference <= 64 * epsilon * std::max(1.0, std::abs(value)))) {
      return {false, difference, difference / std::max(1.0, std::abs(value)), static_cast<double>(values[row]), value,
              row,   0};
    }
    largest = std::max(largest, std::abs(static_cast<double>(w[row]) * value));
  }

  GradientCheck check;
  double worst = -1;
  E moved = energy;
  const Index count = static_cast<Index>(theta.size()), looked_at = std::min(count, options.at_most);
  for (Index n = 0; n < looked_at; ++n) {
    const Index i = n * count / looked_at;
    const double at = static_cast<double>(theta[static_cast<std::size_t>(i)]),
                 h = options.step * std::max(1.0, std::abs(at));
    detail::DifferenceQuotient quotient;
    for (int s = 0; s < 4; ++s) {
      std::vector<Scalar> other = theta;
      Scalar& parameter = other[static_cast<std::size_t>(i)];
      parameter = static_cast<Scalar>(at + detail::DifferenceQuotient::kSteps[s] * h);
      quotient.where[s] = static_cast<double>(parameter);
      moved.set_parameters(other);
      quotient.at[s] = total(energies(moved, x));
    }
    const double root = std::sqrt(static_cast<double>(x.rows()));
    const double allowed =
        options.tolerance * scale + quotient.uncertainty(epsilon, largest * root) + 4 * epsilon * root;
    detail::enter(check, worst, static_cast<double>(given[static_cast<std::size_t>(i)]) - 1, quotient, scale, allowed,
                  0, i);
  }
  return check;
}

}  // namespace ebm
