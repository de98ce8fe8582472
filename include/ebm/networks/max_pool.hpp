// MaxPool<window, stride>: the largest value of every window of pixels, channel by channel; windows side by side if no
// stride is given.
//
//   y[o](c) = max over the window's pixels k of x[stride o + k](c)
//
// Slopes go to the pixel that won, and tangents come from it: of equal ones the first, row by row. What is no number
// wins.
#pragma once

#include <ebm/networks/pooling.hpp>

namespace ebm {

template <int Window, int Stride = Window>
  requires(Window > 0 && Stride > 0)
struct MaxPool {};

namespace detail {

template <int Window, int Stride, class Scalar, ImageShape Input>
struct BoundLayer<MaxPool<Window, Stride>, Scalar, Input> : PoolingShape<Window, Stride, Scalar, Input> {
  using Shape = PoolingShape<Window, Stride, Scalar, Input>;
  using V = Pack<Scalar>;
  // Which pixel of its window each output came from.
  static constexpr Index kept = Shape::Output::size;

  template <int Tiles>
  static void forward(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> winner,
                      Workspace&) {
    for (int t = 0; t < Tiles; ++t) {
      Shape::for_windows([&](Index to, Index from) {
        V best = V::load(x.tile(t) + from), pixel(0);
        for (int k = 1; k < Shape::pixels; ++k) {
          const V value = V::load(x.tile(t) + from + Shape::offset(k));
          const auto number = value == value, larger = best < value;
          pixel = select(number, select(larger, V(k), pixel), V(k));
          best = select(number, select(larger, value, best), value);
        }
        best.store(y.tile(t) + to);
        pixel.store(winner.tile(t) + to);
      });
    }
  }

  template <int Tiles>
  static void backward(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar> winner,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    Shape::template clear<Tiles>(dx);
    for (int t = 0; t < Tiles; ++t) {
      Shape::for_windows([&](Index to, Index from) {
        const V slope = V::load(dy.tile(t) + to), pixel = V::load(winner.tile(t) + to);
        for (int k = 0; k < Shape::pixels; ++k) {
          Scalar* sum = dx.tile(t) + from + Shape::offset(k);
          (V::load(sum) + select(pixel == V(k), slope, V(0))).store(sum);
        }
      });
    }
  }

  template <int Tiles>
  static void forward_tangents(LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> y,
                               Tangents<Scalar> winner, Workspace& workspace) {
    forward<Tiles>(w, x.value, y.value, winner.value, workspace);
    for (int t = 0; t < Tiles; ++t) {
      Shape::for_windows([&](Index to, Index from) {
        const V pixel = V::load(winner.value.tile(t) + to);
        V tangent = V::load(x.tangent.tile(t) + from);
        for (int k = 1; k < Shape::pixels; ++k)
          tangent = select(pixel == V(k), V::load(x.tangent.tile(t) + from + Shape::offset(k)), tangent);
        tangent.store(y.tangent.tile(t) + to);
      });
    }
  }
  template <int Tiles>
  static void backward_tangents(LayerWeights<Scalar> w, Tangents<const Scalar> winner, Tangents<const Scalar> dy,
                                Tangents<Scalar> dx, Workspace& workspace) {
    const Strided<const Scalar> unread{nullptr, 0};
    backward<Tiles>(w, unread, unread, winner.value, dy.value, dx.value, workspace);
    backward<Tiles>(w, unread, unread, winner.value, dy.tangent, dx.tangent, workspace);
  }
};

}  // namespace detail
}  // namespace ebm
