#include <ebm/samplers/coloured_torus.hpp>

#include "support/catch.hpp"

using namespace ebm;

TEST_CASE("Neighbours on the coloured torus are those of the square lattice") {
  struct Shape {
    Index rows, columns, replicas;
  };
  for (const Shape shape : {Shape{4, 4, 20}, Shape{6, 10, 70}, Shape{4, 128, 2}, Shape{6, 140, 3}}) {
    ColouredTorus torus(shape.rows, shape.columns, shape.replicas);
    CHECK(torus.width() * shape.columns / 2 >= 64);
    CHECK(torus.tiles() * torus.width() >= shape.replicas);
    const auto value = [&](Index replica, Index r, Index c) {
      r = (r + shape.rows) % shape.rows, c = (c + shape.columns) % shape.columns;
      return static_cast<std::uint8_t>(31 * r + 7 * c + 3 * replica);
    };
    for (Index k = 0; k < shape.replicas; ++k) {
      for (Index r = 0; r < shape.rows; ++r) {
        for (Index c = 0; c < shape.columns; ++c) torus.at(k, r, c) = value(k, r, c);
      }
    }
    for (Index tile = 0; tile < torus.tiles(); ++tile) torus.close_rows(tile, 0), torus.close_rows(tile, 1);
    bool right = true;
    for (Index k = 0; k < shape.replicas; ++k) {
      for (Index r = 0; r < shape.rows; ++r) {
        for (Index c = 0; c < shape.columns; ++c) {
          const int colour = static_cast<int>((r + c) % 2);
          const Index tile = k / torus.width(), at = c / 2 * torus.width() + k % torus.width();
          const auto [above, below, beside, other] = torus.neighbours(tile, colour, r);
          const std::uint8_t left = value(k, r, c - 1), right_one = value(k, r, c + 1);
          right &= torus.row(tile, colour, r)[at] == value(k, r, c);
          right &= above[at] == value(k, r - 1, c) && below[at] == value(k, r + 1, c);
          right &= (beside[at] == left && other[at] == right_one) || (beside[at] == right_one && other[at] == left);
        }
      }
    }
    CHECK(right);
  }
  CHECK_THROWS_AS(ColouredTorus(4, 5, 1), ValueError);
  CHECK_THROWS_AS(ColouredTorus(4, 4, 0), ValueError);
}
