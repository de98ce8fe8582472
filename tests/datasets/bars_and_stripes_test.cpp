#include <ebm/datasets/bars_and_stripes.hpp>

#include "support/catch.hpp"

#include <set>

TEST_CASE("Bars and stripes are all distinct, and of their kind") {
  for (const ebm::Index side : {1, 2, 4, 5}) {
    const auto images = ebm::bars_and_stripes(side);
    CHECK(images.count() == (ebm::Index{2} << side) - 2);
    std::set<std::vector<int>> seen;
    for (ebm::Index row = 0; row < images.count(); ++row) {
      std::vector<int> pixels;
      for (ebm::Index i = 0; i < side * side; ++i) {
        pixels.push_back(images.pixels(row, i));
        const ebm::Index first = images.labels(row) == 0 ? i / side * side : i % side;
        CHECK(images.pixels(row, i) == images.pixels(row, first));
      }
      seen.insert(pixels);
    }
    CHECK(static_cast<ebm::Index>(seen.size()) == images.count());
  }
  CHECK(ebm::bars_and_stripes(4).count() == 30);
}

TEST_CASE("Magnified patterns are made of squares") {
  const auto small = ebm::bars_and_stripes(3), large = ebm::bars_and_stripes(3, 4);
  CHECK(large.width == 12);
  CHECK(large.count() == small.count());
  for (ebm::Index row = 0; row < small.count(); ++row) {
    for (ebm::Index y = 0; y < 12; ++y) {
      for (ebm::Index x = 0; x < 12; ++x) CHECK(large.pixels(row, 12 * y + x) == small.pixels(row, y / 4 * 3 + x / 4));
    }
  }
}
