#include <ebm/io/image_grid.hpp>

#include "support/catch.hpp"

namespace {

ebm::Points<double> three() {
  ebm::Points<double> images(3, 6);  // 2 rows of 3 pixels
  images << 0, 1, 0, 1, 0, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 0, 0, 0;
  return images;
}

}  // namespace

TEST_CASE("Images stand in rows of a grid, their pixels as squares") {
  const auto grid = ebm::image_grid("", three(), 2, 3, 64, 2);
  const ebm::Picture picture = ebm::image_grid_picture({grid}, {.pixel = 4});
  CHECK(picture.width() == 18 + 2 * 12 + 3 + 18);
  CHECK(picture.height() == 18 + 26 + 2 * 8 + 3 + 18);
  // The middle of a pixel of an image.
  const auto at = [&](int column, int row, int x, int y) {
    return picture(18 + column * 15 + 4 * x + 2, 44 + row * 11 + 4 * y + 2);
  };
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) {
      CHECK(at(0, 0, x, y) == ebm::kGreys(three()(0, 3 * y + x)));
      CHECK(at(1, 0, x, y) == ebm::kGreys(0.5));
      CHECK(at(0, 1, x, y) == ebm::kGreys(y == 0 ? 1 : 0));
    }
  }
  CHECK(at(1, 1, 1, 1) == ebm::Color::hex(0xFFFFFF));  // no image there
}

TEST_CASE("Filters are drawn in the scale of their own largest weight") {
  ebm::Points<double> filters(2, 2);
  filters << -0.01, 0.005, 0, 100;
  const auto grid = ebm::filter_grid("", filters, 1, 2);
  const ebm::Picture picture = ebm::image_grid_picture({grid}, {.pixel = 4});
  const auto at = [&](int image, int x) { return picture(18 + image * 11 + 4 * x + 2, 46); };
  CHECK(at(0, 0) == ebm::kBlueOrange(0));
  CHECK(at(0, 1) == ebm::kBlueOrange(0.75));
  CHECK(at(1, 0) == ebm::kBlueOrange(0.5));
  CHECK(at(1, 1) == ebm::kBlueOrange(1));
}

TEST_CASE("Several grids stand side by side, only so many images are shown, and one color is no fault") {
  const auto grid = ebm::image_grid("black", ebm::Points<double>::Zero(100, 4), 2, 2, 6, 3);
  CHECK(grid.images.rows() == 6);
  const ebm::Picture picture = ebm::image_grid_picture({grid, grid}, {.pixel = 2, .title = "two"});
  CHECK(picture.width() == 2 * 18 + 2 * (3 * 4 + 2 * 3) + 28);
  CHECK(picture(19, 18 + 34 + 26 + 1) == ebm::Color::hex(0x000000));
}

TEST_CASE("Errors of image grids name what is wrong") {
  CHECK_THROWS_AS(ebm::image_grid("", three(), 2, 2), ebm::ShapeError);
  CHECK_THROWS_AS(ebm::image_grid_picture({}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::image_grid_picture({ebm::image_grid("", three().topRows(0), 2, 3)}), ebm::ValueError);
}
