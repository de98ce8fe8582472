// Skip<layers...>: what the layers make of the input, beside the input (Huang, Liu, van der Maaten, Weinberger 2017,
// eq. 2).
//
//   y = (x, f(x))         channel by channel of every pixel, where f gives an image of the same height and width
#pragma once

#include <ebm/networks/layer_stack.hpp>

#include <algorithm>

namespace ebm {

template <class... Layers>
  requires(sizeof...(Layers) > 0)
struct Skip {};

namespace detail {

// Two shapes side by side.
template <LayerShape A, LayerShape B>
struct Joined {
  static_assert(!ImageShape<A> && !ImageShape<B>, "ebm::Skip: the layers must keep the image's height and width");
  using Output = Features<A::size + B::size>;
  static constexpr int pixels = 1;
};
template <ImageShape A, ImageShape B>
struct Joined<A, B> {
  static_assert(A::height == B::height && A::width == B::width,
                "ebm::Skip: the layers must keep the image's height and width");
  using Output = Image<A::height, A::width, A::channels + B::channels>;
  static constexpr int pixels = A::height * A::width;
};

template <class... Layers, class Scalar, LayerShape Input>
struct BoundLayer<Skip<Layers...>, Scalar, Input> {
  using Stack = LayerStack<Scalar, Input, Layers...>;
  using Output = typename Joined<Input, typename Stack::Output>::Output;
  static constexpr Index parameters = Stack::parameters, packed = Stack::packed, kept = Stack::memory;
  static constexpr bool in_place = false;

  template <class Draw>
  static void initialise(Scalar* theta, double scale, Draw draw) {
    Stack::initialise(theta, scale, draw);
  }
  static void pack(const Scalar* theta, Scalar* packed_weights) { Stack::pack(theta, packed_weights); }

  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> pass,
                      Workspace& workspace) {
    Stack::template forward<Tiles>(w, x, pass, workspace);
    const Strided<const Scalar> made = Stack::output(pass);
    for (Index t = 0; t < Tiles; ++t) {
      for (Index p = 0; p < kPixels; ++p) {
        std::copy_n(x.tile(t) + p * kInput, kInput, y.tile(t) + p * kOutput);
        std::copy_n(made.tile(t) + p * kMade, kMade, y.tile(t) + p * kOutput + kInput);
      }
    }
  }

  // dx and the gradient may be null.
  template <class ForGroups>
  static void backward_tiles(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass,
                             Strided<const Scalar> dy, Strided<Scalar> dx, Scalar* gradient, Index tiles,
                             Workspace& workspace, ForGroups for_groups) {
    using V = Pack<Scalar>;
    Workspace::Scope scope(workspace);
    constexpr Index stride = Stack::widest * kLanes<Scalar>;
    const Strided<Scalar> delta{workspace.take<Scalar>(tiles * stride), stride},
        other{workspace.take<Scalar>(tiles * stride), stride};
    for (Index t = 0; t < tiles; ++t) {
      for (Index p = 0; p < kPixels; ++p)
        std::copy_n(dy.tile(t) + p * kOutput + kInput, kMade, delta.tile(t) + p * kMade);
    }
    Stack::backward(w, x, pass, delta, other, dx, gradient, tiles, workspace, for_groups);
    if (!dx.data) return;
    for (Index t = 0; t < tiles; ++t) {
      for (Index p = 0; p < kPixels; ++p) {
        const Scalar* slope = dy.tile(t) + p * kOutput;
        Scalar* sum = dx.tile(t) + p * kInput;
        for (Index i = 0; i < kInput; i += V::size) (V::load(slope + i) + V::load(sum + i)).store(sum + i);
      }
    }
  }

 private:
  // Scalars of a pixel in a tile: of the input, of what the layers make, of both.
  static constexpr Index kPixels = Joined<Input, typename Stack::Output>::pixels,
                         kInput = Input::size / kPixels * kLanes<Scalar>,
                         kMade = Stack::Output::size / kPixels * kLanes<Scalar>, kOutput = kInput + kMade;
};

}  // namespace detail
}  // namespace ebm
