#include <ebm/datasets/images.hpp>

#include "support/catch.hpp"

#include <set>

namespace {

ebm::LabelledImages three() {
  ebm::LabelledImages images{1, 2, 3, ebm::Points<std::uint8_t>(3, 2), ebm::Values<int>(3)};
  images.pixels << 0, 7, 8, 255, 16, 127;
  images.labels << 0, 1, 2;
  return images;
}

}  // namespace

TEST_CASE("Pixels above the threshold are one") {
  ebm::Points<float> expected(3, 2);
  expected << 0, 0, 1, 1, 1, 1;
  CHECK(three().binarised(7) == expected);
  expected << 0, 0, 0, 1, 0, 0;
  CHECK(three().binarised(127) == expected);
  CHECK(three().scaled<double>(16)(2, 0) == 1);
  CHECK_THROWS_AS(three().binarised(255), ebm::ValueError);
  CHECK_THROWS_AS(three().binarised(-1), ebm::ValueError);
}

TEST_CASE("Images are split in their order") {
  const auto sets = ebm::split(three(), 2);
  CHECK(sets.train.count() == 2);
  CHECK(sets.test.count() == 1);
  CHECK(sets.test.pixels(0, 0) == 16);
  CHECK(sets.test.labels(0) == 2);
  CHECK(sets.test.width == 2);
  CHECK_THROWS_AS(ebm::split(three(), 4), ebm::ValueError);
  CHECK_THROWS_AS(three().rows(2, 2), ebm::ValueError);
}

TEST_CASE("A shuffle keeps labels with their images and depends on the seed alone") {
  ebm::LabelledImages images{1, 1, 256, ebm::Points<std::uint8_t>(200, 1), ebm::Values<int>(200)};
  for (int i = 0; i < 200; ++i) images.pixels(i, 0) = static_cast<std::uint8_t>(i), images.labels(i) = i;
  ebm::Rng rng{5}, again{5}, other{6};
  const auto shuffled = images.shuffled(rng);
  std::set<int> seen;
  for (int i = 0; i < 200; ++i) {
    CHECK(shuffled.labels(i) == shuffled.pixels(i, 0));
    seen.insert(shuffled.labels(i));
  }
  CHECK(seen.size() == 200);
  CHECK(shuffled.labels == images.shuffled(again).labels);
  CHECK(shuffled.labels != images.shuffled(other).labels);
  CHECK(shuffled.labels != images.shuffled(rng).labels);
}
