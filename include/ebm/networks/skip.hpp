// Skip<layers...>: what the layers make of the input, beside the input (Huang, Liu, van der Maaten, Weinberger 2017,
// eq. 2).
//
//   y = (x, f(x))         channel by channel of every pixel, where f gives an image of the same height and width
#pragma once

#include <ebm/networks/branch.hpp>

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

template <class Scalar, LayerShape Input, LayerShape Made>
struct SkipJoint {
  using Output = typename Joined<Input, Made>::Output;

  static void join(Strided<const Scalar> x, Strided<const Scalar> made, Strided<Scalar> y, Index tiles) {
    for_pixels(tiles, [&](Index t, Index p) {
      std::copy_n(x.tile(t) + p * kInput, kInput, y.tile(t) + p * kOutput);
      std::copy_n(made.tile(t) + p * kMade, kMade, y.tile(t) + p * kOutput + kInput);
    });
  }
  static void split(Strided<const Scalar> dy, Strided<Scalar> made, Index tiles) {
    for_pixels(tiles, [&](Index t, Index p) {
      std::copy_n(dy.tile(t) + p * kOutput + kInput, kMade, made.tile(t) + p * kMade);
    });
  }
  static void add(Strided<const Scalar> dy, Strided<Scalar> dx, Index tiles) {
    using V = Pack<Scalar>;
    for_pixels(tiles, [&](Index t, Index p) {
      const Scalar* slope = dy.tile(t) + p * kOutput;
      Scalar* sum = dx.tile(t) + p * kInput;
      for (Index i = 0; i < kInput; i += V::size) (V::load(slope + i) + V::load(sum + i)).store(sum + i);
    });
  }

 private:
  // Scalars of a pixel in a tile: of the input, of what the layers make, of both.
  static constexpr Index kPixels = Joined<Input, Made>::pixels, kInput = Input::size / kPixels * kLanes<Scalar>,
                         kMade = Made::size / kPixels * kLanes<Scalar>, kOutput = kInput + kMade;

  template <class F>
  static void for_pixels(Index tiles, F f) {
    for (Index t = 0; t < tiles; ++t) {
      for (Index p = 0; p < kPixels; ++p) f(t, p);
    }
  }
};

template <class... Layers, class Scalar, LayerShape Input>
struct BoundLayer<Skip<Layers...>, Scalar, Input>
    : BranchLayer<SkipJoint<Scalar, Input, typename LayerStack<Scalar, Input, Layers...>::Output>, Scalar, Input,
                  Layers...> {};

}  // namespace detail
}  // namespace ebm
