#include <ebm/networks/dense.hpp>

#include "networks/check_layers.hpp"
#include "support/statistics.hpp"

using namespace ebm;
using check_layers::check;

TEST_CASE("dense layers at and off the edges of panels are plain loops, and so are their slopes") {
  check<Features<1>, Dense<1>>();
  check<Features<3>, Dense<13>>();
  check<Features<13>, Dense<14>>();
  check<Features<27>, Dense<6>, Silu, Dense<33>, Softplus>();
  check<Image<3, 2, 3>, Dense<12>, Tanh, Dense<7>>();
  check_layers::check_single<Features<27>, Dense<14>, Silu, Dense<6>>();
}

TEST_CASE("weights start with the spread of their layer, biases at zero") {
  Rng rng{3};
  const auto net = network<double>(rng, Image<5, 5, 2>{}, Conv<40, 3>{}, Silu{}, Dense<100>{});
  const std::span<const double> theta = net.parameters();
  const auto part = [&](std::size_t first, std::size_t count) {
    return Eigen::Map<const Values<double>>(theta.data() + first, static_cast<Index>(count));
  };
  // Six standard errors: by chance with a probability below 1e-8.
  const std::size_t dense = 18 * 40 + 40, end = dense + 360 * 100;
  CHECK(statistics::Moments(part(0, 18 * 40)).normal_score(0, 2.0 / 18) < 6);
  CHECK(part(18 * 40, 40).cwiseAbs().maxCoeff() == 0);
  CHECK(statistics::Moments(part(dense, 360 * 100)).normal_score(0, 2.0 / 360) < 6);
  CHECK(part(end, 100).cwiseAbs().maxCoeff() == 0);
  REQUIRE(theta.size() == end + 100);
}
