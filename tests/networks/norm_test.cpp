#include <ebm/networks/norm.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::check;
using check_layers::check_single;

TEST_CASE("layer normalisation is plain loops, and so are its slopes") {
  check<Features<5>, LayerNorm>();
  check<Image<3, 2, 3>, Dense<13>, LayerNorm, Silu>();
  check<Image<4, 4, 2>, Conv<3, 2>, LayerNorm>();
  check_single<Image<4, 4, 2>, Conv<3, 2>, LayerNorm>();
}

TEST_CASE("group normalisation is plain loops, and so are its slopes") {
  check<Image<3, 5, 6>, GroupNorm<1>>();
  check<Image<3, 2, 6>, GroupNorm<3>>();
  check<Image<5, 5, 2>, Conv<4, 3, 1, 1>, GroupNorm<4>, Silu>();
  check<Features<6>, GroupNorm<2>>();
  check_single<Image<3, 5, 6>, GroupNorm<3>>();
}

TEST_CASE("what is normalised has mean 0 and variance 1, whatever the scale and the shift of what goes in") {
  Rng rng{1};
  const auto net = network<double>(rng, Image<4, 5, 6>{}, GroupNorm<2>{});
  Points<double, 120> points = check_layers::random_points<double, 120>(5, 3);
  const auto outputs = net.outputs(points);
  for (Index row = 0; row < 5; ++row) {
    for (Index group = 0; group < 2; ++group) {
      double sum = 0, squares = 0;
      for (Index i = 0; i < 120; ++i) {
        if (i % 6 / 3 == group) sum += outputs(row, i), squares += outputs(row, i) * outputs(row, i);
      }
      CHECK(sum / 60 == Approx(0).margin(1e-12));
      CHECK(squares / 60 == Approx(1).margin(1e-4));  // 1e-5 is added to the variance
    }
  }
  points = (1000 * points.array() + 700).matrix().eval();
  CHECK((net.outputs(points) - outputs).cwiseAbs().maxCoeff() < 1e-4);

  // Another variance: the moments must be those of each group, and the bounds above would see it.
  Points<double, 120> uneven = points;
  for (Index i = 0; i < 120; ++i) uneven.col(i) *= i % 6 == 0 ? 2.0 : 1.0;
  CHECK((net.outputs(uneven) - outputs).cwiseAbs().maxCoeff() > 1e-2);
}
