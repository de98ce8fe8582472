#include <ebm/networks/residual.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::check;

TEST_CASE("a residual block adds its input, as in plain loops") {
  check<Features<5>, Residual<Dense<13>, Silu, Dense<5>>>();
  check<Image<4, 5, 2>, Conv<3, 2>, Residual<Conv<7, 3, 1, 1>, Silu, Conv<3, 3, 1, 1>>, Tanh>();
  check<Features<3>, Residual<Silu>, Dense<6>, Silu>();
  check_layers::check_single<Image<4, 4, 5>, Residual<Conv<5, 3, 1, 1>, Silu>, Dense<3>>();
}

TEST_CASE("residual blocks may hold residual blocks, with normalisation and pooling around them") {
  check<Image<6, 6, 3>, Residual<GroupNorm<3>, Silu, Conv<3, 3, 1, 1>, Residual<Conv<3, 1>, Silu>>, MaxPool<2>, Silu>();
}

TEST_CASE("a block whose layers give zero is the identity") {
  Rng rng{1};
  auto net = network<double>(rng, Features<5>{}, Residual<Dense<7>, Silu, Dense<5>>{});
  net.set_parameters(std::vector<double>(net.parameters().size(), 0.0));
  const auto points = check_layers::random_points<double, 5>(9, 3);
  CHECK(net.outputs(points) == points);
}
