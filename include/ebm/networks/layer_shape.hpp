// Shapes between the layers of a network, known at compile time.
//
//   Features<n>                       n numbers
//   Image<height, width, channels>    pixels row by row, the channels of a pixel side by side
#pragma once

#include <ebm/core/shapes.hpp>

#include <concepts>

namespace ebm {

template <int Count>
  requires(Count > 0)
struct Features {
  static constexpr int size = Count;
};

template <int Height, int Width, int Channels = 1>
  requires(Height > 0 && Width > 0 && Channels > 0)
struct Image {
  static constexpr int height = Height, width = Width, channels = Channels;
  static constexpr int size = Height * Width * Channels;
};

template <class S>
concept LayerShape = std::same_as<decltype(S::size), const int> &&(S::size > 0);

template <class S>
concept ImageShape = LayerShape<S> && requires {
  S::height;
  S::width;
  S::channels;
};

}  // namespace ebm
