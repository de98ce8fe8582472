// Standardised: an energy that was written in coordinates of mean 0 and covariance I, seen in the data's own units.
//
//   E(x) = f(z),   z = L^-1 (x - mu),   L L' = covariance of the data,   L lower triangular
//
// The density of x is exp(-f(z)) / (Z_z det L): standardisation is undone wherever log Z is that of the data's units.
// Points of any type are standardised in double precision by energies() and gradients(), so data may lie far from the
// origin.
#pragma once

#include <ebm/concepts/classifier.hpp>
#include <ebm/concepts/storable_energy.hpp>
#include <ebm/core/box.hpp>
#include <ebm/energies/affine_frame.hpp>

namespace ebm {

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
    Workspace::Scope scope(workspace);
    evaluate(inner_, standardised(x, workspace), values, gradients, workspace);
    restore_units(gradients);
  }

  static constexpr int classes = detail::kClasses<Inner>;
  Index class_count() const requires(classes != 0) { return detail::classes_of(inner_); }
  template <class Derived>
  Points<Scalar, classes> log_probabilities(const Eigen::DenseBase<Derived>& points) const requires(classes != 0) {
    return inner_.log_probabilities(frame_.standardise(points));
  }
  template <class Derived>
  Points<Scalar, classes> probabilities(const Eigen::DenseBase<Derived>& points) const requires(classes != 0) {
    return ebm::probabilities(*this, points);
  }
  void label_loss_and_gradient(TileSpan<const Scalar, dim> x, const int* labels, LanesSpan<Scalar> losses,
                               TileSpan<Scalar, dim> gradients,
                               Workspace& workspace) const requires DifferentiableClassifier<Inner> {
    Workspace::Scope scope(workspace);
    inner_.label_loss_and_gradient(standardised(x, workspace), labels, losses, gradients, workspace);
    restore_units(gradients);
  }

  Tensors tensors() const requires StorableEnergy<Inner> {
    Tensors result = inner_.tensors();
    frame_.add_to(result);
    return result;
  }
  static Standardised from(const Tensors& tensors) requires StorableEnergy<Inner> {
    return Standardised(Inner::from(tensors), AffineFrame<dim>::from(tensors));
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

  // Gradients in x from those in z, in place.
  void restore_units(TileSpan<Scalar, dim> gradients) const {
    using V = Pack<Scalar>;
    for (Index t = 0; t < gradients.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        for (Index j = 0; j < gradients.dim(); ++j) {
          V sum(0);
          for (Index i = j; i < gradients.dim(); ++i)
            sum = fma(V(frame_.inverse_factor(i, j)), V::load(gradients.coordinate(t, i) + p), sum);
          sum.store(gradients.coordinate(t, j) + p);
        }
      }
    }
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
