#include <ebm/core/workspace.hpp>
#include <ebm/networks/dynamic_rows.hpp>

#include <cstring>

#include "networks/network_data.hpp"
#include "support/catch.hpp"

using namespace ebm;
using network_data::take_random;

namespace {

template <class Scalar>
bool same(const Scalar* a, const Scalar* b, Index count) {
  return std::memcmp(a, b, sizeof(Scalar) * static_cast<std::size_t>(count)) == 0;
}

// Everything that is made of so many rows: with the number as a constant and at run time, the same bits.
template <class Scalar, int Rows, int Tiles>
void check_product() {
  constexpr Index inputs = 37, lanes = kLanes<Scalar>, stride = (inputs + 3) * lanes;  // a gap between the tiles
  Workspace workspace;
  const Scalar *weights = take_random<Scalar>(workspace, Rows * inputs, 1),
               *biases = take_random<Scalar>(workspace, Rows, 2),
               *x = take_random<Scalar>(workspace, Tiles * stride, 3);
  Scalar *packed = workspace.take<Scalar>(Rows * inputs), *packed_at_run_time = workspace.take<Scalar>(Rows * inputs);
  const auto weight = [&](Index row, Index k) { return weights[k * Rows + row]; };
  detail::pack_panels<Rows>(inputs, weight, packed);
  detail::pack_panels(detail::PanelSplit<Dynamic>(Rows), inputs, weight, packed_at_run_time);
  CHECK(same(packed, packed_at_run_time, Rows * inputs));

  for (const Scalar* start : {biases, static_cast<const Scalar*>(nullptr)}) {
    std::vector<Scalar> results[2];
    std::vector<Index> firsts[2];
    const auto to = [&](int which) {
      return [&result = results[which], &first = firsts[which]](Index row, int rows, const Scalar* panel) {
        first.push_back(row);
        result.insert(result.end(), panel, panel + Tiles * rows * lanes);
      };
    };
    detail::tile_product<Rows, Tiles>(packed, start, inputs, x, stride, to(0));
    detail::tile_product<Tiles>(detail::PanelSplit<Dynamic>(Rows), packed, start, inputs, x, stride, to(1));
    CHECK(results[0].size() == static_cast<std::size_t>(Rows * Tiles * lanes));
    CHECK(results[0] == results[1]);
    CHECK(firsts[0] == firsts[1]);
  }
}

template <class Scalar, int Inputs, int Outputs>
void check_outer_product() {
  constexpr Index tiles = 3, lanes = kLanes<Scalar>, size = Inputs * Outputs + Outputs;
  constexpr Index turned_tile = detail::padded_outputs<Scalar>(Outputs) * lanes;
  Workspace workspace;
  const Scalar *x = take_random<Scalar>(workspace, tiles * Inputs * lanes, 1),
               *delta = take_random<Scalar>(workspace, tiles * Outputs * lanes, 2),
               *before = take_random<Scalar>(workspace, size, 3);
  Scalar *turned = workspace.take<Scalar>(tiles * turned_tile), *turned_rows = workspace.take<Scalar>(turned_tile);
  for (Index t = 0; t < tiles; ++t) {
    const Scalar* tile = delta + t * Outputs * lanes;
    detail::transpose_tile<Outputs>(tile, turned + t * turned_tile);
    detail::transpose_rows(Outputs, tile, turned_rows);
    CHECK(same(turned + t * turned_tile, turned_rows, turned_tile));
  }
  std::vector<Scalar> constant(before, before + size), at_run_time = constant;
  detail::add_outer_product<Inputs, Outputs>(x, Inputs * lanes, turned, tiles, constant.data());
  detail::add_outer_product(Inputs, Outputs, x, Inputs * lanes, turned, tiles, at_run_time.data());
  CHECK(constant == at_run_time);
  CHECK(constant != std::vector<Scalar>(before, before + size));
}

template <class Scalar>
void check_all() {
  [&]<int... Rows>(std::integer_sequence<int, Rows...>) {
    (check_product<Scalar, Rows, 1>(), ...);
    (check_product<Scalar, Rows, 2>(), ...);
    (check_outer_product<Scalar, Rows, 5>(), ...);
    (check_outer_product<Scalar, 3, Rows>(), ...);
  }
  (std::integer_sequence<int, 1, 2, 3, 4, 6, 7, 13, 14, 17, 26, 27, 40, 100>{});
}

}  // namespace

TEST_CASE("rows known at run time are split as constants are") {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto as_constants = []<int Rows>(std::integral_constant<int, Rows>) {
      using Split = detail::PanelSplit<Rows>;
      const detail::PanelSplit<Dynamic> split(Rows);
      return split.count == Split::count && split.large == Split::large && split.large_count == Split::large_count;
    };
    CHECK((as_constants(std::integral_constant<int, static_cast<int>(I) + 1>{}) && ...));
  }
  (std::make_index_sequence<200>{});
}

TEST_CASE("floats: numbers of rows known at run time give the same bits as constants") { check_all<float>(); }
TEST_CASE("doubles: numbers of rows known at run time give the same bits as constants") { check_all<double>(); }
