// Layer: what a kind of layer does to tiles of features, once it is bound to a scalar and to the shape of its input.
//
// A user writes descriptions (Dense<10>{}, Conv<32, 3>{}, Silu{}); BoundLayer<description, Scalar, Input> does the
// work:
//
//   Output                                     the shape that comes out
//   parameters, packed, kept                   how many scalars: trained; derived from them for speed; kept of each
//                                              lane between the ways forward and back
//   in_place                                   whether the output may take the memory of the input
//   initialise(theta, scale, draw)             first parameters; draw() is a standard normal
//   pack(theta, packed)
//   forward<Tiles>(weights, x, y, kept, workspace)
//   backward<Tiles>(weights, x, y, kept, dy, dx, workspace)          dx <- (dy/dx)' dy, in the memory of dy if in place
//   add_gradient(weights, x, kept, dy, tiles, gradient, workspace)   gradient += sum over lanes of (dy/dtheta)' dy
//
// A layer that makes its outputs, or its slopes in x, panel by panel hands them on while they are in the first-level
// cache, to finished(first feature, features, panel[tile][feature][lane]):
//
//   forward_panels<Tiles>(weights, x, finished)
//   backward_panels<Tiles>(weights, dy, finished)
//
// and an activation above or below takes them by what these give:
//
//   forward_taker<Tiles>(y, kept)
//   backward_taker<Tiles>(kept, dx)           dx may be the memory of what was kept
//
// For mixed products (networks/mixed_gradient.hpp), unless it says that it is `affine`, values with their tangents:
//
//   forward_tangents<Tiles>(weights, x, y, kept, workspace)
//   backward_tangents<Tiles>(weights, kept, dy, dx, workspace)
//   add_tangent_gradient(weights, kept, dy, tiles, gradient)         if it has parameters
//
// Where all shapes are known at compile time these are constants and static functions. A layer whose shapes are known
// at run time is an object made of (inputs, outputs), whose members they are.
//
// A layer in place loses x, and the layer below its y: neither may look at it on the way back. A layer made of layers
// offers backward_tiles instead, which does both for many tiles (networks/branch.hpp).
//
// Features of a tile are [feature][lane]; a Strided pointer tells how far the next tile is.
#pragma once

#include <ebm/core/pack.hpp>
#include <ebm/core/workspace.hpp>
#include <ebm/networks/layer_shape.hpp>

namespace ebm::detail {

template <class Scalar>
struct Strided {
  Scalar* data;
  Index stride;

  operator Strided<const Scalar>() const { return {data, stride}; }
  Scalar* tile(Index t) const { return data + t * stride; }
  Strided from(Index t) const { return {tile(t), stride}; }
};

// Something for values and the same for what they change by along a direction.
template <class T>
struct WithTangent {
  T value, tangent;

  template <class U>
  operator WithTangent<U>() const {
    return {value, tangent};
  }
  WithTangent from(Index t) const { return {value.from(t), tangent.from(t)}; }
};
template <class Scalar>
using Tangents = WithTangent<Strided<Scalar>>;

// The parameters of a layer and what was packed from them. An affine layer goes forward without its biases, as its
// tangents do, where theta is null.
template <class Scalar>
struct LayerWeights {
  const Scalar *theta, *packed;
};

template <class>
inline constexpr bool kIsLayer = false;

template <class Layer, class Scalar, AnyShape Input>
struct BoundLayer {
  static_assert(kIsLayer<Layer>,
                "ebm::network: no layer, or none for features of this shape (some want an ebm::Image, many a shape "
                "known at compile time)");
};
// What a layer was bound from.
template <class Bound>
struct BoundOf;
template <class L, class S, AnyShape I>
struct BoundOf<BoundLayer<L, S, I>> {
  using Layer = L;
  using Input = I;
};

// What a layer without parameters has of them.
template <class Scalar>
struct NoParameters {
  static constexpr Index parameters = 0, packed = 0;

  template <class Draw>
  static void initialise(Scalar*, double, Draw) {}
  static void pack(const Scalar*, Scalar*) {}
  static void add_gradient(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                           Index, Scalar*, Workspace&) {}
};

// Whether a layer has parameters, however many.
template <class Layer, class Scalar>
inline constexpr bool kHasParameters = [] {
  if constexpr (std::is_empty_v<Layer>) {
    return Layer::parameters > 0;
  } else {
    return !std::is_base_of_v<NoParameters<Scalar>, Layer>;
  }
}();

// Takes panels, and stores them.
template <int Tiles, class Scalar>
struct StorePanels {
  Strided<Scalar> to;

  EBM_INLINE void operator()(Index first, int rows, const Scalar* panel) const {
    for (int t = 0; t < Tiles; ++t) {
      const Scalar* from = panel + t * rows * kLanes<Scalar>;
      Scalar* out = to.tile(t) + first * kLanes<Scalar>;
      for (int i = 0; i < rows * kLanes<Scalar>; i += Pack<Scalar>::size) Pack<Scalar>::load(from + i).store(out + i);
    }
  }
};

template <class Layer, class Scalar>
concept GivesPanels = requires(const Layer layer, LayerWeights<Scalar> w, Strided<const Scalar> x,
                               StorePanels<1, Scalar> finished) {
  layer.template forward_panels<1>(w, x, finished);
};
template <class Layer, class Scalar>
concept GivesSlopePanels = requires(const Layer layer, LayerWeights<Scalar> w, Strided<const Scalar> dy,
                                    StorePanels<1, Scalar> finished) {
  layer.template backward_panels<1>(w, dy, finished);
};
template <class Layer, class Scalar>
concept TakesPanels = requires(Strided<Scalar> features) {
  Layer::template forward_taker<1>(features, features);
  Layer::template backward_taker<1>(features, features);
};

}  // namespace ebm::detail
