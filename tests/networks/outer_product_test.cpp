#include <ebm/core/workspace.hpp>
#include <ebm/networks/outer_product.hpp>

#include "networks/network_data.hpp"
#include "support/catch.hpp"

using namespace ebm;
using network_data::take_random;

namespace {

template <class Scalar, int Inputs, int Outputs>
void check_shape() {
  constexpr int lanes = kLanes<Scalar>;
  constexpr Index stride = detail::padded_outputs<Scalar>(Outputs);
  for (Index tiles = 1; tiles <= 5; ++tiles) {
    CAPTURE(Inputs, Outputs, tiles, lanes);
    Workspace workspace;
    const Index x_stride = (Inputs + 2) * lanes;
    const Scalar *x = take_random<Scalar>(workspace, tiles * x_stride, 1),
                 *delta = take_random<Scalar>(workspace, tiles * Outputs * lanes, 2);

    Scalar* transposed = workspace.take<Scalar>(tiles * stride * lanes);
    std::fill_n(transposed, tiles * stride * lanes, Scalar(7));
    long misplaced = 0;
    for (Index t = 0; t < tiles; ++t) {
      detail::transpose_tile<Outputs>(delta + t * Outputs * lanes, transposed + t * stride * lanes);
      for (Index lane = 0; lane < lanes; ++lane) {
        for (Index r = 0; r < stride; ++r) {
          const Scalar wanted = r < Outputs ? delta[(t * Outputs + r) * lanes + lane] : Scalar(0);
          misplaced += transposed[(t * lanes + lane) * stride + r] != wanted;
        }
      }
    }
    CHECK(misplaced == 0);

    constexpr Index size = (Inputs + 1) * Outputs;  // weights and biases
    const Scalar* before = take_random<Scalar>(workspace, size + 1, 3);
    Scalar* gradient = workspace.take<Scalar>(size + 2) + 1;  // of no alignment
    std::copy_n(before, size + 1, gradient);
    detail::add_outer_product<Inputs, Outputs>(x, x_stride, transposed, tiles, gradient);
    long wrong = 0;
    for (Index k = 0; k <= Inputs; ++k) {
      for (Index r = 0; r < Outputs; ++r) {
        const Index at = k * Outputs + r;
        long double exact = before[at], magnitude = std::abs(exact);
        for (Index t = 0; t < tiles; ++t) {
          for (Index lane = 0; lane < lanes; ++lane) {
            const long double feature = k < Inputs ? x[t * x_stride + k * lanes + lane] : Scalar(1);
            const long double term = feature * delta[(t * Outputs + r) * lanes + lane];
            exact += term, magnitude += std::abs(term);
          }
        }
        const long double bound =
            static_cast<long double>(tiles * lanes + 2) * std::numeric_limits<Scalar>::epsilon() * magnitude;
        wrong += !(std::abs(gradient[at] - exact) <= bound);
      }
    }
    CHECK(wrong == 0);
    CHECK(gradient[size] == before[size]);
  }
}

template <class Scalar, int... Outputs>
void check_widths(std::integer_sequence<int, Outputs...>) {
  (check_shape<Scalar, 1, Outputs>(), ...);
  (check_shape<Scalar, 2 * detail::kPanelRows + 1, Outputs>(), ...);
}

}  // namespace

TEST_CASE("gradients of a layer's weights and biases are sums over lanes, for widths on and off the block") {
  check_widths<float>(std::integer_sequence<int, 1, 3, 16, 31, 32, 33, 70>{});
  check_widths<double>(std::integer_sequence<int, 1, 3, 8, 15, 16, 17, 38>{});
}
