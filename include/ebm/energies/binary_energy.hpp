// BinaryEnergy: any energy, such as a network, restricted to states of two values for each coordinate.
//
//   p(x) = exp(-E(x)) / Z,   x in {0, 1}^dim      Z is a sum over 2^dim states, so that nothing need hold it far away
//
//   ebm::BinaryEnergy energy{ebm::Mlp<float, 16, 64, 64>{rng}};
//   ebm::Trainer trainer{energy, ebm::ContrastiveDivergence{ebm::GibbsWithGradients{}}, ebm::Adam{}};
//
// Values, gradients in x and in the parameters are those of the energy inside; it is trained as it is, without a frame.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>

namespace ebm {

template <Energy Inner>
class BinaryEnergy {
 public:
  using Scalar = typename Inner::Scalar;
  static constexpr int dim = Inner::dim;
  static constexpr Index tiles_at_once = kTilesAtOnce<Inner>;

  explicit BinaryEnergy(Inner inner, StateSet states = kBits) : inner_(std::move(inner)), states_(states) {
    require(states.count == 2, "states", static_cast<double>(states.count), "2 for each coordinate");
  }

  const Inner& inner() const { return inner_; }
  Index dimension() const { return dimension_of(inner_); }
  StateSet states() const { return states_; }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    evaluate(inner_, x, values, workspace);
  }
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const requires DifferentiableEnergy<Inner> {
    evaluate(inner_, x, values, gradients, workspace);
  }

  std::span<const Scalar> parameters() const requires TrainableEnergy<Inner> { return inner_.parameters(); }
  void set_parameters(std::span<const Scalar> parameters) requires TrainableEnergy<Inner> {
    inner_.set_parameters(parameters);
  }
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const requires TrainableEnergy<Inner> {
    inner_.add_parameter_gradient(x, weights, values, gradient, workspace);
  }

 private:
  Inner inner_;
  StateSet states_;
};

}  // namespace ebm
