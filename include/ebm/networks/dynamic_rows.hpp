// The kernels of tile_kernel.hpp and outer_product.hpp for numbers of rows that are known at run time.
//
// Rows are split over panels as constants are, and the same panels do the work, chosen from tables: sums have the same
// order, results the same bits.
#pragma once

#include <ebm/networks/outer_product.hpp>
#include <ebm/networks/tile_kernel.hpp>

#include <array>

namespace ebm::detail {

template <>
struct PanelSplit<Dynamic> {
  Index count, large, large_count;

  explicit PanelSplit(Index rows)
      : count((rows + kPanelRows - 1) / kPanelRows),
        large((rows + count - 1) / count),
        large_count(rows - count * (large - 1)) {}

  int rows(Index panel) const { return static_cast<int>(panel < large_count ? large : large - 1); }
  // Whether the next panel has as many rows.
  bool pairs(Index panel) const { return panel + 1 < (panel < large_count ? large_count : count); }
};

// f(std::integral_constant<int, rows>) for every number of rows that a panel may have, in a table by rows - 1.
template <class F>
constexpr auto table_by_rows(F f) {
  return [&]<std::size_t... R>(std::index_sequence<R...>) {
    return std::array{f(std::integral_constant<int, static_cast<int>(R) + 1>{})...};
  }
  (std::make_index_sequence<static_cast<std::size_t>(kPanelRows)>{});
}
template <int Tiles, class Scalar>
inline constexpr auto kPanelProducts = table_by_rows([](auto rows) { return &panel_product<rows, Tiles, Scalar>; });
template <class Scalar>
inline constexpr auto kPanelPairProducts = table_by_rows([](auto rows) { return &panel_pair_product<rows, Scalar>; });
template <class Scalar>
inline constexpr auto kOuterBlocks = table_by_rows([](auto rows) { return &outer_block<rows, Scalar>; });

// packed[panel][k][row] = weight(row, k).
template <class Scalar, class Weight>
void pack_panels(PanelSplit<Dynamic> split, Index inputs, Weight weight, Scalar* packed) {
  Index first = 0;
  for (Index panel = 0; panel < split.count; first += split.rows(panel++)) {
    for (Index k = 0; k < inputs; ++k) {
      for (Index r = 0; r < split.rows(panel); ++r) *packed++ = weight(first + r, k);
    }
  }
}

// finished(first row, rows, panel's out[tile][row][lane]); `start` may be null.
template <int Tiles, class Scalar, class Finished>
void tile_product(PanelSplit<Dynamic> split, const Scalar* packed, const Scalar* start, Index inputs, const Scalar* x,
                  Index x_stride, Finished finished) {
  constexpr bool paired = Tiles == 1 && kPacks<Scalar> == 1;
  alignas(kAlignment) Scalar out[2 * kPanelRows * kLanes<Scalar>];
  Index first = 0;
  for (Index panel = 0; panel < split.count;) {
    int rows = split.rows(panel);
    const auto kernel = static_cast<std::size_t>(rows - 1);
    const Scalar* biases = start ? start + first : nullptr;
    if (paired && split.pairs(panel)) {
      kPanelPairProducts<Scalar>[kernel](packed, biases, inputs, x, out);
      rows *= 2, panel += 2;
    } else {
      kPanelProducts<Tiles, Scalar>[kernel](packed, biases, inputs, x, x_stride, out);
      ++panel;
    }
    finished(first, rows, static_cast<const Scalar*>(out));
    first += rows;
    packed += inputs * rows;
  }
}

// gradient = [inputs][outputs] weights followed by [outputs] biases. delta is transposed, [tile][lane][padded outputs].
template <class Scalar>
void add_outer_product(Index inputs, int outputs, const Scalar* x, Index x_stride, const Scalar* delta, Index tiles,
                       Scalar* gradient) {
  const PanelSplit<Dynamic> split(inputs);
  add_blocks(inputs, outputs, delta, tiles, gradient, [&](const Scalar* columns, Scalar* to, int width) {
    Index first = 0;
    for (Index panel = 0; panel < split.count; first += split.rows(panel++))
      kOuterBlocks<Scalar>[static_cast<std::size_t>(split.rows(panel) - 1)](
          x + first * kLanes<Scalar>, x_stride, columns, padded_outputs<Scalar>(outputs), tiles, to + first * outputs,
          outputs, width);
  });
}

}  // namespace ebm::detail
