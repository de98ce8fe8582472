// Activations as layers: each feature by itself, in the memory of the layer below; the slope is kept for the way back.
#pragma once

#include <ebm/networks/activation.hpp>
#include <ebm/networks/layer.hpp>

namespace ebm::detail {

// The loops over `size` features.
template <Activation Act, class Scalar>
struct Pointwise {
  using V = Pack<Scalar>;

  template <int Tiles>
  static void forward(Index size, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> slope) {
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < size * kLanes<Scalar>; i += V::size) {
        V derivative;
        Act::apply(V::load(x.tile(t) + i), derivative).store(y.tile(t) + i);
        derivative.store(slope.tile(t) + i);
      }
    }
  }

  template <int Tiles>
  static void backward(Index size, Strided<const Scalar> slope, Strided<const Scalar> dy, Strided<Scalar> dx) {
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < size * kLanes<Scalar>; i += V::size)
        (V::load(dy.tile(t) + i) * V::load(slope.tile(t) + i)).store(dx.tile(t) + i);
    }
  }

  // Outputs and their tangents from inputs and theirs; `bend` keeps the change of the slope along the tangent.
  template <int Tiles>
  static void forward_tangents(Index size, Strided<const Scalar> x, Strided<const Scalar> dx, Strided<Scalar> y,
                               Strided<Scalar> dy, Strided<Scalar> slope, Strided<Scalar> bend) {
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < size * kLanes<Scalar>; i += V::size) {
        const V at = V::load(x.tile(t) + i), along = V::load(dx.tile(t) + i);
        V derivative;
        Act::apply(at, derivative).store(y.tile(t) + i);
        derivative.store(slope.tile(t) + i);
        (derivative * along).store(dy.tile(t) + i);
        (Act::curvature(at) * along).store(bend.tile(t) + i);
      }
    }
  }

  // Slopes in the outputs and in their tangents become those in the inputs and in theirs.
  static void backward_tangents(Index size, Strided<const Scalar> slope, Strided<const Scalar> bend,
                                Strided<Scalar> of_values, Strided<Scalar> of_tangents, Index tiles) {
    for (Index t = 0; t < tiles; ++t) {
      for (Index i = 0; i < size * kLanes<Scalar>; i += V::size) {
        const V derivative = V::load(slope.tile(t) + i), tangent = V::load(of_tangents.tile(t) + i),
                value = V::load(of_values.tile(t) + i) * derivative;
        fma(V::load(bend.tile(t) + i), tangent, value).store(of_values.tile(t) + i);
        (tangent * derivative).store(of_tangents.tile(t) + i);
      }
    }
  }
};

template <Activation Act, class Scalar, LayerShape Input>
struct BoundLayer<Act, Scalar, Input> : NoParameters<Scalar> {
  using Output = Input;
  using Loops = Pointwise<Act, Scalar>;
  static constexpr Index kept = Input::size;
  static constexpr bool in_place = true;

  template <int Tiles>
  static void forward(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> slope,
                      Workspace&) {
    Loops::template forward<Tiles>(Input::size, x, y, slope);
  }
  template <int Tiles>
  static void backward(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar> slope,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    Loops::template backward<Tiles>(Input::size, slope, dy, dx);
  }

  template <int Tiles>
  static void forward_tangents(Strided<const Scalar> x, Strided<const Scalar> dx, Strided<Scalar> y, Strided<Scalar> dy,
                               Strided<Scalar> slope, Strided<Scalar> bend) requires SmoothActivation<Act> {
    Loops::template forward_tangents<Tiles>(Input::size, x, dx, y, dy, slope, bend);
  }
  static void backward_tangents(Strided<const Scalar> slope, Strided<const Scalar> bend, Strided<Scalar> of_values,
                                Strided<Scalar> of_tangents, Index tiles) {
    Loops::backward_tangents(Input::size, slope, bend, of_values, of_tangents, tiles);
  }
};

// Of features whose number is known at run time.
template <Activation Act, class Scalar>
struct BoundLayer<Act, Scalar, Features<Dynamic>> : NoParameters<Scalar> {
  using Output = Features<Dynamic>;
  using Loops = Pointwise<Act, Scalar>;
  static constexpr bool in_place = true;
  Index inputs, outputs, kept;

  BoundLayer(Index features, Index) : inputs(features), outputs(features), kept(features) {}

  template <int Tiles>
  void forward(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> slope,
               Workspace&) const {
    Loops::template forward<Tiles>(inputs, x, y, slope);
  }
  template <int Tiles>
  void backward(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar> slope,
                Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) const {
    Loops::template backward<Tiles>(inputs, slope, dy, dx);
  }

  template <int Tiles>
  void forward_tangents(Strided<const Scalar> x, Strided<const Scalar> dx, Strided<Scalar> y, Strided<Scalar> dy,
                        Strided<Scalar> slope, Strided<Scalar> bend) const requires SmoothActivation<Act> {
    Loops::template forward_tangents<Tiles>(inputs, x, dx, y, dy, slope, bend);
  }
  void backward_tangents(Strided<const Scalar> slope, Strided<const Scalar> bend, Strided<Scalar> of_values,
                         Strided<Scalar> of_tangents, Index tiles) const {
    Loops::backward_tangents(inputs, slope, bend, of_values, of_tangents, tiles);
  }
};

}  // namespace ebm::detail
