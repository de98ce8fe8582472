#include <ebm/io/density_picture.hpp>

#include "support/catch.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

// Highest at (x, y), and no energy above y = 3.
struct Hill {
  using Scalar = float;
  static constexpr int dim = 2;
  float x, y;
  template <class V>
  V lane_value(const std::array<V, 2>& at) const {
    const V dx = at[0] - V(x), dy = at[1] - V(y);
    return V(2.0f) * (dx * dx + dy * dy) + ebm::sqrt(V(3.0f) - at[1]);
  }
};

const ebm::Points<double, 2> kNone(0, 2);
const ebm::DensityOptions kOptions{.width = 400, .box = ebm::Box<2>{{-4, -2}, {4, 2}}, .resolution = 100};

// Where the map's brightest pixels are, in quarters of the picture: -1 left or above, +1 right or below. The color bar
// is left out.
std::pair<int, int> brightest(const ebm::Picture& picture) {
  ebm::Index best_x = 0, best_y = 0;
  int best = -1;
  for (ebm::Index y = 0; y < picture.height(); ++y) {
    for (ebm::Index x = 0; x < picture.width() - 120; ++x) {
      const ebm::Color color = picture(x, y);
      if (color.red < 200 || color.blue > 200 || color.green < best) continue;  // the end of magma
      best = color.green;
      best_x = x;
      best_y = y;
    }
  }
  return {best_x > (picture.width() - 100) / 2 ? 1 : -1, best_y > (picture.height() - 30) / 2 ? 1 : -1};
}

}  // namespace

TEST_CASE("A density is bright where the model is likely, in each of the four quarters") {
  CHECK(brightest(ebm::density_picture(Hill{2.5f, 1}, kNone, kOptions)) == std::pair{1, -1});
  CHECK(brightest(ebm::density_picture(Hill{2.5f, -1}, kNone, kOptions)) == std::pair{1, 1});
  CHECK(brightest(ebm::density_picture(Hill{-2.5f, 1}, kNone, kOptions)) == std::pair{-1, -1});
  CHECK(brightest(ebm::density_picture(Hill{-2.5f, -1}, kNone, kOptions)) == std::pair{-1, 1});
}

TEST_CASE("A picture has the width asked for, and the height of its box") {
  const auto picture = ebm::density_picture(Hill{0, 0}, kNone, kOptions);
  CHECK(picture.width() == 400);
  CHECK((picture.height() > 150 && picture.height() < 260));
  ebm::DensityOptions titled = kOptions;
  titled.title = "Title";
  CHECK(ebm::density_picture(Hill{0, 0}, kNone, titled).height() > picture.height() + 20);
}

TEST_CASE("The grid is the box around the points, with the longer side at full resolution") {
  ebm::Points<float> points(2, 2);
  points << -1, 0, 3, 2;
  const auto grid = ebm::density_grid(Hill{0, 0}, points, {.margin = 0.25, .resolution = 60});
  CHECK(grid.columns() == 60);
  CHECK(grid.rows() == 30);
  CHECK(grid.box.lower.isApprox(Eigen::Array2d(-2, -0.5)));
  CHECK(grid.box.upper.isApprox(Eigen::Array2d(4, 2.5)));
}

TEST_CASE("Energies that are not numbers are striped and said to be") {
  ebm::DensityOptions high = kOptions;
  high.box = ebm::Box<2>{{-4, 2}, {4, 6}};
  const auto picture = ebm::density_picture(Hill{0, 2.5f}, kNone, high);
  CHECK(picture.height() > ebm::density_picture(Hill{0, 0}, kNone, kOptions).height() + 20);
  int striped = 0;
  for (ebm::Index y = 0; y < picture.height() / 2; ++y) striped += picture(150, y) == ebm::fault_color(0, 0) ? 1 : 0;
  CHECK(striped > 40);
}

TEST_CASE("Any values have a picture, constant ones too, unless none is finite") {
  const ebm::Box<2> box{{0, 0}, {1, 1}};
  CHECK(ebm::values_picture({box, Eigen::ArrayXXd::Constant(4, 4, -3.0)}, kNone, {.width = 300}).width() == 300);
  CHECK(ebm::values_picture({box, Eigen::ArrayXXd::Zero(4, 4)}, kNone, {.width = 300}).width() == 300);
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(ebm::values_picture({box, Eigen::ArrayXXd::Constant(4, 4, infinity)}, kNone), ebm::NumericalError);
}

TEST_CASE("What cannot be shown is refused with its name") {
  CHECK_THROWS_WITH(ebm::density_picture(Hill{0, 0}, kNone), ContainsSubstring("points: no finite row"));
  CHECK_THROWS_WITH(ebm::density_picture(Hill{0, 0}, ebm::Points<float>(5, 3), kOptions),
                    ContainsSubstring("points: shape 5 x 3"));
  CHECK_THROWS_WITH(ebm::density_picture(Hill{0, 0}, kNone, {.width = 90, .box = kOptions.box}),
                    ContainsSubstring("width: 90"));
  CHECK_THROWS_AS(ebm::density_picture(Hill{0, 0}, kNone, {.box = ebm::Box<2>{{0, 0}, {0, 1}}}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::density_picture(Hill{0, 0}, kNone, {.box = kOptions.box, .resolution = 0}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::density_picture(Hill{0, 0}, kNone, {.box = kOptions.box, .points_shown = -1}), ebm::ValueError);
}
