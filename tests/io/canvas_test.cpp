#include <ebm/io/canvas.hpp>

#include "support/catch.hpp"

namespace {

const ebm::Color kBlack = ebm::Color::hex(0x000000);

// How much is covered, in pixels, by black on white.
double covered_area(const ebm::Picture& picture) {
  double sum = 0;
  for (ebm::Index i = 0; i < picture.width() * picture.height(); ++i) sum += (255 - picture.data()[i].red) / 255.0;
  return sum;
}

}  // namespace

TEST_CASE("Shapes cover their area, wherever they lie between pixels") {
  const double x = GENERATE(20.0, 20.25, 20.5, 20.9);
  ebm::Canvas rectangle(60, 60), disc(60, 60), line(60, 60);
  rectangle.fill({x, 10.3, x + 12.4, 30.8}, kBlack);
  CHECK(covered_area(rectangle.picture()) == Approx(12.4 * 20.5).margin(0.5));
  disc.disc({x, 30.7}, 8, kBlack);
  CHECK(covered_area(disc.picture()) == Approx(201.06).epsilon(0.01));
  line.line({{x, 10}, {x + 15, 40}}, 3, kBlack);
  CHECK(covered_area(line.picture()) == Approx(3 * std::hypot(15, 30) + 7.07).epsilon(0.02));
}

TEST_CASE("A thin line keeps its place and its share of ink") {
  ebm::Canvas canvas(40, 40);
  canvas.line({{5, 20.5}, {35, 20.5}}, 0.5, kBlack);
  CHECK(covered_area(canvas.picture()) == Approx(0.5 * 30).margin(1.5));
  CHECK(canvas.picture()(20, 20).red < 135);
  CHECK(canvas.picture()(20, 19).red == 255);
}

TEST_CASE("Paths of one stroke cover their crossing once, and two strokes twice") {
  const ebm::Color half{0, 0, 0, 128};
  const ebm::Path across{{5, 20.5}, {35, 20.5}}, down{{20.5, 5}, {20.5, 35}};
  ebm::Canvas once(40, 40), twice(40, 40);
  once.stroke({across, down}, 3, half);
  twice.line(across, 3, half);
  twice.line(down, 3, half);
  CHECK(once.picture()(20, 20) == once.picture()(10, 20));
  CHECK(twice.picture()(20, 20).red < twice.picture()(10, 20).red - 40);
}

TEST_CASE("Nothing is drawn outside the clip or the picture") {
  ebm::Canvas canvas(40, 30);
  canvas.clip({10, 10, 20, 20});
  canvas.fill({-100, -100, 100, 100}, kBlack);
  CHECK(covered_area(canvas.picture()) == Approx(100));
  CHECK(canvas.picture()(10, 10) == kBlack);
  CHECK(canvas.picture()(9, 10).red == 255);
  canvas.unclip();
  canvas.line({{-1e9, 15}, {1e9, 15}}, 2, kBlack);
  CHECK(canvas.picture()(39, 15) == kBlack);
  canvas.disc({1000, -1000}, 5, kBlack);
  canvas.clip({500, 500, 600, 600});
  canvas.fill({0, 0, 1000, 1000}, ebm::Color::hex(0xFF0000));
  CHECK(canvas.picture()(39, 15) == kBlack);
}

TEST_CASE("Positions that are not numbers draw nothing") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  ebm::Canvas canvas(20, 20);
  canvas.disc({nan, 10}, 3, kBlack);
  canvas.line({{nan, nan}, {5, nan}}, 2, kBlack);
  canvas.fill({nan, 0, 10, 10}, kBlack);
  canvas.disc({infinity, 3}, 3, kBlack);
  canvas.stroke({}, 1, kBlack);
  CHECK(covered_area(canvas.picture()) == 0);
}
