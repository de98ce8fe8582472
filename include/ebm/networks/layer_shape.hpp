// Shapes between the layers of a network.
//
//   Features<n>                       n numbers
//   Features{n}                       as many as are known at run time
//   Image<height, width, channels>    pixels row by row, the channels of a pixel side by side
#pragma once

#include <ebm/core/shapes.hpp>

#include <concepts>

namespace ebm {

template <int Count>
  requires(Count > 0 || Count == Dynamic)
struct Features {
  static constexpr int size = Count;
};
template <>
struct Features<Dynamic> {
  static constexpr int size = Dynamic;
  Index count;
};
Features(Index)->Features<Dynamic>;

template <int Height, int Width, int Channels = 1>
  requires(Height > 0 && Width > 0 && Channels > 0)
struct Image {
  static constexpr int height = Height, width = Width, channels = Channels;
  static constexpr int size = Height * Width * Channels;
};

// A shape known at compile time, at run time, at either.
template <class S>
concept LayerShape = std::same_as<decltype(S::size), const int> &&(S::size > 0);

template <class S>
concept RunTimeShape = std::same_as<S, Features<Dynamic>>;
template <class S>
concept AnyShape = LayerShape<S> || RunTimeShape<S>;

template <class S>
concept ImageShape = LayerShape<S> && requires {
  S::height;
  S::width;
  S::channels;
};

namespace detail {
template <AnyShape S>
constexpr Index size_of(const S& shape) {
  if constexpr (LayerShape<S>) {
    return S::size;
  } else {
    return shape.count;
  }
}
}  // namespace detail

}  // namespace ebm
