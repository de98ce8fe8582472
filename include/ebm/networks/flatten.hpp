// Flatten: an image as numbers without an order in space, in the memory that it lies in.
#pragma once

#include <ebm/networks/layer.hpp>

#include <algorithm>

namespace ebm {

struct Flatten {};

namespace detail {

template <class Scalar, LayerShape Input>
struct BoundLayer<Flatten, Scalar, Input> : NoParameters<Scalar> {
  using Output = Features<Input::size>;
  static constexpr Index kept = 0;
  static constexpr bool in_place = true, affine = true;

  template <int Tiles>
  static void forward(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) {
    copy<Tiles>(x, y);
  }
  template <int Tiles>
  static void backward(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    copy<Tiles>(dy, dx);
  }

 private:
  template <int Tiles>
  static void copy(Strided<const Scalar> from, Strided<Scalar> to) {
    if (from.data == to.data) return;
    for (int t = 0; t < Tiles; ++t) std::copy_n(from.tile(t), Input::size * kLanes<Scalar>, to.tile(t));
  }
};

}  // namespace detail
}  // namespace ebm
