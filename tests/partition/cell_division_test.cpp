#include <ebm/partition/cell_division.hpp>

#include "support/catch.hpp"

using ebm::Box;
using ebm::Index;
using ebm::Points;
using Cells = ebm::detail::CellDivision<2>;

namespace {

const Points<double, 2> kNoSeeds(0, 2);

bool holds(const ebm::detail::Cell<2>& cell, double x, double y) {
  return std::abs(x - cell.centre[0]) < cell.half[0] && std::abs(y - cell.centre[1]) < cell.half[1];
}

// Whether every point of a fine grid off the cells' edges lies in exactly one cell.
bool divides(Cells& cells, const Box<2>& box) {
  for (int i = 0; i < 61; ++i) {
    for (int j = 0; j < 61; ++j) {
      const double x = box.lower[0] + (i + 0.437) / 61 * (box.upper[0] - box.lower[0]),
                   y = box.lower[1] + (j + 0.437) / 61 * (box.upper[1] - box.lower[1]);
      if (std::count_if(cells.begin(), cells.end(), [&](const auto& cell) { return holds(cell, x, y); }) != 1)
        return false;
    }
  }
  return true;
}

std::array<int, 4> cells_at_faces(Cells& cells) {
  std::array<int, 4> count{};
  for (const auto& cell : cells) {
    for (unsigned face = 0; face < 4; ++face) count[face] += (cell.faces >> face) & 1;
  }
  return count;
}

}  // namespace

TEST_CASE("a box is divided into equal cells, which know the faces that they touch") {
  Cells cells;
  const Box<2> box{{-1, 0}, {2, 7}};
  cells.cover(box, 5, kNoSeeds);
  CHECK(cells.size() == 25);
  CHECK(divides(cells, box));
  CHECK(cells_at_faces(cells) == std::array{5, 5, 5, 5});
  CHECK_FALSE(divides(cells, Box<2>{{-1, 0}, {2, 8}}));
}

TEST_CASE("a box grows on some sides alone, by cells around those that were there") {
  Cells cells;
  cells.cover({{-1, 0}, {2, 7}}, 4, kNoSeeds);
  const Box<2> wide{{-3, 0}, {2, 9}};
  cells.enlarge(wide, 2, kNoSeeds);
  CHECK(cells.size() == 16 + 3 * 4);
  CHECK(divides(cells, wide));
  CHECK((cells.box().lower == wide.lower && cells.box().upper == wide.upper).all());
  // Left: two blocks of new cells. Right, where it did not grow: the old cells and one new block. And so on.
  CHECK(cells_at_faces(cells) == std::array{4, 6, 6, 4});
}

TEST_CASE("cells of largest error are halved across their roughest axis") {
  Cells cells;
  const Box<2> box{{0, 0}, {4, 4}};
  cells.cover(box, 2, kNoSeeds);
  for (auto& cell : cells) cell.stale = false, cell.error = 1e-6, cell.axis = 1;
  cells[2].error = 1;
  REQUIRE(cells.split());
  CHECK(cells.size() == 5);
  CHECK(cells[2].half == std::array{1.0, 0.5});
  CHECK(cells[4].half == std::array{1.0, 0.5});
  CHECK(cells[2].stale);
  CHECK(cells[4].stale);
  CHECK_FALSE(cells[0].stale);
  CHECK(divides(cells, box));
}

TEST_CASE("cells too thin for their coordinates' digits are not halved") {
  Cells cells;
  cells.cover({{1, 0}, {1 + 1e-15, 1}}, 1, kNoSeeds);
  cells[0].error = 1, cells[0].axis = 0;
  CHECK_FALSE(cells.split());
  cells[0].axis = 1;
  CHECK(cells.split());
}

TEST_CASE("cells are small where there are many seeds") {
  Points<double, 2> seeds(200, 2);
  for (Index row = 0; row < 200; ++row) {
    const double golden = 0.6180339887498949 * static_cast<double>(row);
    seeds(row, 0) = 0.3 + 1e-4 * static_cast<double>(row);
    seeds(row, 1) = 0.7 + 1e-2 * (golden - std::floor(golden));
  }
  Cells cells;
  const Box<2> box{{0, 0}, {1, 1}};
  cells.cover(box, 2, seeds);
  CHECK(divides(cells, box));
  for (const auto& cell : cells) {
    int held = 0;
    for (Index row = 0; row < 200; ++row) held += holds(cell, seeds(row, 0), seeds(row, 1));
    CHECK(held <= 8);
  }
}
