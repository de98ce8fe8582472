// Reliability diagrams (DeGroot & Fienberg 1983): how often a classifier is right, against how sure it is; a panel for
// each of several classifiers, and below it the share of points that each bin holds.
//
// A bar reaches up to the accuracy of its bin, or to its confidence where that is less; what lies between the two is in
// a color that says which is larger. A calibrated classifier has its bars end on the diagonal.
#pragma once

#include <ebm/diagnostics/calibration_error.hpp>
#include <ebm/io/curves.hpp>

namespace ebm {

struct ReliabilityPanel {
  std::string title;
  Calibration calibration;
};

struct ReliabilityOptions {
  int panel = 270;  // pixels of a panel's side
  int panels_in_row = 4;
  std::string title = "";
};

inline constexpr Color kTooSureColor = Color::hex(0xE8A06A), kUnsureColor = Color::hex(0x6CBFA3);

namespace detail {

inline void draw_reliability(Canvas& canvas, const Calibration& calibration, const Axes& axes, const Axes& shares) {
  double rows = 0;
  for (const ReliabilityBin& bin : calibration.bins) rows += static_cast<double>(bin.count);
  axes.draw_grid(canvas);
  for (const ReliabilityBin& bin : calibration.bins) {
    if (bin.count == 0) continue;
    const auto bar = [&](const Axes& on, double from, double to, Color color) {
      const Position a = on(bin.lower, std::max(from, to)), b = on(bin.upper, std::min(from, to));
      canvas.fill({a.x + 1, a.y, b.x - 1, b.y}, color);
    };
    bar(axes, 0, std::min(bin.accuracy, bin.confidence), kBarColor);
    bar(axes, bin.accuracy, bin.confidence, bin.confidence > bin.accuracy ? kTooSureColor : kUnsureColor);
    bar(shares, 0, static_cast<double>(bin.count) / rows, kBarColor);
  }
  canvas.stroke(dashes({{axes(0, 0), axes(1, 1)}}, 7, 6), 1.5, kInk);
  axes.draw(canvas);
  shares.draw(canvas);
}

inline void draw_reliability_legend(Canvas& canvas, Position at, double text_size) {
  const std::pair<Color, std::string> entries[] = {{kTooSureColor, "too sure"}, {kUnsureColor, "not sure enough"}};
  for (const auto& [color, text] : entries) {
    canvas.fill({at.x, at.y - 0.75 * text_size, at.x + 20, at.y}, color);
    draw_text(canvas, text, {at.x + 28, at.y}, {.size = text_size});
    at.x += 28 + text_width(text, text_size) + 26;
  }
}

}  // namespace detail

[[gnu::noinline]] inline Picture reliability_picture(const std::vector<ReliabilityPanel>& panels,
                                                     const ReliabilityOptions& options = {}) {
  require(!panels.empty(), "panels", 0, "at least 1");
  require(options.panel >= 100, "panel", options.panel, "at least 100 pixels");
  require(options.panels_in_row >= 1, "panels in a row", options.panels_in_row, "at least 1");
  const Index columns = std::min(static_cast<Index>(panels.size()), Index{options.panels_in_row});
  const Index rows = (static_cast<Index>(panels.size()) + columns - 1) / columns;
  const double side = options.panel, edge = 18, caption = 48, between = 30, legend = 22, text_size = 15;
  Axes axes{{}, {0, 1, "", false, 5}, {0, 1, "accuracy", false, 5}, text_size};
  Axes shares{{}, {0, 1, "confidence", false, 5}, {0, 1, "share", false, 2}, text_size};
  const double left = std::ceil(axes.room_left()), top = edge + (options.title.empty() ? 0 : 34);
  const double share_height = std::floor(0.25 * side), width = left + side + edge;
  const double height = caption + side + between + share_height + std::ceil(shares.room_below()) + edge;
  Canvas canvas(static_cast<Index>(edge + static_cast<double>(columns) * width),
                static_cast<Index>(top + static_cast<double>(rows) * height + legend));
  for (std::size_t k = 0; k < panels.size(); ++k) {
    const Index i = static_cast<Index>(k);
    const double x = edge + left + static_cast<double>(i % columns) * width;
    const double y = top + caption + static_cast<double>(i / columns) * height;
    axes.area = {x, y, x + side, y + side};
    shares.area = {x, y + side + between, x + side, y + side + between + share_height};
    const Calibration& calibration = panels[k].calibration;
    detail::draw_reliability(canvas, calibration, axes, shares);
    const auto line = [&](const std::string& text, double up, double size) {
      draw_text(canvas, text, {x + side / 2, y - up}, {.size = size, .align = Align::centre});
    };
    line(panels[k].title, 30, 17);
    char numbers[80];
    std::snprintf(numbers, sizeof numbers, "accuracy %.3f, calibration error %.3f", calibration.accuracy,
                  calibration.error);
    line(numbers, 9, 14);
  }
  detail::draw_reliability_legend(canvas, {edge + left, canvas.whole().bottom - edge}, text_size);
  if (!options.title.empty()) draw_title(canvas, options.title, {0, top, canvas.whole().right, canvas.whole().bottom});
  return canvas.picture();
}

}  // namespace ebm
