#include <ebm/io/curves.hpp>

#include "support/catch.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Ink {
  ebm::Index count = 0, left = 1 << 20, top = 1 << 20, right = -1, bottom = -1;
};
// The pixels of exactly this color.
Ink ink(const ebm::Picture& picture, ebm::Color color) {
  Ink box;
  for (ebm::Index y = 0; y < picture.height(); ++y) {
    for (ebm::Index x = 0; x < picture.width(); ++x) {
      if (picture(x, y) == color)
        box = {box.count + 1, std::min(box.left, x), std::min(box.top, y), std::max(box.right, x),
               std::max(box.bottom, y)};
    }
  }
  return box;
}

}  // namespace

TEST_CASE("A rising curve rises, and larger series lie above smaller ones") {
  const ebm::Curve high{"", {3, 3, 3}}, low{"", {1, 1, 1}};
  const auto picture = ebm::curves_picture({high, low}, {.width = 400, .height = 300});
  CHECK(ink(picture, ebm::kSeriesColors[0]).bottom < ink(picture, ebm::kSeriesColors[1]).top - 100);

  const auto rising = ebm::curves_picture({{"", {0, 10}}}, {.width = 400, .height = 300});
  const Ink box = ink(rising, ebm::kSeriesColors[0]);
  CHECK(box.count > 200);
  ebm::Index column_low = 0, column_high = 0;
  for (ebm::Index y = 0; y < 300; ++y) {
    if (rising(box.left + 3, y) == ebm::kSeriesColors[0]) column_low = y;
    if (rising(box.right - 3, y) == ebm::kSeriesColors[0]) column_high = y;
  }
  CHECK(column_low > column_high + 100);
}

TEST_CASE("Powers are straight lines on logarithmic axes, and bent ones on linear axes") {
  ebm::Curve curve;
  for (int i = 0; i <= 40; ++i) {
    curve.x.push_back(std::pow(10.0, i / 10.0));
    curve.y.push_back(100 * std::pow(curve.x.back(), -1.5));
  }
  const auto bend = [&](bool logarithmic) {
    const ebm::Axis x{1, 1e4, "", logarithmic}, y{1e-4, 100, "", logarithmic};
    const auto paths = ebm::detail::curve_paths(curve, {{0, 0, 400, 300}, x, y});
    REQUIRE(paths.size() == 1);
    const ebm::Position a = paths[0].front(), middle = paths[0][20], b = paths[0].back();
    return std::hypot(middle.x - (a.x + b.x) / 2, middle.y - (a.y + b.y) / 2);
  };
  CHECK(bend(true) < 1e-9);
  CHECK(bend(false) > 50);
  CHECK(ebm::curves_picture({curve}, {.log_x = true, .log_y = true}).width() == 900);
}

TEST_CASE("Values without a place leave a gap, and far ones stay representable") {
  const ebm::Axes axes{{0, 0, 100, 100}, {0, 6, ""}, {0, 1, ""}};
  const auto paths = ebm::detail::curve_paths({"", {0, 1, kNaN, 1, 1e300, 0}}, axes);
  REQUIRE(paths.size() == 2);
  CHECK(paths[0].size() == 2);
  CHECK(paths[1].size() == 3);
  CHECK(std::abs(paths[1][1].y) < 1e5);
  ebm::Axes logarithmic = axes;
  logarithmic.y = {1e-3, 1, "", true};
  CHECK(ebm::detail::curve_paths({"", {1, -1, 0, 1}}, logarithmic).size() == 2);
}

TEST_CASE("Dashes cover their share of the length, corners or not") {
  const auto cut = ebm::detail::dashes({{{0, 0}, {50, 0}, {50, 0}, {50, 80}}}, 7, 6);
  double length = 0;
  for (const ebm::Path& path : cut) {
    for (std::size_t i = 1; i < path.size(); ++i)
      length += std::hypot(path[i].x - path[i - 1].x, path[i].y - path[i - 1].y);
  }
  CHECK(cut.size() == 10);
  CHECK(length == Approx(70));
  const ebm::Curve dashed{"", {1, 1}, {}, true};
  const auto picture = ebm::curves_picture({dashed}, {.width = 400, .height = 300});
  const auto solid = ebm::curves_picture({{"", {1, 1}}}, {.width = 400, .height = 300});
  const double share = static_cast<double>(ink(picture, ebm::kSeriesColors[0]).count) /
                       static_cast<double>(ink(solid, ebm::kSeriesColors[0]).count);
  CHECK((share > 0.4 && share < 0.8));
}

TEST_CASE("A legend names the curves, in as many rows as it needs") {
  const std::vector<double> y{1, 2};
  const auto top_of_frame = [](const std::vector<ebm::Curve>& curves) {
    const ebm::Picture picture = ebm::curves_picture(curves, {.width = 500, .height = 300});
    for (ebm::Index row = 0; row < 300; ++row) {
      int count = 0;
      for (ebm::Index x = 0; x < 500; ++x) count += picture(x, row) == ebm::kInk ? 1 : 0;
      if (count > 300) return row;
    }
    return ebm::Index{-1};
  };
  const ebm::Index none = top_of_frame({{"", y}}), one = top_of_frame({{"a", y}, {"b", y}});
  const ebm::Index two = top_of_frame({{"a curve with a long name", y}, {"another with a long name", y}});
  CHECK(one > none + 15);
  CHECK(two > one + 15);
}

TEST_CASE("Curves that cannot be drawn are refused with their name") {
  CHECK_THROWS_WITH(ebm::curves_picture({}), ContainsSubstring("no value"));
  CHECK_THROWS_WITH(ebm::curves_picture({{"", {kNaN}}}), ContainsSubstring("no value"));
  CHECK_THROWS_WITH(ebm::curves_picture({{"", {-1, 0}}}, {.y_label = "error", .log_y = true}),
                    ContainsSubstring("no value that the axis \""));
  CHECK_THROWS_WITH(ebm::curves_picture({{"loss", {1, 2}, {1}}}),
                    ContainsSubstring("curve loss: 1, wanted the length of y"));
  CHECK_THROWS_WITH(ebm::curves_picture({{"", {1, 2}}}, {.bars = {"", {0, 1}, {1, 1}}}),
                    ContainsSubstring("edges of bars: 2"));
  CHECK_THROWS_AS(ebm::curves_picture({{"", {1, 2}}}, {.height = 60}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::curves_picture({{"", {1, 2}}}, {.y_range = std::pair{2.0, 1.0}}), ebm::ValueError);
  CHECK(ebm::curves_picture({{"", {5}}}).width() == 900);
  CHECK(ebm::curves_picture({{"", {0, 0}}}).width() == 900);
}
