#include <ebm/networks/skip.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::check;

TEST_CASE("what the layers make stands beside the input, as in plain loops") {
  check<Features<5>, Skip<Dense<13>, Silu>, Tanh>();
  check<Image<4, 5, 2>, Conv<3, 2>, Skip<Conv<4, 3, 1, 1>, Silu>, Skip<Conv<2, 1>>>();
  check_layers::check_single<Image<4, 4, 5>, Skip<Conv<3, 3, 1, 1>, Silu>>();
}

TEST_CASE("the first channels of every pixel are the input's own") {
  Rng rng{1};
  const auto net = network<double>(rng, Image<3, 4, 2>{}, Skip<Conv<3, 3, 1, 1>>{});
  STATIC_REQUIRE(std::same_as<std::remove_const_t<decltype(net)>::Output, Image<3, 4, 5>>);
  const auto points = check_layers::random_points<double, 24>(9, 3);
  const auto outputs = net.outputs(points);
  for (Index p = 0; p < 12; ++p) CHECK(outputs.middleCols(5 * p, 2) == points.middleCols(2 * p, 2));
}
