// The tile kernel over several runs of inputs that lie apart: the work of a convolution.
//
//   out[r][lane] = start[r] + sum over runs, sum_k weights[run][k][r] x[run][k][lane]      runs and k ascending
//
// One output pixel of a convolution sees a few rows of its input; each is one run of contiguous features. Sums stay in
// registers across runs, and their order does not depend on registers or tiles.
#pragma once

#include <ebm/networks/tile_kernel.hpp>

namespace ebm::detail {

// `inputs` features from x on, times as many rows of a panel.
template <class Scalar>
struct FeatureRun {
  const Scalar* panel;
  const Scalar* x;
  Index inputs;
};

// One panel of Rows rows on Tiles tiles: out[tile][row][lane]; x advances by its stride from tile to tile.
template <int Rows, int Tiles, class Scalar>
[[gnu::noinline]] void panel_runs_product(const FeatureRun<Scalar>* runs, int count, const Scalar* start,
                                          Index x_stride, Scalar* out) {
  using V = Pack<Scalar>;
  constexpr int columns = Tiles * kPacks<Scalar>;
  V sum[Rows][columns];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < columns; ++c) sum[r][c] = V(start ? start[r] : Scalar(0));
  }
  for (int run = 0; run < count; ++run) {
    const Scalar *panel = runs[run].panel, *x = runs[run].x;
    const Index inputs = runs[run].inputs;
#pragma GCC unroll 2
    for (Index k = 0; k < inputs; ++k) {
      V lanes[columns];
#pragma GCC unroll 8
      for (int c = 0; c < columns; ++c)
        lanes[c] = V::load(x + (c / kPacks<Scalar>)*x_stride + k * kLanes<Scalar> + (c % kPacks<Scalar>)*V::size);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r) {
        const V weight(panel[k * Rows + r]);
#pragma GCC unroll 8
        for (int c = 0; c < columns; ++c) sum[r][c] = fma(weight, lanes[c], sum[r][c]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < columns; ++c)
      sum[r][c].store(out + ((c / kPacks<Scalar>)*Rows + r) * kLanes<Scalar> + (c % kPacks<Scalar>)*V::size);
  }
}

// Runs whose weights start at some input of a panel.
template <class Scalar, int Most>
struct RunList {
  FeatureRun<Scalar> runs[Most];
  Index offsets[Most];
  int count = 0;

  void add(Index offset, const Scalar* x, Index inputs) {
    runs[count] = {nullptr, x, inputs};
    offsets[count++] = offset;
  }
};

// All panels of `Outputs` rows over the same runs: finished(first row, rows, panel's out[tile][row][lane]). `inputs` is
// the length of a whole panel, of which the runs may be a part.
template <int Outputs, int Tiles, class Scalar, int Most, class Finished>
void tile_runs_product(RunList<Scalar, Most>& list, const Scalar* packed, Index inputs, const Scalar* start,
                       Index x_stride, Finished finished) {
  using Split = PanelSplit<Outputs>;
  alignas(kAlignment) Scalar out[2 * kPanelRows * kLanes<Scalar>];
  int first = 0;
  const auto panels = [&]<int Rows>(std::integral_constant<int, Rows>, int panel_count) {
    for (int panel = 0; panel < panel_count; ++panel) {
      for (int run = 0; run < list.count; ++run) list.runs[run].panel = packed + list.offsets[run] * Rows;
      panel_runs_product<Rows, Tiles>(list.runs, list.count, start ? start + first : nullptr, x_stride, out);
      finished(first, Rows, static_cast<const Scalar*>(out));
      first += Rows;
      packed += inputs * Rows;
    }
  };
  panels(std::integral_constant<int, Split::large>{}, Split::large_count);
  if constexpr (Split::large > 1 && Split::large_count < Split::count)
    panels(std::integral_constant<int, Split::large - 1>{}, Split::count - Split::large_count);
}

}  // namespace ebm::detail
