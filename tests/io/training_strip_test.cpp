#include <ebm/io/training_strip.hpp>

#include "support/catch.hpp"

namespace {

// A well at (-1, -1), as deep as its strength says.
struct Well {
  using Scalar = float;
  static constexpr int dim = 2;
  float strength;
  ebm::Lanes<float> energy(const ebm::Tile<float, 2>& x) const {
    return strength * ((x.col(0) + 1.0f).square() + (x.col(1) + 1.0f).square()) + 100.0f;
  }
};

const ebm::Box<2> kBox{{-2, -2}, {2, 2}};
const ebm::Points<float, 2> kNone(0, 2);
const ebm::TrainingStripOptions kSmall{.panel = 120, .resolution = 40};

int light(ebm::Color color) { return color.red + color.green + color.blue; }

}  // namespace

TEST_CASE("Each panel shows the landscape: dark in the well, which lies below and to the left") {
  ebm::TrainingStrip strip(kBox, kSmall);
  strip.add(0, Well{0}, kNone, kNone);
  strip.add(10, Well{3}, kNone, kNone);
  CHECK(strip.size() == 2);
  const ebm::Picture picture = strip.picture();
  // Panels are 120 wide from (18, 44) and (152, 44) on.
  const auto pixel = [&](int panel, double x, double y) {
    return picture(static_cast<ebm::Index>(18 + 134 * panel + 30 * (x + 2)),
                   static_cast<ebm::Index>(44 + 30 * (2 - y)));
  };
  CHECK(pixel(0, -1, -1) == ebm::kViridis(0));
  CHECK(pixel(0, 1, 1) == ebm::kViridis(0));
  CHECK(light(pixel(1, -1, -1)) < light(pixel(0, 1, 1)) + 30);
  for (const auto& [x, y] : {std::pair{1.0, 1.0}, {-1.0, 1.0}, {1.0, -1.0}}) CHECK(pixel(1, x, y) == ebm::kViridis(1));
}

TEST_CASE("Data and model samples are told apart") {
  ebm::TrainingStrip strip(kBox, kSmall), swapped(kBox, kSmall);
  ebm::Points<double, 2> left(1, 2), right(1, 2);
  left << -1, 0;
  right << 1, 0;
  strip.add(0, Well{0}, right, left);
  swapped.add(0, Well{0}, left, right);
  const ebm::Picture a = strip.picture(), b = swapped.picture();
  const ebm::Index y = 44 + 60;
  CHECK(light(a(18 + 30, y)) > 700);
  CHECK(a(18 + 90, y).red > a(18 + 90, y).green + 100);
  CHECK(b(18 + 30, y) == a(18 + 90, y));
}

TEST_CASE("Panels are set in rows, and what is not a number is striped") {
  ebm::TrainingStrip strip(kBox, {.panel = 120, .panels_in_row = 2, .resolution = 40});
  strip.add(0, Well{std::numeric_limits<float>::quiet_NaN()}, kNone, kNone);
  const ebm::Picture one = strip.picture();
  strip.add(1, Well{1}, kNone, kNone);
  const ebm::Picture two = strip.picture();
  strip.add(2, Well{1}, kNone, kNone);
  const ebm::Picture three = strip.picture();
  CHECK(two.width() == one.width() + 134);
  CHECK(two.height() == one.height());
  CHECK(three.width() == two.width());
  CHECK(three.height() == two.height() + 160);
  CHECK(one(60, 90) == ebm::fault_color(60, 90));
}

TEST_CASE("Strips that make no sense are refused") {
  CHECK_THROWS_AS(ebm::TrainingStrip(ebm::Box<2>{{0, 0}, {0, 1}}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::TrainingStrip(kBox, {.panel = 10}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::TrainingStrip(kBox, {.energy_shown = 0}), ebm::ValueError);
  ebm::TrainingStrip strip(kBox);
  CHECK_THROWS_AS(strip.picture(), ebm::ValueError);
  CHECK_THROWS_AS(strip.add(0, Well{1}, ebm::Points<float>(2, 3), kNone), ebm::ShapeError);
  CHECK(strip.size() == 0);
}
