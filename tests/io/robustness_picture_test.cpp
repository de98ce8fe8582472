#include <ebm/io/robustness_picture.hpp>

#include "support/catch.hpp"

namespace {

// Rows of a color in a column of the picture.
std::pair<ebm::Index, ebm::Index> rows_of(const ebm::Picture& picture, ebm::Index x, ebm::Color color) {
  ebm::Index first = -1, last = -1;
  for (ebm::Index y = 0; y < picture.height(); ++y) {
    if (picture(x, y) != color) continue;
    first = first < 0 ? y : first, last = y;
  }
  return {first, last};
}

}  // namespace

TEST_CASE("Curves of accuracy fall from left to right, the more robust one above the other") {
  const ebm::RobustnessCurve frail{{0, 0.1, 0.2}, {0.9, 0.4, 0.05}}, robust{{0, 0.1, 0.2}, {0.85, 0.8, 0.7}};
  const auto picture = ebm::robustness_picture({{"frail", frail}, {"robust", robust}}, {.width = 500, .height = 400});
  CHECK((picture.width() == 500 && picture.height() == 400));
  const auto frail_left = rows_of(picture, 200, ebm::kSeriesColors[0]),
             frail_right = rows_of(picture, 440, ebm::kSeriesColors[0]),
             robust_right = rows_of(picture, 440, ebm::kSeriesColors[1]);
  CHECK(frail_left.first > 0);
  CHECK(frail_right.first > frail_left.second + 50);
  CHECK(robust_right.first > 0);
  CHECK(robust_right.second + 100 < frail_right.first);
  CHECK_THROWS_AS(ebm::robustness_picture({}), ebm::ValueError);
}
