#include <ebm/core/workspace.hpp>
#include <ebm/networks/tile_kernel.hpp>

#include <cstring>

#include "networks/network_data.hpp"
#include "support/catch.hpp"

using namespace ebm;
using network_data::take_random;

namespace {

// out[tile][row][lane] of the whole product.
template <int Outputs, int Tiles, class Scalar>
Scalar* product(const Scalar* packed, const Scalar* start, Index inputs, const Scalar* x, Index x_stride,
                Workspace& workspace) {
  Scalar* result = workspace.take<Scalar>(Tiles * Outputs * kLanes<Scalar>);
  int rows_seen = 0;
  detail::tile_product<Outputs, Tiles>(packed, start, inputs, x, x_stride,
                                       [&](int first, int rows, const Scalar* panel) {
                                         CHECK(first == rows_seen);
                                         rows_seen += rows;
                                         for (int t = 0; t < Tiles; ++t)
                                           std::copy_n(panel + t * rows * kLanes<Scalar>, rows * kLanes<Scalar>,
                                                       result + (t * Outputs + first) * kLanes<Scalar>);
                                       });
  CHECK(rows_seen == Outputs);
  return result;
}

template <class Scalar, int Outputs>
void check_outputs() {
  constexpr int lanes = kLanes<Scalar>;
  for (const Index inputs : {1, 2, 5, 64}) {
    CAPTURE(Outputs, inputs, lanes);
    Workspace workspace;
    const Index stride = (inputs + 3) * lanes;  // a gap between the tiles
    const Scalar *weights = take_random<Scalar>(workspace, Outputs * inputs, 1),
                 *biases = take_random<Scalar>(workspace, Outputs, 2),
                 *x = take_random<Scalar>(workspace, 2 * stride, 3);
    Scalar* packed = workspace.take<Scalar>(Outputs * inputs);
    detail::pack_panels<Outputs>(
        inputs, [&](Index row, Index k) { return weights[k * Outputs + row]; }, packed);

    for (const Scalar* start : {biases, static_cast<const Scalar*>(nullptr)}) {
      const Scalar* both = product<Outputs, 2>(packed, start, inputs, x, stride, workspace);
      long differences = 0, wrong = 0, unfused = 0;
      for (Index t = 0; t < 2; ++t) {
        const Scalar* alone = product<Outputs, 1>(packed, start, inputs, x + t * stride, stride, workspace);
        const Scalar* paired = both + t * Outputs * lanes;
        differences += std::memcmp(alone, paired, sizeof(Scalar) * Outputs * lanes) != 0;
        for (int r = 0; r < Outputs; ++r) {
          for (int lane = 0; lane < lanes; ++lane) {
            long double exact = start ? start[r] : Scalar(0), magnitude = std::abs(exact);
            Scalar in_order = start ? start[r] : Scalar(0);
            for (Index k = 0; k < inputs; ++k) {
              const Scalar weight = weights[k * Outputs + r], feature = x[t * stride + k * lanes + lane];
              const long double term = static_cast<long double>(weight) * feature;
              exact += term, magnitude += std::abs(term);
              in_order = fma(weight, feature, in_order);
            }
            const Scalar result = alone[r * lanes + lane];
            const long double bound =
                static_cast<long double>(inputs + 1) * std::numeric_limits<Scalar>::epsilon() * magnitude;
            wrong += !(std::abs(result - exact) <= bound);
            unfused += result != in_order;
          }
        }
      }
      CHECK(differences == 0);
      CHECK(wrong == 0);
      if (kPackBytes > 16) CHECK(unfused == 0);  // k ascending, one fused operation each
    }
  }
}

template <class Scalar>
void check_all_outputs() {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (check_outputs<Scalar, static_cast<int>(I) + 1>(), ...); }
  (std::make_index_sequence<2 * detail::kPanelRows + 3>{});
}

template <int Outputs>
constexpr bool splits_evenly() {
  using Split = detail::PanelSplit<Outputs>;
  return Split::large <= detail::kPanelRows && Split::large_count > 0 &&
         Split::large_count * Split::large + (Split::count - Split::large_count) * (Split::large - 1) == Outputs;
}

}  // namespace

TEST_CASE("rows are split over panels without padding") {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    STATIC_REQUIRE((splits_evenly<static_cast<int>(I) + 1>() && ...));
  }
  (std::make_index_sequence<200>{});
}

TEST_CASE("the tile kernel multiplies floats, alone or in pairs with the same bits") { check_all_outputs<float>(); }
TEST_CASE("the tile kernel multiplies doubles, alone or in pairs with the same bits") { check_all_outputs<double>(); }
