#include <ebm/core/packing.hpp>
#include <ebm/core/workspace.hpp>

#include "support/catch.hpp"

using namespace ebm;

TEMPLATE_TEST_CASE("rows go into tiles and come back", "", float, double) {
  constexpr Index lanes = kLanes<TestType>;
  for (const Index rows : {0, 1, 7, 8, 9, 15, 16, 17, 40}) {
    CAPTURE(rows);
    Points<TestType, 3> points(rows, 3);
    for (Index i = 0; i < 3; ++i) {
      for (Index row = 0; row < rows; ++row) points(row, i) = static_cast<TestType>(100 * row + i);
    }
    Workspace workspace;
    const Index count = tiles_for<TestType>(rows) + (rows > 0 ? 1 : 0);  // one more than needed
    const auto tiles = workspace.tiles<TestType, 3>(count, 3);
    pack_rows(points, tiles);

    bool placed = true, padded = true;
    for (Index row = 0; row < count * lanes; ++row) {
      for (Index i = 0; i < 3; ++i) {
        const TestType value = tiles.coordinate(row / lanes, i)[row % lanes];
        (row < rows ? placed : padded) &= value == points(std::min(row, rows - 1), i);
      }
    }
    CHECK(placed);
    CHECK(padded);

    Points<TestType, Dynamic> back = Points<TestType, Dynamic>::Zero(rows + 1, 3);
    unpack_rows(TileSpan<const TestType, 3>(tiles), back.topRows(rows));
    CHECK(back.topRows(rows) == points);
    CHECK(back.row(rows).isZero());
  }
}

TEST_CASE("any expression of any scalar can be packed") {
  Workspace workspace;
  const auto tiles = workspace.tiles<float, Dynamic>(1, 2);
  const Eigen::MatrixXi rows = Eigen::MatrixXi::Constant(5, 2, 3);
  pack_rows(rows.array() + 1, tiles);
  CHECK((tiles[0] == 4.0f).all());
}

TEST_CASE("rows that do not fit their tiles are refused") {
  Workspace workspace;
  const auto tiles = workspace.tiles<float, Dynamic>(1, 2);
  Points<float> wide = Points<float>::Zero(4, 3), many = Points<float>::Zero(17, 2);
  const Points<float> none(0, 2);
  CHECK_THROWS_WITH(pack_rows(wide, tiles), "rows: shape 4 x 3, wanted any x 2");
  CHECK_THROWS_AS(pack_rows(many, tiles), ValueError);
  CHECK_THROWS_AS(pack_rows(none, tiles), ValueError);
  CHECK_THROWS_AS(unpack_rows(tiles, wide), ShapeError);
  CHECK_THROWS_AS(unpack_rows(tiles, many), ValueError);
}
