#include <ebm/io/gallery.hpp>

#include "support/catch.hpp"

namespace {

// Likely on the right, and highest at y = 1/2.
struct Slope {
  using Scalar = double;
  static constexpr int dim = 2;
  ebm::Lanes<double> energy(const ebm::Tile<double, 2>& x) const {
    return -4.0 * x.col(0) + 8.0 * (x.col(1) - 0.5).square();
  }
};

const ebm::Box<2> kBox{{-1, -1}, {1, 1}};
int light(ebm::Color color) { return color.red + color.green + color.blue; }

}  // namespace

TEST_CASE("Panels are square, in the order given, with the same place for the same point") {
  ebm::Points<double, 2> point(1, 2);
  point << 0.9, 0.5;
  const std::vector<ebm::GalleryPanel> panels{ebm::points_panel("data", point, kBox),
                                              ebm::density_panel("model", Slope{}, kBox, {.resolution = 50})};
  const ebm::Picture picture = ebm::gallery_picture(panels, {.columns = 2, .panel = 100});
  CHECK(picture.width() == 2 * 18 + 2 * 100 + 14);
  CHECK(picture.height() == 2 * 18 + 26 + 100);
  const auto pixel = [&](int panel, double x, double y) {
    return picture(static_cast<ebm::Index>(18 + 114 * panel + 50 * (x + 1)),
                   static_cast<ebm::Index>(44 + 50 * (1 - y)));
  };
  for (const int panel : {0, 1}) {
    CHECK(light(pixel(panel, 0.9, 0.5)) > 220);
    CHECK(light(pixel(panel, -0.9, 0.5)) < 100);
    CHECK(light(pixel(panel, 0.9, -0.5)) < 200);
  }
  CHECK(ebm::gallery_picture(panels, {.columns = 1, .panel = 100}).height() == 2 * 18 + 2 * 126 + 14);
}

TEST_CASE("Boxes are made square around their centre") {
  const ebm::Box<2> box = ebm::squared({{0, 1}, {4, 2}});
  CHECK((box.lower.isApprox(Eigen::Array2d(0, -0.5)) && box.upper.isApprox(Eigen::Array2d(4, 3.5))));
}

TEST_CASE("Galleries without panels are refused") {
  CHECK_THROWS_AS(ebm::gallery_picture({}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::gallery_picture({{}}, {.columns = 0}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::gallery_picture({{}}, {.panel = 1}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::points_panel("", ebm::Points<float>(2, 3), kBox), ebm::ShapeError);
}
