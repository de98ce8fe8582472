// Parameter gradient of a dense layer: the sum over the lanes of several tiles of (activation times delta).
//
//   gradient[k][r] += sum_lanes x[k][lane] delta[r][lane]
//
// The deltas are transposed to [lane][r], then the lanes are the inner dimension of the same register blocking as in
// tile_kernel.hpp. The order of the sum is that of the lanes, whatever the register width.
#pragma once

#include <ebm/networks/tile_kernel.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace ebm::detail {

// Outputs side by side in the registers of one block.
template <class Scalar>
inline constexpr int kOuterWidth = 2 * Pack<Scalar>::size;

// Rows rounded up to whole blocks.
template <class Scalar>
constexpr int padded_outputs(int outputs) {
  return (outputs + kOuterWidth<Scalar> - 1) / kOuterWidth<Scalar> * kOuterWidth<Scalar>;
}

// a0 b0 a1 b1 ... of the lower (Half = 0) or upper (Half = 1) halves.
template <int Half, class Scalar>
EBM_INLINE Pack<Scalar> zip(Pack<Scalar> a, Pack<Scalar> b) {
  constexpr int size = Pack<Scalar>::size;
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return Pack<Scalar>(__builtin_shufflevector(
        a.native, b.native, (static_cast<int>(I % 2) * size + Half * size / 2 + static_cast<int>(I / 2))...));
  }
  (std::make_index_sequence<static_cast<std::size_t>(size)>{});
}

// rows[i] lane j <-> rows[j] lane i, by log2(size) perfect shuffles.
template <class Scalar>
EBM_INLINE void transpose(Pack<Scalar> (&rows)[Pack<Scalar>::size]) {
  constexpr int size = Pack<Scalar>::size;
#pragma GCC unroll 4
  for (int stage = 1; stage < size; stage *= 2) {
    Pack<Scalar> next[size];
#pragma GCC unroll 8
    for (int i = 0; i < size / 2; ++i) {
      next[2 * i] = zip<0>(rows[i], rows[i + size / 2]);
      next[2 * i + 1] = zip<1>(rows[i], rows[i + size / 2]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < size; ++i) rows[i] = next[i];
  }
}

// transposed[lane][padded outputs] from delta[output][lane] of one tile; rows beyond the outputs become zero.
template <class Scalar>
EBM_INLINE void transpose_rows(int outputs, const Scalar* delta, Scalar* transposed) {
  constexpr int size = Pack<Scalar>::size;
  const int stride = padded_outputs<Scalar>(outputs);
  for (int first = 0; first < stride; first += size) {
    for (int p = 0; p < kPacks<Scalar>; ++p) {
      Pack<Scalar> rows[size];
#pragma GCC unroll 16
      for (int i = 0; i < size; ++i) {
        rows[i] =
            first + i < outputs ? Pack<Scalar>::load(delta + (first + i) * kLanes<Scalar> + p * size) : Pack<Scalar>(0);
      }
      transpose(rows);
#pragma GCC unroll 16
      for (int i = 0; i < size; ++i) rows[i].store(transposed + (p * size + i) * stride + first);
    }
  }
}
template <int Outputs, class Scalar>
void transpose_tile(const Scalar* delta, Scalar* transposed) {
  transpose_rows(Outputs, delta, transposed);
}

// to += block, where `to` has no alignment and a whole block is the common case.
template <class Scalar>
EBM_INLINE void add_to(Scalar* to, const Scalar* block, int width) {
  using Native = typename Pack<Scalar>::Native;
  int i = 0;
  for (; i + Pack<Scalar>::size <= width; i += Pack<Scalar>::size) {
    Native sum;
    std::memcpy(&sum, to + i, sizeof sum);
    sum += Pack<Scalar>::load(block + i).native;
    std::memcpy(to + i, &sum, sizeof sum);
  }
  for (; i < width; ++i) to[i] += block[i];
}

// Rows inputs times one block of outputs, over all lanes of some tiles, added to the block's columns of the gradient.
template <int Rows, class Scalar>
[[gnu::noinline]] void outer_block(const Scalar* x, Index x_stride, const Scalar* delta, Index delta_stride,
                                   Index tiles, Scalar* gradient, Index outputs, int width) {
  using V = Pack<Scalar>;
  V sum[Rows][2];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) sum[r][0] = V(0), sum[r][1] = V(0);
  for (Index t = 0; t < tiles; ++t, x += x_stride) {
#pragma GCC unroll 2
    for (int lane = 0; lane < kLanes<Scalar>; ++lane, delta += delta_stride) {
      const V low = V::load(delta), high = V::load(delta + V::size);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r) {
        const V activation(x[r * kLanes<Scalar> + lane]);
        sum[r][0] = fma(activation, low, sum[r][0]);
        sum[r][1] = fma(activation, high, sum[r][1]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
    alignas(kAlignment) Scalar block[kOuterWidth<Scalar>];
    sum[r][0].store(block), sum[r][1].store(block + V::size);
    add_to(gradient + r * outputs, block, width);
  }
}

// gradient = [inputs][outputs] weights followed by [outputs] biases. delta is transposed, [tile][lane][padded outputs].
// blocks(delta, gradient, width) adds all rows of one block of columns.
template <class Scalar, class Blocks>
EBM_INLINE void add_blocks(Index inputs, int outputs, const Scalar* delta, Index tiles, Scalar* gradient,
                           Blocks blocks) {
  const Index stride = padded_outputs<Scalar>(outputs);
  for (int column = 0; column < outputs; column += kOuterWidth<Scalar>)
    blocks(delta + column, gradient + column, std::min(kOuterWidth<Scalar>, outputs - column));
  for (int column = 0; column < outputs; column += kOuterWidth<Scalar>) {
    using V = Pack<Scalar>;
    V low(0), high(0);
    for (Index lane = 0; lane < tiles * kLanes<Scalar>; ++lane) {
      low = low + V::load(delta + lane * stride + column);
      high = high + V::load(delta + lane * stride + column + V::size);
    }
    alignas(kAlignment) Scalar block[kOuterWidth<Scalar>];
    low.store(block), high.store(block + V::size);
    add_to(gradient + inputs * outputs + column, block, std::min(kOuterWidth<Scalar>, outputs - column));
  }
}

template <int Inputs, int Outputs, class Scalar>
void add_outer_product(const Scalar* x, Index x_stride, const Scalar* delta, Index tiles, Scalar* gradient) {
  using Split = PanelSplit<Inputs>;
  constexpr Index stride = padded_outputs<Scalar>(Outputs);
  add_blocks(Inputs, Outputs, delta, tiles, gradient, [&](const Scalar* columns, Scalar* to, int width) {
    for (int panel = 0, first = 0; panel < Split::count; ++panel) {
      const auto block = [&]<int Rows>(std::integral_constant<int, Rows>) {
        outer_block<Rows>(x + first * kLanes<Scalar>, x_stride, columns, stride, tiles, to + first * Outputs, Outputs,
                          width);
        first += Rows;
      };
      if (panel < Split::large_count) {
        block(std::integral_constant<int, Split::large>{});
      } else if constexpr (Split::large_count < Split::count) {
        block(std::integral_constant<int, Split::large - 1>{});
      }
    }
  });
}

}  // namespace ebm::detail
