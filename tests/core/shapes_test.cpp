#include <ebm/core/box.hpp>
#include <ebm/core/shapes.hpp>

#include <vector>

#include "support/catch.hpp"

using namespace ebm;

TEST_CASE("tiles and lanes have one size and alignment whatever the flags") {
  STATIC_REQUIRE(kLanes<float> == 16);
  STATIC_REQUIRE(kLanes<double> == 8);
  STATIC_REQUIRE(alignof(Tile<float, 2>) == 64);
  STATIC_REQUIRE(alignof(Tile<double, 3>) == 64);
  STATIC_REQUIRE(alignof(Tile<float, Dynamic>) == 64);
  STATIC_REQUIRE(alignof(Lanes<float>) == 64);
  STATIC_REQUIRE(sizeof(Tile<float, 2>) == 128);
  STATIC_REQUIRE(sizeof(Tile<double, 3>) == 192);
  STATIC_REQUIRE(sizeof(Lanes<double>) == 64);
  for (int i = 0; i < 3; ++i) {
    const std::vector<Tile<float, 3>> several(3);
    CHECK(reinterpret_cast<std::uintptr_t>(several[1].data()) % 64 == 0);
  }
}

TEST_CASE("tiles are made of and assigned Eigen expressions") {
  Tile<float, 2> x;
  x.col(0).setConstant(3.0f);
  x.col(1).setConstant(4.0f);
  const Lanes<float> radius = (x.col(0).square() + x.col(1).square()).sqrt();
  CHECK((radius == 5.0f).all());

  const Tile<float, 2> unit = x.colwise() / radius;
  CHECK(unit(7, 1) == Approx(0.8f));
  x = unit * 10.0f;
  CHECK(x(15, 0) == Approx(6.0f));

  Tile<double, Dynamic> dynamic(kLanes<double>, 5);
  dynamic = Tile<double, Dynamic>::Base::Constant(kLanes<double>, 5, 2.0);
  const Tile<double, Dynamic> copy = dynamic + 1.0;
  CHECK(copy.cols() == 5);
  CHECK(copy.sum() == 3.0 * 40);
}

TEMPLATE_TEST_CASE("a span indexes [tile][coordinate][lane]", "", float, double) {
  constexpr Index lanes = kLanes<TestType>;
  const Index dim = 3;
  alignas(kAlignment) TestType memory[4 * 3 * lanes];
  for (Index i = 0; i < 4 * dim * lanes; ++i) memory[i] = static_cast<TestType>(i);

  const TileSpan<TestType, 3> fixed(memory, 4);
  const TileSpan<TestType, Dynamic> dynamic(memory, 4, dim);
  CHECK(fixed.dim() == 3);
  CHECK(dynamic.dim() == 3);
  CHECK(dynamic.size() == 4 * dim * lanes);
  for (Index t = 0; t < 4; ++t) {
    for (Index i = 0; i < dim; ++i) {
      CHECK(fixed.coordinate(t, i) == memory + (t * dim + i) * lanes);
      CHECK(fixed[t](2, i) == memory[(t * dim + i) * lanes + 2]);
      CHECK(dynamic[t](lanes - 1, i) == memory[(t * dim + i) * lanes + lanes - 1]);
    }
  }

  const auto tail = dynamic.subspan(1, 2);
  CHECK(tail.count() == 2);
  CHECK(tail.data() == memory + dim * lanes);

  const TileSpan<const TestType, 3> constant = fixed;
  CHECK(constant.data() == memory);
  fixed[0].col(1).setZero();
  CHECK((constant[0].col(1) == TestType(0)).all());
}

TEST_CASE("rows are held by as few tiles as can hold them") {
  CHECK(tiles_for<float>(0) == 0);
  CHECK(tiles_for<float>(1) == 1);
  CHECK(tiles_for<float>(16) == 1);
  CHECK(tiles_for<float>(17) == 2);
  CHECK(tiles_for<double>(17) == 3);
}

TEST_CASE("the hull of two boxes holds both") {
  const Box<2> a{{0.0, -1.0}, {1.0, 1.0}}, b{{-2.0, 0.0}, {0.5, 3.0}};
  const Box<2> both = hull(a, b);
  CHECK(both.lower[0] == -2.0);
  CHECK(both.lower[1] == -1.0);
  CHECK(both.upper[0] == 1.0);
  CHECK(both.upper[1] == 3.0);
}
