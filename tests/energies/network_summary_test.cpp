#include <ebm/energies/network_summary.hpp>

#include <sstream>

#include "support/catch.hpp"

using namespace ebm;

namespace {

struct Cube {
  static constexpr const char* name = "Cube";
  template <class V>
  static V apply(V x, V& derivative) {
    derivative = V(3) * x * x;
    return x * x * x;
  }
};

}  // namespace

TEST_CASE("a network prints its layers, their shapes and parameters") {
  Rng rng{1};
  std::ostringstream text;
  text << network<float>(rng, Image<28, 28>{}, Conv<32, 5, 2>{}, Silu{}, Dense<10>{});
  CHECK(text.str() ==
        "layer           output        parameters\n"
        "input           28 x 28 x 1\n"
        "Conv<32, 5, 2>  12 x 12 x 32         832\n"
        "Silu            12 x 12 x 32\n"
        "Dense<10>       10                 46090\n"
        "total                              46922\n");
}

TEST_CASE("layers of layers show what they are made of, and whose parameters are counted once") {
  Rng rng{1};
  const auto net =
      network<double>(rng, Image<6, 6, 2>{}, GroupNorm<2>{}, Residual<Conv<4, 3, 1, 1>, Tanh, Conv<2, 1>>{},
                      MaxPool<2>{}, AveragePool<2, 1>{}, Flatten{}, LayerNorm{}, Cube{}, SpectralNorm<Dense<3>>{},
                      LeakyRelu{}, Skip<Tanh>{}, Dense<1>{}, Softplus{});
  CHECK(to_text(net) ==
        "layer                   output     parameters\n"
        "input                   6 x 6 x 2\n"
        "GroupNorm<2>            6 x 6 x 2           4\n"
        "Residual                6 x 6 x 2          86\n"
        "  Conv<4, 3, 1, 1>      6 x 6 x 4          76\n"
        "  Tanh                  6 x 6 x 4\n"
        "  Conv<2, 1>            6 x 6 x 2          10\n"
        "MaxPool<2>              3 x 3 x 2\n"
        "AveragePool<2, 1>       2 x 2 x 2\n"
        "Flatten                 8\n"
        "LayerNorm               8                  16\n"
        "Cube                    8\n"
        "SpectralNorm<Dense<3>>  3                  27\n"
        "LeakyRelu               3\n"
        "Skip                    6\n"
        "  Tanh                  3\n"
        "Dense<1>                1                   7\n"
        "Softplus                1\n"
        "total                                     140\n");
}
