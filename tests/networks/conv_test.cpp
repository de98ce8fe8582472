#include <ebm/networks/conv.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::check;
using check_layers::check_single;

TEST_CASE("convolutions of any channels, kernel, stride and padding are plain loops, and so are their slopes") {
  check<Image<7, 6, 1>, Conv<5, 3>>();
  check<Image<6, 7, 1>, Conv<13, 3, 2, 1>>();
  check<Image<5, 8, 2>, Conv<3, 2, 2>>();
  check<Image<7, 5, 3>, Conv<14, 3, 1, 2>>();
  check<Image<5, 5, 4>, Conv<26, 4, 3, 2>>();
  check<Image<4, 6, 13>, Conv<7, 1>>();
}

TEST_CASE("a kernel may be as large as the image, or larger with padding, or pass over pixels") {
  check<Image<7, 7, 4>, Conv<2, 7, 1, 6>>();  // up to 49 output pixels touch an input pixel
  check<Image<6, 6, 5>, Conv<3, 6>>();
  check<Image<3, 3, 2>, Conv<3, 5, 1, 1>>();
  check<Image<7, 7, 2>, Conv<3, 2, 4>>();  // most pixels are never seen
  check<Image<9, 8, 6>, Conv<3, 2, 3, 1>>();
}

TEST_CASE("convolutions in single precision are plain loops") {
  check_single<Image<7, 6, 1>, Conv<14, 3, 2, 1>>();
  check_single<Image<5, 5, 5>, Conv<27, 2>>();
}

TEST_CASE("convolutions follow each other") {
  check<Image<9, 9, 2>, Conv<6, 3, 2, 1>, Silu, Conv<9, 3>, Tanh, Dense<5>, Softplus>();
}

TEST_CASE("a convolution with one wrong weight is told apart") {
  Rng rng{1};
  auto net = network<double>(rng, Image<5, 5, 2>{}, Conv<3, 3, 2, 1>{});
  const Points<double, 50> points = check_layers::random_points<double, 50>(4, 9);
  const auto before = net.outputs(points);
  std::vector<double> theta(net.parameters().begin(), net.parameters().end());
  // The kernel's last pixel, input channel 1, output channel 2: seen by the outputs whose last pixel is in the image.
  theta[static_cast<std::size_t>((8 * 2 + 1) * 3 + 2)] += 1;
  net.set_parameters(theta);
  const auto change = (net.outputs(points) - before).eval();
  for (Index row = 0; row < points.rows(); ++row) {
    for (int p = 0; p < 9; ++p) {
      const int down = p / 3 * 2 + 1, across = p % 3 * 2 + 1;
      const double seen = down < 5 && across < 5 ? points(row, (down * 5 + across) * 2 + 1) : 0.0;
      CHECK(change(row, p * 3 + 2) == Approx(seen).margin(1e-12));
      CHECK(change(row, p * 3) == 0);
    }
  }
}
