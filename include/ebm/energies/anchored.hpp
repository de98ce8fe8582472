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
    evaluate(inner_, x, values, gradients, workspace);
    add_anchor(x, values);
    add_anchor_slopes(x, gradients);
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

  void label_loss_and_gradient(TileSpan<const Scalar, dim> x, const int* labels, LanesSpan<Scalar> losses,
                               TileSpan<Scalar, dim> gradients,
                               Workspace& workspace) const requires DifferentiableClassifier<Inner> {
    inner_.label_loss_and_gradient(x, labels, losses, gradients, workspace);
  }

  // Of one class, and of points with a class each (energies/classifier_energy.hpp).
  auto given(int label, double temperature = 1) const requires ClassConditional<Inner> {
    return Anchored<decltype(inner_.given(label, temperature))>{inner_.given(label, temperature), variance_};
  }
  template <class LabelOf>
  void value_given(TileSpan<const Scalar, dim> x, LabelOf label_of, Scalar temperature, LanesSpan<Scalar> values,
                   Workspace& workspace) const requires ClassConditional<Inner> {
    inner_.value_given(x, label_of, temperature, values, workspace);
    add_anchor(x, values);
  }
  template <class LabelOf>
  void value_and_gradient_given(TileSpan<const Scalar, dim> x, LabelOf label_of, Scalar temperature,
                                LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                                Workspace& workspace) const requires ClassConditional<Inner> {
    inner_.value_and_gradient_given(x, label_of, temperature, values, gradients, workspace);
    add_anchor(x, values);
    add_anchor_slopes(x, gradients);
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

  void add_anchor_slopes(TileSpan<const Scalar, dim> x, TileSpan<Scalar, dim> gradients) const {
    using V = Pack<Scalar>;
    const V precision(1.0 / variance_);
    for (Index i = 0; i < x.size(); i += V::size) {
      fma(precision, V::load(x.data() + i), V::load(gradients.data() + i)).store(gradients.data() + i);
    }
  }

  Inner inner_;
  double variance_;
};

}  // namespace ebm
