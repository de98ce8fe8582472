#include <ebm/networks/flatten.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::check;

TEST_CASE("an image loses its shape and nothing else, at no cost") {
  check<Image<3, 2, 2>, Flatten>();
  check<Image<3, 4, 2>, Conv<3, 2>, Flatten, Tanh>();
  using Stack = Network<float, Image<4, 4>, Conv<5, 2>, Silu, Flatten>::Stack;
  STATIC_REQUIRE(std::same_as<Stack::Output, Features<45>>);
  STATIC_REQUIRE(Stack::memory == Network<float, Image<4, 4>, Conv<5, 2>, Silu>::Stack::memory);
}
