// Anchored: an energy held by a Gaussian, which makes a density of a network that nothing holds far away.
//
//   E(x) = f(x) + |x|^2 / (2 tau^2)
//
// The anchor N(0, tau^2 I) is also where independent proposals come from (samplers/mixture_jump.hpp).
#pragma once

#include <ebm/concepts/classifier.hpp>
#include <ebm/concepts/storable_energy.hpp>

namespace ebm {

template <Energy Inner>
class Anchored {
 public:
  using Scalar = typename Inner::Scalar;
  static constexpr int dim = Inner::dim;
  static constexpr Index tiles_at_once = kTilesAtOnce<Inner>;

  // An infinite variance means no anchor.
  Anchored(Inner inner, double variance) : inner_(std::move(inner)), variance_(variance) {
    require(variance > 1e-30, "variance", variance, "more than 1e-30");
  }

  const Inner& inner() const { return inner_; }
  double anchor_variance() const { return variance_; }
  Index dimension() const { return dimension_of(inner_); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    evaluate(inner_, x, values, workspace);
    add_anchor(x, values);
  }

  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const requires DifferentiableEnergy<Inner> {
    using V = Pack<Scalar>;
    evaluate(inner_, x, values, gradients, workspace);
    add_anchor(x, values);
    const V precision(1.0 / variance_);
    for (Index i = 0; i < x.size(); i += V::size) {
      fma(precision, V::load(x.data() + i), V::load(gradients.data() + i)).store(gradients.data() + i);
    }
  }

  std::span<const Scalar> parameters() const requires TrainableEnergy<Inner> { return inner_.parameters(); }
  void set_parameters(std::span<const Scalar> parameters) requires TrainableEnergy<Inner> {
    inner_.set_parameters(parameters);
  }
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const requires TrainableEnergy<Inner> {
    inner_.add_parameter_gradient(x, weights, values, gradient, workspace);
    add_anchor(x, values);
  }

  // The anchor holds all classes alike: p(y | x) is that of the inner energy.
  static constexpr int classes = detail::kClasses<Inner>;
  Index class_count() const requires(classes != 0) { return detail::classes_of(inner_); }
  template <class Derived>
  Points<Scalar, classes> log_probabilities(const Eigen::DenseBase<Derived>& points) const requires(classes != 0) {
    return inner_.log_probabilities(points);
  }
  template <class Derived>
  Points<Scalar, classes> probabilities(const Eigen::DenseBase<Derived>& points) const requires(classes != 0) {
    return ebm::probabilities(*this, points);
  }
  void add_joint_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, const int* labels,
                          Scalar label_weight, LanesSpan<Scalar> values, LanesSpan<Scalar> losses,
                          std::span<Scalar> gradient, Workspace& workspace) const requires Classifier<Inner> {
    inner_.add_joint_gradient(x, weights, labels, label_weight, values, losses, gradient, workspace);
    add_anchor(x, values);
  }

  Tensors tensors() const requires StorableEnergy<Inner> {
    Tensors result = inner_.tensors();
    result.add("anchor.variance", variance_);
    return result;
  }
  static Anchored from(const Tensors& tensors) requires StorableEnergy<Inner> {
    return Anchored(Inner::from(tensors), tensors.number<double>("anchor.variance"));
  }

 private:
  void add_anchor(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values) const {
    using V = Pack<Scalar>;
    const V half_precision(0.5 / variance_);
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        V square(0);
        for (Index i = 0; i < x.dim(); ++i) {
          const V lane = V::load(x.coordinate(t, i) + p);
          square = fma(lane, lane, square);
        }
        fma(half_precision, square, V::load(values.tile_data(t) + p)).store(values.tile_data(t) + p);
      }
    }
  }

  Inner inner_;
  double variance_;
};

}  // namespace ebm
