// The tile kernel: the product of a weight matrix with the features of one or two tiles, the work of networks.
//
//   out[r][lane] = start[r] + sum_k weights[r][k] x[k][lane]          k ascending, one fused operation each
//
// Weights are packed in panels of rows, [panel][k][row]. The inner loop keeps (rows of a panel) x (registers of lanes)
// sums in registers; rows are split evenly over panels, so nothing is padded. A pair of tiles shares each broadcast
// weight. The order of the sum does not depend on registers, rows or tiles: the same bits on AVX2 and AVX-512.
#pragma once

#include <ebm/core/pack.hpp>

namespace ebm::detail {

// Most rows of a panel: sums for two registers of lanes a row (four on 16-byte registers), and room for the operands.
inline constexpr int kPanelRows = kPackBytes == 64 ? 13 : kPackBytes == 32 ? 6 : 3;

// Tiles that the kernel takes at once: two where a tile's lanes fill one register only.
inline constexpr int kKernelTiles = kPackBytes == 64 ? 2 : 1;

// How `Outputs` rows are split: the first `large_count` panels have `large` rows, the others one less.
template <int Outputs>
struct PanelSplit {
  static constexpr int count = (Outputs + kPanelRows - 1) / kPanelRows;
  static constexpr int large = (Outputs + count - 1) / count;
  static constexpr int large_count = Outputs - count * (large - 1);
};

// packed[panel][k][row] = weight(row, k).
template <int Outputs, class Scalar, class Weight>
void pack_panels(Index inputs, Weight weight, Scalar* packed) {
  using Split = PanelSplit<Outputs>;
  int first = 0;
  for (int panel = 0; panel < Split::count; ++panel) {
    const int rows = panel < Split::large_count ? Split::large : Split::large - 1;
    for (Index k = 0; k < inputs; ++k) {
      for (int r = 0; r < rows; ++r) *packed++ = weight(first + r, k);
    }
    first += rows;
  }
}

// One panel of Rows rows on Tiles tiles: out[tile][row][lane]; x advances by its stride from tile to tile.
template <int Rows, int Tiles, class Scalar>
[[gnu::noinline]] void panel_product(const Scalar* panel, const Scalar* start, Index inputs, const Scalar* x,
                                     Index x_stride, Scalar* out) {
  using V = Pack<Scalar>;
  constexpr int columns = Tiles * kPacks<Scalar>;
  V sum[Rows][columns];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < columns; ++c) sum[r][c] = V(start ? start[r] : Scalar(0));
  }
#pragma GCC unroll 2
  for (Index k = 0; k < inputs; ++k) {
    V lanes[columns];
#pragma GCC unroll 8
    for (int c = 0; c < columns; ++c) {
      lanes[c] = V::load(x + (c / kPacks<Scalar>)*x_stride + k * kLanes<Scalar> + (c % kPacks<Scalar>)*V::size);
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const V weight(panel[k * Rows + r]);
#pragma GCC unroll 8
      for (int c = 0; c < columns; ++c) sum[r][c] = fma(weight, lanes[c], sum[r][c]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < columns; ++c) {
      sum[r][c].store(out + ((c / kPacks<Scalar>)*Rows + r) * kLanes<Scalar> + (c % kPacks<Scalar>)*V::size);
    }
  }
}

// Two panels of a lone tile at once, so that one register of lanes feeds twice the sums.
template <int Rows, class Scalar>
[[gnu::noinline]] void panel_pair_product(const Scalar* panel, const Scalar* start, Index inputs, const Scalar* x,
                                          Scalar* out) {
  using V = Pack<Scalar>;
  const Scalar* second = panel + inputs * Rows;
  V sum[2 * Rows];
#pragma GCC unroll 32
  for (int r = 0; r < 2 * Rows; ++r) sum[r] = V(start ? start[r] : Scalar(0));
#pragma GCC unroll 2
  for (Index k = 0; k < inputs; ++k) {
    const V lanes = V::load(x + k * kLanes<Scalar>);
#pragma GCC unroll 32
    for (int r = 0; r < 2 * Rows; ++r) {
      const V weight(r < Rows ? panel[k * Rows + r] : second[k * Rows + r - Rows]);
      sum[r] = fma(weight, lanes, sum[r]);
    }
  }
#pragma GCC unroll 32
  for (int r = 0; r < 2 * Rows; ++r) sum[r].store(out + r * kLanes<Scalar>);
}

// The whole product, panel by panel: finished(first row, rows, panel's out[tile][row][lane]) takes each while it is in
// the first-level cache. `start` may be null.
template <int Outputs, int Tiles, class Scalar, class Finished>
void tile_product(const Scalar* packed, const Scalar* start, Index inputs, const Scalar* x, Index x_stride,
                  Finished finished) {
  using Split = PanelSplit<Outputs>;
  alignas(kAlignment) Scalar out[2 * kPanelRows * kLanes<Scalar>];
  int first = 0;
  const auto panels = [&]<int Rows, int Count>(std::integral_constant<int, Rows>, std::integral_constant<int, Count>) {
    if constexpr (Count > 0) {
      const auto advance = [&](int rows) {
        finished(first, rows, static_cast<const Scalar*>(out));
        first += rows;
        packed += inputs * rows;
      };
      int panel = 0;
      constexpr bool paired = Tiles == 1 && kPacks<Scalar> == 1;
      if constexpr (paired && Count > 1) {
        for (; panel + 1 < Count; panel += 2) {
          panel_pair_product<Rows>(packed, start ? start + first : nullptr, inputs, x, out);
          advance(2 * Rows);
        }
      }
      if constexpr (!paired || Count % 2 == 1) {
        for (; panel < Count; ++panel) {
          panel_product<Rows, Tiles>(packed, start ? start + first : nullptr, inputs, x, x_stride, out);
          advance(Rows);
        }
      }
    }
  };
  panels(std::integral_constant<int, Split::large>{}, std::integral_constant<int, Split::large_count>{});
  panels(std::integral_constant<int, Split::large - 1>{},
         std::integral_constant<int, Split::count - Split::large_count>{});
}

}  // namespace ebm::detail
