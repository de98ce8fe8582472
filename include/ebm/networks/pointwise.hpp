// Activations as layers: each feature by itself, in the memory of the layer below; the slope is kept for the way back.
#pragma once

#include <ebm/networks/activation.hpp>
#include <ebm/networks/layer.hpp>

namespace ebm::detail {

// Takes panels: their activations and slopes.
template <class Act, int Tiles, class Scalar>
struct ActivatePanels {
  Strided<Scalar> y, slope;

  EBM_INLINE void operator()(Index first, int rows, const Scalar* panel) const {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) {
      Scalar *features = y.tile(t) + first * kLanes<Scalar>, *slopes = slope.tile(t) + first * kLanes<Scalar>;
      for (int i = 0; i < rows * kLanes<Scalar>; i += V::size) {
        V derivative;
        Act::apply(V::load(panel + t * rows * kLanes<Scalar> + i), derivative).store(features + i);
        derivative.store(slopes + i);
      }
    }
  }
};

// Takes panels of slopes: times the slopes below.
template <int Tiles, class Scalar>
struct ScalePanels {
  Strided<const Scalar> slope;
  Strided<Scalar> dx;

  EBM_INLINE void operator()(Index first, int rows, const Scalar* panel) const {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) {
      const Scalar* slopes = slope.tile(t) + first * kLanes<Scalar>;
      Scalar* to = dx.tile(t) + first * kLanes<Scalar>;
      for (int i = 0; i < rows * kLanes<Scalar>; i += V::size)
        (V::load(slopes + i) * V::load(panel + t * rows * kLanes<Scalar> + i)).store(to + i);
    }
  }
};

// How many features there are, a slope being kept of each: a constant, or known at run time.
template <AnyShape Shape>
struct FeatureCount {
  static constexpr Index kept = Shape::size;
};
template <>
struct FeatureCount<Features<Dynamic>> {
  Index inputs, outputs, kept;

  FeatureCount(Index in, Index out) : inputs(in), outputs(out), kept(in) {}
};

template <Activation Act, class Scalar, AnyShape Input>
struct BoundLayer<Act, Scalar, Input> : NoParameters<Scalar>, FeatureCount<Input> {
  using FeatureCount<Input>::FeatureCount, FeatureCount<Input>::kept;
  using Output = Input;
  static constexpr bool in_place = true;
  static constexpr bool kBends = SmoothActivation<Act> || PiecewiseLinearActivation<Act>;

  // Takes panels of what goes in.
  template <int Tiles>
  static ActivatePanels<Act, Tiles, Scalar> forward_taker(Strided<Scalar> y, Strided<Scalar> slope) {
    return {y, slope};
  }
  template <int Tiles>
  static ScalePanels<Tiles, Scalar> backward_taker(Strided<const Scalar> slope, Strided<Scalar> dx) {
    return {slope, dx};
  }

  template <int Tiles>
  void forward(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> slope,
               Workspace&) const {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < kept * kLanes<Scalar>; i += V::size) {
        V derivative;
        Act::apply(V::load(x.tile(t) + i), derivative).store(y.tile(t) + i);
        derivative.store(slope.tile(t) + i);
      }
    }
  }

  // What is kept for tangents is the change of the slope along them.
  template <int Tiles>
  void forward_tangents(LayerWeights<Scalar>, Tangents<const Scalar> x, Tangents<Scalar> y, Tangents<Scalar> kept_of,
                        Workspace&) const requires kBends {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < kept * kLanes<Scalar>; i += V::size) {
        const V at = V::load(x.value.tile(t) + i), along = V::load(x.tangent.tile(t) + i);
        V derivative;
        Act::apply(at, derivative).store(y.value.tile(t) + i);
        derivative.store(kept_of.value.tile(t) + i);
        (derivative * along).store(y.tangent.tile(t) + i);
        (curvature(at) * along).store(kept_of.tangent.tile(t) + i);
      }
    }
  }
  template <int Tiles>
  void backward_tangents(LayerWeights<Scalar>, Tangents<const Scalar> kept_of, Tangents<const Scalar> dy,
                         Tangents<Scalar> dx, Workspace&) const {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < kept * kLanes<Scalar>; i += V::size) {
        const V derivative = V::load(kept_of.value.tile(t) + i), tangent = V::load(dy.tangent.tile(t) + i),
                value = V::load(dy.value.tile(t) + i) * derivative;
        fma(V::load(kept_of.tangent.tile(t) + i), tangent, value).store(dx.value.tile(t) + i);
        (tangent * derivative).store(dx.tangent.tile(t) + i);
      }
    }
  }

  template <int Tiles>
  void backward(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar> slope,
                Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) const {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) {
      for (Index i = 0; i < kept * kLanes<Scalar>; i += V::size)
        (V::load(dy.tile(t) + i) * V::load(slope.tile(t) + i)).store(dx.tile(t) + i);
    }
  }

 private:
  template <class V>
  static V curvature(V x) {
    if constexpr (SmoothActivation<Act>) {
      return Act::curvature(x);
    } else {
      return V(0);
    }
  }
};

}  // namespace ebm::detail
