// Conv<channels, kernel, stride, padding>: a convolution of an image, with zeros around it.
//
//   y[o](c) = b(c) + sum over the kernel's pixels k and input channels i of w[k](i, c) x[stride o - padding + k](i)
//
// Parameters: weights [kernel row][kernel column][input channel][output channel], then biases. No image of patches is
// made: an output pixel sees a few runs of contiguous features, and one pass of the tile kernel takes them all. The way
// back is the same kernel over the output pixels that an input pixel touches; where input channels are few, their
// shares are made for a whole kernel at once and scattered.
#pragma once

#include <ebm/networks/layer.hpp>
#include <ebm/networks/outer_product.hpp>
#include <ebm/networks/tile_runs.hpp>

namespace ebm {

// A padding as wide as the kernel would give pixels that no weight reaches, and is refused.
template <int Channels, int Kernel, int Stride = 1, int Padding = 0>
  requires(Channels > 0 && Kernel > 0 && Stride > 0 && Padding >= 0 && Padding < Kernel)
struct Conv {};

namespace detail {

template <int Channels, int Kernel, int Stride, int Padding, class Scalar, ImageShape Input>
struct BoundLayer<Conv<Channels, Kernel, Stride, Padding>, Scalar, Input> {
  static_assert(Input::height + 2 * Padding >= Kernel && Input::width + 2 * Padding >= Kernel,
                "ebm::Conv: the kernel is larger than the image with its padding");
  using Output = Image<(Input::height + 2 * Padding - Kernel) / Stride + 1,
                       (Input::width + 2 * Padding - Kernel) / Stride + 1, Channels>;
  static constexpr int in_channels = Input::channels, pixels = Kernel * Kernel, fan_in = pixels * in_channels;
  static constexpr Index weights = Index{fan_in} * Channels;
  static constexpr Index parameters = weights + Channels, packed = 2 * weights, kept = 0;
  static constexpr bool in_place = false, affine = true;
  // Few input channels do not fill a panel.
  static constexpr bool kGathers = in_channels >= 4;

  template <class Draw>
  static void initialise(Scalar* theta, double scale, Draw draw) {
    const double sd = scale * std::sqrt(2.0 / fan_in);
    for (Index i = 0; i < weights; ++i) theta[i] = static_cast<Scalar>(sd * draw());
    std::fill_n(theta + weights, Channels, Scalar(0));
  }

  static void pack(const Scalar* theta, Scalar* panels) {
    pack_panels<Channels>(
        fan_in, [&](Index row, Index k) { return theta[k * Channels + row]; }, panels);
    if constexpr (kGathers) {
      pack_panels<in_channels>(
          pixels * Channels,
          [&](Index row, Index k) { return theta[(k / Channels * in_channels + row) * Channels + k % Channels]; },
          panels + weights);
    } else {
      pack_panels<fan_in>(
          Channels, [&](Index row, Index k) { return theta[row * Channels + k]; }, panels + weights);
    }
  }

  template <int Tiles, class Finished>
  static void forward_panels(LayerWeights<Scalar> w, Strided<const Scalar> x, Finished finished) {
    for (int row = 0; row < Output::height; ++row) {
      for (int column = 0; column < Output::width; ++column) {
        RunList<Scalar, Kernel> runs;
        const Span across(column, Input::width);
        for (int k = 0; k < Kernel; ++k) {
          const int from = row * Stride - Padding + k;
          if (from < 0 || from >= Input::height) continue;
          const int first = column * Stride - Padding + across.begin;
          runs.add((k * Kernel + across.begin) * in_channels,
                   x.data + Index{from * Input::width + first} * in_channels * kLanes<Scalar>,
                   Index{across.end - across.begin} * in_channels);
        }
        const Index to = Index{row * Output::width + column} * Channels;
        tile_runs_product<Channels, Tiles>(
            runs, w.packed, fan_in, w.theta ? w.theta + weights : nullptr, x.stride,
            [&](int first, int rows, const Scalar* panel) { finished(to + first, rows, panel); });
      }
    }
  }
  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) {
    forward_panels<Tiles>(w, x, StorePanels<Tiles, Scalar>{y});
  }

  template <int Tiles, class Finished>
  static void backward_panels(LayerWeights<Scalar> w, Strided<const Scalar> dy, Finished finished) requires kGathers {
    gather<Tiles>(w.packed + weights, dy, finished);
  }
  template <int Tiles>
  static void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    if constexpr (kGathers) {
      backward_panels<Tiles>(w, dy, StorePanels<Tiles, Scalar>{dx});
    } else {
      scatter<Tiles>(w.packed + weights, dy, dx);
    }
  }

  static void add_gradient(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<const Scalar>,
                           Strided<const Scalar> dy, Index tiles, Scalar* gradient, Workspace& workspace) {
    Workspace::Scope scope(workspace);
    constexpr Index row_size = Index{padded_outputs<Scalar>(Channels)} * kLanes<Scalar>;
    Scalar* transposed = workspace.take<Scalar>(Output::height * Output::width * row_size);
    for (Index t = 0; t < tiles; ++t) {
      for (Index p = 0; p < Output::height * Output::width; ++p)
        transpose_tile<Channels>(dy.tile(t) + p * Channels * kLanes<Scalar>, transposed + p * row_size);
      for (int k = 0; k < pixels; ++k) {
        const Span down(k / Kernel, Input::height, Output::height), across(k % Kernel, Input::width, Output::width);
        for (int row = down.begin; row < down.end && across.begin < across.end; ++row) {
          const int from =
              (row * Stride - Padding + k / Kernel) * Input::width + across.begin * Stride - Padding + k % Kernel;
          add_tap(x.tile(t) + Index{from} * in_channels * kLanes<Scalar>,
                  transposed + Index{row * Output::width + across.begin} * row_size, across.end - across.begin,
                  gradient + Index{k} * in_channels * Channels);
        }
      }
      add_biases(transposed, gradient + weights);
    }
  }

 private:
  // Of a kernel at an output position: the kernel's positions that fall on the input; of a kernel's position: the
  // output positions for which it does.
  struct Span {
    int begin, end;

    Span(int output, int input) {
      begin = std::max(0, Padding - output * Stride);
      end = std::min(Kernel, input + Padding - output * Stride);
    }
    Span(int kernel, int input, int outputs) {
      begin = 0, end = outputs;
      while (begin < end && begin * Stride - Padding + kernel < 0) ++begin;
      while (end > begin && (end - 1) * Stride - Padding + kernel >= input) --end;
    }
  };

  // Every input pixel from the output pixels that saw it.
  template <int Tiles, class Finished>
  static void gather(const Scalar* panels, Strided<const Scalar> dy, Finished finished) {
    for (int row = 0; row < Input::height; ++row) {
      for (int column = 0; column < Input::width; ++column) {
        RunList<Scalar, pixels> runs;
        for (int k = 0; k < pixels; ++k) {
          const int down = row + Padding - k / Kernel, across = column + Padding - k % Kernel;
          if (down < 0 || down % Stride != 0 || down / Stride >= Output::height) continue;
          if (across < 0 || across % Stride != 0 || across / Stride >= Output::width) continue;
          const Index from = Index{down / Stride * Output::width + across / Stride} * Channels;
          runs.add(Index{k} * Channels, dy.data + from * kLanes<Scalar>, Channels);
        }
        constexpr const Scalar* no_start = nullptr;
        const Index to = Index{row * Input::width + column} * in_channels;
        tile_runs_product<in_channels, Tiles>(
            runs, panels, Index{pixels} * Channels, no_start, dy.stride,
            [&](int first, int rows, const Scalar* panel) { finished(to + first, rows, panel); });
      }
    }
  }

  // The shares of every output pixel to its kernel's input pixels, added one after the other.
  template <int Tiles>
  static void scatter(const Scalar* panels, Strided<const Scalar> dy, Strided<Scalar> dx) {
    using V = Pack<Scalar>;
    for (int t = 0; t < Tiles; ++t) std::fill_n(dx.tile(t), Input::size * kLanes<Scalar>, Scalar(0));
    for (int row = 0; row < Output::height; ++row) {
      for (int column = 0; column < Output::width; ++column) {
        const Scalar* delta = dy.data + Index{row * Output::width + column} * Channels * kLanes<Scalar>;
        constexpr const Scalar* no_start = nullptr;
        tile_product<fan_in, Tiles>(
            panels, no_start, Channels, delta, dy.stride, [&](int first, int rows, const Scalar* panel) {
              for (int r = 0; r < rows; ++r) {
                const int k = (first + r) / in_channels, channel = (first + r) % in_channels;
                const int down = row * Stride - Padding + k / Kernel, across = column * Stride - Padding + k % Kernel;
                if (down < 0 || down >= Input::height || across < 0 || across >= Input::width) continue;
                const Index to = (Index{down * Input::width + across} * in_channels + channel) * kLanes<Scalar>;
                for (int t = 0; t < Tiles; ++t) {
                  for (int p = 0; p < kLanes<Scalar>; p += V::size) {
                    Scalar* sum = dx.tile(t) + to + p;
                    (V::load(sum) + V::load(panel + (t * rows + r) * kLanes<Scalar> + p)).store(sum);
                  }
                }
              }
            });
      }
    }
  }

  // gradient[input channel][output channel] += sum over `count` pixels and their lanes, for one pixel of the kernel.
  static void add_tap(const Scalar* x, const Scalar* transposed, int count, Scalar* gradient) {
    using Split = PanelSplit<in_channels>;
    constexpr Index stride = padded_outputs<Scalar>(Channels);
    for (int column = 0; column < Channels; column += kOuterWidth<Scalar>) {
      const int width = std::min(kOuterWidth<Scalar>, Channels - column);
      int first = 0;
      const auto block = [&]<int Rows>(std::integral_constant<int, Rows>) {
        outer_block<Rows>(x + first * kLanes<Scalar>, Index{Stride} * in_channels * kLanes<Scalar>, transposed + column,
                          stride, count, gradient + Index{first} * Channels + column, Channels, width);
        first += Rows;
      };
      for (int panel = 0; panel < Split::large_count; ++panel) block(std::integral_constant<int, Split::large>{});
      if constexpr (Split::large > 1 && Split::large_count < Split::count) {
        for (int panel = Split::large_count; panel < Split::count; ++panel)
          block(std::integral_constant<int, Split::large - 1>{});
      }
    }
  }

  static void add_biases(const Scalar* transposed, Scalar* gradient) {
    using V = Pack<Scalar>;
    constexpr Index stride = padded_outputs<Scalar>(Channels);
    for (int column = 0; column < Channels; column += V::size) {
      V sum(0);
      for (Index lane = 0; lane < Output::height * Output::width * kLanes<Scalar>; ++lane)
        sum = sum + V::load(transposed + lane * stride + column);
      alignas(kAlignment) Scalar block[V::size];
      sum.store(block);
      for (int i = 0; i < std::min(V::size, Channels - column); ++i) gradient[column + i] += block[i];
    }
  }
};

}  // namespace detail
}  // namespace ebm
