// Standardised: an energy that was written in coordinates of mean 0 and covariance I, seen in the data's own units.
//
//   E(x) = f(z),   z = L^-1 (x - mu),   L L' = covariance of the data,   L lower triangular
//
// The density of x is exp(-f(z)) / (Z_z det L): standardisation is undone wherever log Z is that of the data's units.
// Points of any type are standardised in double precision by energies() and gradients(), so data may lie far from the
// origin.
#pragma once

#include <ebm/concepts/evaluation.hpp>
#include <ebm/core/box.hpp>
#include <ebm/core/cholesky.hpp>

namespace ebm {

// z = L^-1 (x - mu).
template <int Dim>
struct AffineFrame {
  Eigen::Matrix<double, Dim, 1> centre;
  Eigen::Matrix<double, Dim, Dim> factor, inverse_factor;

  AffineFrame(Eigen::Matrix<double, Dim, 1> mu, Eigen::Matrix<double, Dim, Dim> lower)
      : centre(std::move(mu)), factor(std::move(lower)), inverse_factor(inverse_of_lower(factor)) {}

  static AffineFrame identity(Index dim) {
    return {Eigen::Matrix<double, Dim, 1>::Zero(dim), Eigen::Matrix<double, Dim, Dim>::Identity(dim, dim)};
  }

  template <class Derived>
  Points<double, Dim> standardise(const Eigen::DenseBase<Derived>& points) const {
    Points<double, Dim> result(points.rows(), centre.size());
    for (Index row = 0; row < points.rows(); ++row) {
      for (Index i = 0; i < centre.size(); ++i) {
        double sum = 0;
        for (Index j = 0; j <= i; ++j) {
          sum = ebm::fma(inverse_factor(i, j), static_cast<double>(points.derived().coeff(row, j)) - centre(j), sum);
        }
        result(row, i) = sum;
      }
    }
    return result;
  }

  template <class Derived>
  Points<double, Dim> restore(const Eigen::DenseBase<Derived>& points) const {
    Points<double, Dim> result(points.rows(), centre.size());
    for (Index row = 0; row < points.rows(); ++row) {
      for (Index i = 0; i < centre.size(); ++i) {
        double sum = centre(i);
        for (Index j = 0; j <= i; ++j)
          sum = ebm::fma(factor(i, j), static_cast<double>(points.derived().coeff(row, j)), sum);
        result(row, i) = sum;
      }
    }
    return result;
  }
};

// Mean and covariance of the rows of some points; none may be constant, or a combination of
// others.
template <int Dim, class Derived>
AffineFrame<Dim> fit_frame(const Eigen::DenseBase<Derived>& points) {
  const Index dim = points.cols(), rows = points.rows();
  require(rows > dim, "points: rows", static_cast<double>(rows), "more rows than coordinates");
  Eigen::Matrix<double, Dim, 1> mean = Eigen::Matrix<double, Dim, 1>::Zero(dim);
  Eigen::Matrix<double, Dim, Dim> covariance = Eigen::Matrix<double, Dim, Dim>::Zero(dim, dim);
  const auto at = [&](Index row, Index i) { return static_cast<double>(points.derived().coeff(row, i)); };
  for (Index i = 0; i < dim; ++i) {
    for (int pass = 0; pass < 2; ++pass) {  // the second one removes the rounding of the first
      double sum = 0;
      for (Index row = 0; row < rows; ++row) sum += at(row, i) - mean(i);
      mean(i) += sum / static_cast<double>(rows);
    }
  }
  for (Index i = 0; i < dim; ++i) {
    for (Index j = 0; j <= i; ++j) {
      double sum = 0;
      for (Index row = 0; row < rows; ++row) sum = ebm::fma(at(row, i) - mean(i), at(row, j) - mean(j), sum);
      covariance(i, j) = covariance(j, i) = sum / static_cast<double>(rows);
    }
  }
  // Beyond these limits there is nothing but rounding to be standardised.
  const auto require_spread = [](Index i, double sd, double limit, const char* wanted) {
    require(sd > limit, joined({"points: standard deviation of column ", count_text(i)}).c_str(), sd, wanted);
  };
  require_finite("covariance of points", covariance);
  for (Index i = 0; i < dim; ++i)
    require_spread(i, std::sqrt(covariance(i, i)), 1e-12 * std::abs(mean(i)), "coordinates that vary");
  const auto factor = cholesky("covariance of points", covariance);
  for (Index i = 0; i < dim; ++i) {
    require_spread(i, factor(i, i), 1e-6 * std::sqrt(covariance(i, i)),
                   "more, given the columns before: no coordinate may be a combination of others");
  }
  return {mean, factor};
}

template <Energy Inner>
class Standardised {
 public:
  using Scalar = typename Inner::Scalar;
  static constexpr int dim = Inner::dim;
  static constexpr Index tiles_at_once = kTilesAtOnce<Inner>;

  Standardised(Inner inner, AffineFrame<dim> frame) : inner_(std::move(inner)), frame_(std::move(frame)) {}

  const Inner& inner() const { return inner_; }
  Inner& inner() { return inner_; }
  const AffineFrame<dim>& frame() const { return frame_; }
  Index dimension() const { return dimension_of(inner_); }

  // Eight standard deviations of the data to each side.
  Box<dim> domain() const {
    Box<dim> box;
    box.lower.resize(dimension()), box.upper.resize(dimension());
    for (Index i = 0; i < dimension(); ++i) {
      double variance = 0;
      for (Index j = 0; j <= i; ++j) variance = ebm::fma(frame_.factor(i, j), frame_.factor(i, j), variance);
      box.lower(i) = frame_.centre(i) - 8.0 * std::sqrt(variance);
      box.upper(i) = frame_.centre(i) + 8.0 * std::sqrt(variance);
    }
    return box;
  }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    evaluate(inner_, standardised(x, workspace), values, workspace);
  }

  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const requires DifferentiableEnergy<Inner> {
    using V = Pack<Scalar>;
    Workspace::Scope scope(workspace);
    evaluate(inner_, standardised(x, workspace), values, gradients, workspace);
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        for (Index j = 0; j < x.dim(); ++j) {
          V sum(0);
          for (Index i = j; i < x.dim(); ++i)
            sum = fma(V(frame_.inverse_factor(i, j)), V::load(gradients.coordinate(t, i) + p), sum);
          sum.store(gradients.coordinate(t, j) + p);
        }
      }
    }
  }

 private:
  TileSpan<Scalar, dim> standardised(TileSpan<const Scalar, dim> x, Workspace& workspace) const {
    using V = Pack<Scalar>;
    const auto z = workspace.tiles<Scalar, dim>(x.count(), x.dim());
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        for (Index i = 0; i < x.dim(); ++i) {
          V sum(0);
          for (Index j = 0; j <= i; ++j) {
            sum = fma(V(frame_.inverse_factor(i, j)), V::load(x.coordinate(t, j) + p) - V(frame_.centre(j)), sum);
          }
          sum.store(z.coordinate(t, i) + p);
        }
      }
    }
    return z;
  }

  Inner inner_;
  AffineFrame<dim> frame_;
};

template <class Inner, class Derived>
Values<typename Inner::Scalar> energies(const Standardised<Inner>& energy, const Eigen::DenseBase<Derived>& points) {
  require_shape("points", points, kAny, energy.dimension());
  return energies(energy.inner(), energy.frame().standardise(points));
}

template <DifferentiableEnergy Inner, class Derived>
Points<typename Inner::Scalar, Inner::dim> gradients(const Standardised<Inner>& energy,
                                                     const Eigen::DenseBase<Derived>& points) {
  require_shape("points", points, kAny, energy.dimension());
  auto result = gradients(energy.inner(), energy.frame().standardise(points));
  for (Index row = 0; row < result.rows(); ++row) {
    for (Index j = 0; j < result.cols(); ++j) {
      double sum = 0;
      for (Index i = j; i < result.cols(); ++i)
        sum = ebm::fma(energy.frame().inverse_factor(i, j), static_cast<double>(result(row, i)), sum);
      result(row, j) = static_cast<typename Inner::Scalar>(sum);
    }
  }
  return result;
}

}  // namespace ebm
