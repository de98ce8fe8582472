// Activations as layers: each feature by itself, in the memory of the layer below; the slope is kept for the way back.
#pragma once

#include <ebm/networks/activation.hpp>
#include <ebm/networks/layer.hpp>

namespace ebm::detail {

template <Activation Act, class Scalar, LayerShape Input>
struct BoundLayer<Act, Scalar, Input> : NoParameters<Scalar> {
  using Output = Input;
  static constexpr Index kept = Input::size;
  static constexpr bool in_place = true;

  template <int Tiles>
  static void forward(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> slope,
                      Workspace&) {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < Input::size * kLanes<Scalar>; i += V::size) {
        V derivative;
        Act::apply(V::load(x.tile(t) + i), derivative).store(y.tile(t) + i);
        derivative.store(slope.tile(t) + i);
      }
    }
  }

  template <int Tiles>
  static void backward(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar> slope,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < Input::size * kLanes<Scalar>; i += V::size)
        (V::load(dy.tile(t) + i) * V::load(slope.tile(t) + i)).store(dx.tile(t) + i);
    }
  }
};

}  // namespace ebm::detail
