// AveragePool<window, stride>: the mean of every window of pixels, channel by channel; windows side by side if no
// stride is given.
//
//   y[o](c) = sum over the window's pixels k of x[stride o + k](c) / window^2
#pragma once

#include <ebm/networks/pooling.hpp>

namespace ebm {

template <int Window, int Stride = Window>
  requires(Window > 0 && Stride > 0)
struct AveragePool {};

namespace detail {

template <int Window, int Stride, class Scalar, ImageShape Input>
struct BoundLayer<AveragePool<Window, Stride>, Scalar, Input> : PoolingShape<Window, Stride, Scalar, Input> {
  using Shape = PoolingShape<Window, Stride, Scalar, Input>;
  using V = Pack<Scalar>;
  static constexpr Index kept = 0;
  static constexpr bool affine = true;

  template <int Tiles>
  static void forward(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) {
    for (int t = 0; t < Tiles; ++t) {
      Shape::for_windows([&](Index to, Index from) {
        V sum = V::load(x.tile(t) + from);
        for (int k = 1; k < Shape::pixels; ++k) sum = sum + V::load(x.tile(t) + from + Shape::offset(k));
        (sum * V(kShare)).store(y.tile(t) + to);
      });
    }
  }

  template <int Tiles>
  static void backward(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    Shape::template clear<Tiles>(dx);
    for (int t = 0; t < Tiles; ++t) {
      Shape::for_windows([&](Index to, Index from) {
        const V slope = V::load(dy.tile(t) + to);
        for (int k = 0; k < Shape::pixels; ++k) {
          Scalar* sum = dx.tile(t) + from + Shape::offset(k);
          fma(slope, V(kShare), V::load(sum)).store(sum);
        }
      });
    }
  }

 private:
  static constexpr Scalar kShare = Scalar(1) / Scalar(Shape::pixels);
};

}  // namespace detail
}  // namespace ebm
