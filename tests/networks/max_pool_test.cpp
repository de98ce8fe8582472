#include <ebm/networks/max_pool.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::check;

namespace {

// Outputs and slopes of MaxPool<2, 1> on one image of 2 x 3 pixels, where every output has slope 1.
struct Pooled {
  double outputs[2], slopes[6];
};
Pooled pool(const double (&image)[6]) {
  Rng rng{1};
  const auto net = network<double>(rng, Image<2, 3>{}, MaxPool<2, 1>{});
  Workspace workspace;
  const auto x = workspace.tiles<double, 6>(1, 6), slopes = workspace.tiles<double, 6>(1, 6);
  for (Index i = 0; i < 6; ++i) x[0].col(i).setConstant(image[i]);
  Pooled result;
  net.backward(x, slopes, nullptr, workspace, [&](Index, const double* out, double* dy) {
    for (int k = 0; k < 2; ++k) result.outputs[k] = out[k * kLanes<double> + 5];
    std::fill_n(dy, 2 * kLanes<double>, 1.0);
  });
  for (Index i = 0; i < 6; ++i) result.slopes[i] = slopes.coordinate(0, i)[5];
  return result;
}

}  // namespace

TEST_CASE("windows side by side, overlapping, and apart have the maximum of plain loops") {
  check<Image<6, 4, 1>, MaxPool<2>>();
  check<Image<7, 5, 3>, MaxPool<3, 2>>();
  check<Image<8, 7, 2>, MaxPool<2, 3>>();
  check<Image<6, 6, 2>, Conv<5, 3>, Silu, MaxPool<4>>();
  check_layers::check_single<Image<7, 5, 3>, MaxPool<3, 2>>();
}

TEST_CASE("of equal pixels the first has the slope, and a pixel may win twice") {
  const Pooled ties = pool({1, 1, 1, 1, 1, 1});
  const double first[] = {1, 1, 0, 0, 0, 0};
  CHECK(std::equal(first, first + 6, ties.slopes));
  const Pooled twice = pool({0, 1, 0, 2, 3, 3});
  const double shared[] = {0, 0, 0, 0, 2, 0};
  CHECK(std::equal(shared, shared + 6, twice.slopes));
  CHECK(twice.outputs[0] == 3);
  CHECK(twice.outputs[1] == 3);
}

TEST_CASE("what is no number comes out") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(pool({nan, 0, 0, 5, 0, 0}).outputs[0]));
  CHECK(std::isnan(pool({0, 0, 0, nan, 5, 0}).outputs[0]));
  CHECK(pool({0, 0, 0, nan, 5, 0}).outputs[1] == 5);
}
