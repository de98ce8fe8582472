#include <ebm/objectives/augmentations.hpp>

#include <ebm/core/packing.hpp>

#include "support/catch.hpp"

#include <set>

namespace {

using Shape = ebm::Image<3, 4, 2>;
using Points = ebm::Points<float, Shape::size>;

// What an augmentation makes of rows in some round.
template <class A>
Points applied(const A& augmentation, const Points& rows, ebm::Index round = 1, std::uint64_t key = 9) {
  std::vector<ebm::Lanes<float>> memory(static_cast<std::size_t>(ebm::tiles_for<float>(rows.rows())) * Shape::size);
  const ebm::TileSpan<float, Shape::size> x(memory.front().data(), ebm::tiles_for<float>(rows.rows()));
  ebm::pack_rows(rows, x);
  ebm::Workspace workspace;
  augmentation.apply(x, ebm::Stream(key), round, workspace);
  Points result(rows.rows(), Shape::size);
  ebm::unpack_rows(x, result);
  return result;
}

// Images whose every number is another one.
Points numbered(ebm::Index count) {
  Points images(count, Shape::size);
  for (ebm::Index row = 0; row < count; ++row) {
    for (ebm::Index i = 0; i < Shape::size; ++i) images(row, i) = static_cast<float>(100 * row + i + 1);
  }
  return images;
}
ebm::Index at(ebm::Index row, ebm::Index column, ebm::Index channel) { return (row * 4 + column) * 2 + channel; }

}  // namespace

TEST_CASE("a flip mirrors the columns, keeps the channels, and undoes itself") {
  const Points images = numbered(40);
  const ebm::HorizontalFlip<Shape> always{.probability = 1}, never{.probability = 0};
  const Points flipped = applied(always, images);
  for (ebm::Index y = 0; y < 3; ++y) {
    for (ebm::Index x = 0; x < 4; ++x) {
      for (ebm::Index c = 0; c < 2; ++c) CHECK(flipped.col(at(y, x, c)) == images.col(at(y, 3 - x, c)));
    }
  }
  CHECK(applied(always, flipped) == images);
  CHECK(applied(never, images) == images);
  const ebm::HorizontalFlip<Shape> sometimes;
  CHECK(applied(sometimes, applied(sometimes, images)) == images);
  CHECK(applied(sometimes, images) != images);
  CHECK(applied(sometimes, images) != flipped);
}

TEST_CASE("flips come with their probability, in every round anew") {
  // Chernoff: |count - np| < np delta fails with probability at most 2 exp(-np delta^2 / 3) < 1e-6 for
  // delta = sqrt(43.6 / np); three of them.
  const Points images = numbered(4096);
  for (const double p : {0.5, 0.2}) {
    double count = 0, both = 0;
    for (const ebm::Index round : {1, 2}) {
      const Points flipped = applied(ebm::HorizontalFlip<Shape>{.probability = p}, images, round);
      const Points last = applied(ebm::HorizontalFlip<Shape>{.probability = p}, images, 2);
      for (ebm::Index row = 0; row < images.rows(); ++row) {
        count += flipped(row, 0) != images(row, 0);
        both += round == 1 && flipped(row, 0) != images(row, 0) && last(row, 0) != images(row, 0);
      }
    }
    const auto close = [](double seen, double expected) {
      return std::abs(seen - expected) < std::sqrt(43.6 * expected);
    };
    CHECK(close(count, 8192 * p));
    CHECK(close(both, 4096 * p * p));
    CHECK(!close(count, 8192 * (p + 0.12)));
  }
}

TEST_CASE("a shift moves an image as a whole, over a padding") {
  const Points images = numbered(600);
  const Points moved = applied(ebm::Shift<Shape>{.most = 2, .padding = -1}, images);
  std::set<std::pair<ebm::Index, ebm::Index>> seen;
  for (ebm::Index row = 0; row < images.rows(); ++row) {
    int fits = 0;
    for (ebm::Index down = -2; down <= 2; ++down) {
      for (ebm::Index right = -2; right <= 2; ++right) {
        bool same = true;
        for (ebm::Index y = 0; y < 3; ++y) {
          for (ebm::Index x = 0; x < 4; ++x) {
            for (ebm::Index c = 0; c < 2; ++c) {
              const bool inside = y - down >= 0 && y - down < 3 && x - right >= 0 && x - right < 4;
              same = same && moved(row, at(y, x, c)) == (inside ? images(row, at(y - down, x - right, c)) : -1);
            }
          }
        }
        if (same) ++fits, seen.emplace(down, right);
      }
    }
    CHECK(fits == 1);
  }
  CHECK(seen.size() == 25);  // one that is never seen has probability 25 (24/25)^600 = 6e-10
  CHECK(applied(ebm::Shift<Shape>{.most = 0}, images) == images);
}

TEST_CASE("noise has its standard deviation") {
  const Points images = numbered(1000), noise = applied(ebm::GaussianNoise{.sd = 0.5}, images) - images;
  const double variance = static_cast<double>(noise.array().square().mean());
  CHECK(std::abs(variance - 0.25) < 5 * 0.25 * std::sqrt(2.0 / 24000));  // 24000 numbers; fails falsely once in 1e6
  CHECK(std::abs(static_cast<double>(noise.mean())) < 5 * 0.5 / std::sqrt(24000.0));
  CHECK(applied(ebm::GaussianNoise{.sd = 0}, images) == images);
}

TEST_CASE("augmentations are functions of the stream, the row and the round") {
  const Points images = numbered(50);
  const auto check = [&](const auto& augmentation) {
    const Points one = applied(augmentation, images, 3);
    CHECK(applied(augmentation, images, 3) == one);
    CHECK(applied(augmentation, images, 4) != one);
    CHECK(applied(augmentation, images, 3, 10) != one);
    CHECK(applied(augmentation, images.topRows(17), 3) == one.topRows(17));  // whatever other rows there are
  };
  check(ebm::GaussianNoise{});
  check(ebm::HorizontalFlip<Shape>{});
  check(ebm::Shift<Shape>{.most = 1});
}

TEST_CASE("settings without sense are refused") {
  CHECK_THROWS_AS(ebm::GaussianNoise{.sd = -1}.check(), ebm::ValueError);
  CHECK_THROWS_AS(ebm::HorizontalFlip<Shape>{.probability = 1.5}.check(), ebm::ValueError);
  CHECK_THROWS_AS(ebm::Shift<Shape>{.most = -1}.check(), ebm::ValueError);
  CHECK_THROWS_AS(ebm::Shift<Shape>{.padding = std::numeric_limits<double>::infinity()}.check(), ebm::ValueError);
  STATIC_REQUIRE(ebm::Augmentation<ebm::HorizontalFlip<Shape>, float, 24>);
  STATIC_REQUIRE(!ebm::Augmentation<ebm::HorizontalFlip<Shape>, float, 25>);
  STATIC_REQUIRE(ebm::Augmentation<ebm::GaussianNoise, double, ebm::Dynamic>);
}
