#include <ebm/io/heat_map.hpp>

#include "support/catch.hpp"

namespace {

// Highest at (2.5, 1) in a box that is symmetric in nothing.
struct Hill {
  using Scalar = float;
  static constexpr int dim = 2;
  ebm::Lanes<float> energy(const ebm::Tile<float, 2>& x) const {
    return 2.0f * (x.col(0) - 2.5f).square() + 3.0f * (x.col(1) - 1.0f).square();
  }
};
const ebm::Box<2> kBox{{-1, -2}, {3, 2}};

// The centre of the pixels that are brightest, in units of the box.
Eigen::Array2d brightest(const ebm::Picture& picture, const ebm::Area& area) {
  int best = -1;
  double sum_x = 0, sum_y = 0, count = 0;
  for (ebm::Index y = 0; y < picture.height(); ++y) {
    for (ebm::Index x = 0; x < picture.width(); ++x) {
      const ebm::Color color = picture(x, y);
      const int light = color.red + color.green + color.blue;
      if (light < best) continue;
      if (light > best) sum_x = sum_y = count = 0;
      best = light;
      sum_x += static_cast<double>(x) + 0.5;
      sum_y += static_cast<double>(y) + 0.5;
      count += 1;
    }
  }
  return {-1 + 4 * (sum_x / count - area.left) / area.width(), 2 - 4 * (sum_y / count - area.top) / area.height()};
}

Eigen::Array2d brightest_of(const ebm::GridValues& grid) {
  const ebm::Area area{10, 20, 210, 180};
  const double largest = *std::max_element(grid.values.data(), grid.values.data() + grid.values.size());
  ebm::Canvas canvas(240, 220, ebm::Color::hex(0x000000));
  ebm::draw_heat_map(canvas, area, grid, {ebm::kMagma, 0, largest});
  return brightest(canvas.picture(), area);
}

// Columns, rows or both in the opposite order.
ebm::GridValues flipped(const ebm::GridValues& grid, bool columns, bool rows) {
  ebm::GridValues result = grid;
  for (ebm::Index j = 0; j < grid.rows(); ++j) {
    for (ebm::Index i = 0; i < grid.columns(); ++i) {
      result.values(i, j) = grid.values(columns ? grid.columns() - 1 - i : i, rows ? grid.rows() - 1 - j : j);
    }
  }
  return result;
}

bool at_the_top_of_the_hill(const ebm::GridValues& grid) {
  return ((brightest_of(grid) - Eigen::Array2d(2.5, 1.0)).abs() < 0.05).all();
}

}  // namespace

TEST_CASE("The brightest pixels of a density lie where it is largest") {
  const ebm::GridValues grid = ebm::density_grid(Hill{}, kBox, 160, 80);
  CHECK(at_the_top_of_the_hill(grid));

  // Maps that are flipped or turned do not pass.
  CHECK_FALSE(at_the_top_of_the_hill(flipped(grid, false, true)));
  CHECK_FALSE(at_the_top_of_the_hill(flipped(grid, true, false)));
  CHECK_FALSE(at_the_top_of_the_hill({kBox, grid.values.transpose()}));
}

TEST_CASE("Dots lie where the same point of the map is") {
  const ebm::Axes axes{{10, 20, 210, 180}, {-1, 3, ""}, {-2, 2, ""}};
  ebm::Canvas canvas(240, 220, ebm::Color::hex(0x000000));
  ebm::Points<double, 2> points(1, 2);
  points << 2.5, 1.0;
  CHECK(ebm::draw_dots(canvas, axes, {points, ebm::Color::hex(0xFFFFFF), 3}) == 0);
  CHECK(((brightest(canvas.picture(), axes.area) - Eigen::Array2d(2.5, 1.0)).abs() < 0.05).all());
}

TEST_CASE("Every pixel has the color of its value, and values beyond the scale that of its ends") {
  const ebm::GridValues grid{kBox, (Eigen::ArrayXXd(2, 1) << -1, 3).finished()};
  ebm::Canvas canvas(40, 10);
  CHECK(ebm::draw_heat_map(canvas, canvas.whole(), grid, {ebm::kViridis, 0, 2}) == 0);
  CHECK(canvas.picture()(0, 5) == ebm::kViridis(0));
  CHECK(canvas.picture()(39, 5) == ebm::kViridis(1));
  CHECK(canvas.picture()(20, 5) == ebm::kViridis((1 + 4 * 0.5 / 20) / 2));
}

TEST_CASE("Cells that are not numbers are striped and counted, and hide no neighbour") {
  ebm::GridValues grid{kBox, Eigen::ArrayXXd::Constant(4, 4, 1.0)};
  grid.values(1, 3) = std::numeric_limits<double>::quiet_NaN();
  grid.values(3, 3) = std::numeric_limits<double>::infinity();
  ebm::Canvas canvas(80, 80);
  CHECK(ebm::draw_heat_map(canvas, canvas.whole(), grid, {ebm::kViridis, 0, 1}) == 1);
  for (ebm::Index x = 0; x < 80; ++x) {
    for (ebm::Index y = 0; y < 80; ++y) {
      const bool fault = x / 20 == 1 && y / 20 == 0;
      if (canvas.picture()(x, y) != (fault ? ebm::fault_color(x, y) : ebm::kViridis(1))) FAIL(x << ", " << y);
    }
  }
}

TEST_CASE("Points are thinned evenly, and what lies outside is counted") {
  ebm::Points<float> points(10, 2);
  for (int i = 0; i < 10; ++i) points.row(i) << static_cast<float>(i), 0.0f;
  const auto shown = ebm::thinned(points, 4);
  CHECK(shown.col(0) == Eigen::Vector4d(0, 2, 5, 7));
  CHECK(ebm::thinned(points, 99).rows() == 10);
  CHECK(ebm::thinned(points.array(), 0).rows() == 0);
  CHECK_THROWS_AS(ebm::thinned(ebm::Points<float>(3, 3), 4), ebm::ShapeError);

  points(0, 1) = std::numeric_limits<float>::quiet_NaN();
  const ebm::Axes axes{{0, 0, 50, 50}, {0, 6.5, ""}, {-1, 1, ""}};
  ebm::Canvas canvas(50, 50);
  CHECK(ebm::draw_dots(canvas, axes, {ebm::thinned(points, 10)}) == 4);
}

TEST_CASE("The box around points holds the finite ones and a margin") {
  ebm::Points<double, 2> points(3, 2);
  points << 0, 1, 10, 3, std::numeric_limits<double>::infinity(), 100;
  const ebm::Box<2> box = ebm::box_around(points, 0.1);
  CHECK((box.lower.isApprox(Eigen::Array2d(-1, 0.8)) && box.upper.isApprox(Eigen::Array2d(11, 3.2))));
  const ebm::Box<2> one = ebm::box_around(points.topRows(1), 0.1);
  CHECK((one.lower < Eigen::Array2d(0, 1)).all());
  CHECK_THROWS_AS(ebm::box_around(points.bottomRows(1), 0.1), ebm::ValueError);
  CHECK_THROWS_AS(ebm::box_around(points.topRows(0), 0.1), ebm::ValueError);
}

TEST_CASE("A color bar runs from below to above within its area") {
  ebm::Canvas canvas(200, 120);
  const ebm::ColorScale scale{ebm::kViridis, 0, 0.16};
  ebm::draw_color_bar(canvas, {10, 10, 30, 110}, scale, "density");
  CHECK(canvas.picture()(20, 108) == ebm::kViridis(0.015));
  CHECK(canvas.picture()(20, 11) == ebm::kViridis(0.985));
  const double room = 30 + ebm::color_bar_room(scale, "density");
  for (ebm::Index y = 0; y < 120; ++y) {
    for (ebm::Index x = static_cast<ebm::Index>(room) + 1; x < 200; ++x) CHECK(canvas.picture()(x, y).red == 255);
  }
}
