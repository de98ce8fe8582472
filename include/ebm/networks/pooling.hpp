// Windows of an image, the work of pooling: K x K pixels every Stride pixels, without padding.
#pragma once

#include <ebm/networks/layer.hpp>

#include <algorithm>

namespace ebm::detail {

template <int Window, int Stride, class Scalar, ImageShape Input>
struct PoolingShape : NoParameters<Scalar> {
  static_assert(Input::height >= Window && Input::width >= Window, "ebm pooling: the window is larger than the image");
  using Output = Image<(Input::height - Window) / Stride + 1, (Input::width - Window) / Stride + 1, Input::channels>;
  static constexpr int pixels = Window * Window;
  static constexpr bool in_place = false;

  // f(output scalar, input scalar of the window's first pixel): where the lanes of a feature start in their tiles.
  template <class F>
  static void for_windows(F f) {
    for (int row = 0; row < Output::height; ++row) {
      for (int column = 0; column < Output::width; ++column) {
        const Index from = Index{row * Stride * Input::width + column * Stride} * Input::channels,
                    to = Index{row * Output::width + column} * Input::channels;
        for (int c = 0; c < Input::channels; ++c) {
          for (int p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size)
            f((to + c) * kLanes<Scalar> + p, (from + c) * kLanes<Scalar> + p);
        }
      }
    }
  }

  // From the window's first pixel to pixel k.
  static constexpr Index offset(int k) {
    return Index{k / Window * Input::width + k % Window} * Input::channels * kLanes<Scalar>;
  }

  template <int Tiles>
  static void clear(Strided<Scalar> dx) {
    for (int t = 0; t < Tiles; ++t) std::fill_n(dx.tile(t), Input::size * kLanes<Scalar>, Scalar(0));
  }
};

}  // namespace ebm::detail
