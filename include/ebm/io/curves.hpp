// Curves of several series on common axes, with a legend above them; either axis may be logarithmic.
#pragma once

#include <ebm/io/axes.hpp>
#include <ebm/io/colormap.hpp>

#include <optional>
#include <tuple>

namespace ebm {

// A line through (x[i], y[i]); without x, through (i, y[i]). Where a value has no place on the axes (not finite, or not
// positive on a logarithmic axis) the line has a gap.
struct Curve {
  std::string name = "";
  std::vector<double> y = {};
  std::vector<double> x = {};
  bool dashed = false;
};

// A histogram behind the curves: bars between neighbouring edges.
struct Bars {
  std::string name = "";
  std::vector<double> edges = {};
  std::vector<double> heights = {};
};

inline constexpr Color kBarColor = Color::hex(0xB9CDE0, 220);

struct CurvesOptions {
  int width = 900;
  int height = 540;
  std::string title = "";
  std::string x_label = "";
  std::string y_label = "";
  bool log_x = false;
  bool log_y = false;
  std::optional<std::pair<double, double>> y_range = {};  // default: all of every curve
  Bars bars = {};
};

namespace detail {

// Whether an axis can show the value.
inline bool has_place(double value, bool logarithmic) { return std::isfinite(value) && (!logarithmic || value > 0); }

struct Extent {
  double lower = std::numeric_limits<double>::infinity(), upper = -std::numeric_limits<double>::infinity();
  bool logarithmic = false;

  // Extends to a value that has a place on the axis.
  void include(double value) {
    if (!has_place(value, logarithmic)) return;
    lower = std::min(lower, value);
    upper = std::max(upper, value);
  }
  // Wider on both sides by a share of its length, and never empty.
  Axis widened(double share, const std::string& label) const {
    if (!(lower <= upper)) throw ValueError("curves: no value that the axis \"" + label + "\" can show");
    if (logarithmic) {
      const double factor = std::pow(upper / lower, share) * (lower == upper ? 2.0 : 1.0);
      return {lower / factor, upper * factor, label, true};
    }
    const double by = lower == upper ? 0.5 * std::max(1e-9, std::abs(lower)) : share * (upper - lower);
    return {lower - by, upper + by, label};
  }
};

// Cuts a path into dashes.
inline std::vector<Path> dashes(const std::vector<Path>& paths, double on, double off) {
  std::vector<Path> result;
  for (const Path& path : paths) {
    double left = on;
    bool drawing = true;
    for (std::size_t i = 1; i < path.size(); ++i) {
      Position at = path[i - 1];
      double length = std::hypot(path[i].x - at.x, path[i].y - at.y);
      if (drawing && i == 1) result.push_back({at});
      while (length > left) {
        at = {at.x + (path[i].x - at.x) * left / length, at.y + (path[i].y - at.y) * left / length};
        length -= left;
        if (drawing) result.back().push_back(at);
        drawing = !drawing;
        if (drawing) result.push_back({at});
        left = drawing ? on : off;
      }
      left -= length;
      if (drawing) result.back().push_back(path[i]);
    }
  }
  return result;
}

inline void draw_curve(Canvas& canvas, const std::vector<Path>& paths, bool dashed, Color color) {
  canvas.stroke(dashed ? dashes(paths, 7, 6) : paths, 2.2, color);
}

inline double abscissa(const Curve& curve, std::size_t i) {
  return curve.x.empty() ? static_cast<double>(i) : curve.x[i];
}

// The curve on the axes as paths, one for each stretch without a gap. A path stays near the area, however far the
// values lie.
inline std::vector<Path> curve_paths(const Curve& curve, const Axes& axes) {
  std::vector<Path> paths;
  bool gap = true;
  for (std::size_t i = 0; i < curve.y.size(); ++i) {
    const double x = abscissa(curve, i), y = curve.y[i];
    if (!has_place(x, axes.x.logarithmic) || !has_place(y, axes.y.logarithmic)) {
      gap = true;
      continue;
    }
    if (std::exchange(gap, false)) paths.emplace_back();
    const Position at = axes(x, y);
    const double reach = 10 * (axes.area.width() + axes.area.height());
    paths.back().push_back({std::clamp(at.x, -reach, reach), std::clamp(at.y, -reach, reach)});
  }
  return paths;
}

}  // namespace detail

inline Picture curves_picture(const std::vector<Curve>& curves, const CurvesOptions& options = {}) {
  detail::Extent x_extent{.logarithmic = options.log_x}, y_extent{.logarithmic = options.log_y};
  bool any_name = !options.bars.name.empty();
  for (const Curve& curve : curves) {
    require(curve.x.empty() || curve.x.size() == curve.y.size(), ("length of x of curve " + curve.name).c_str(),
            static_cast<double>(curve.x.size()), "the length of y");
    any_name = any_name || !curve.name.empty();
    for (std::size_t i = 0; i < curve.y.size(); ++i) {
      if (!detail::has_place(curve.y[i], options.log_y)) continue;
      x_extent.include(detail::abscissa(curve, i));
      y_extent.include(curve.y[i]);
    }
  }
  const Bars& bars = options.bars;
  require(bars.heights.empty() || bars.edges.size() == bars.heights.size() + 1, "edges of bars",
          static_cast<double>(bars.edges.size()), "one more than heights");
  for (const double edge : bars.edges) x_extent.include(edge);
  for (const double height : bars.heights) y_extent.include(height);
  if (!bars.heights.empty()) y_extent.include(0);

  Axes axes{
      {}, x_extent.widened(bars.edges.empty() ? 0.02 : 0, options.x_label), y_extent.widened(0.05, options.y_label)};
  if (!bars.heights.empty() && !options.log_y) axes.y.lower = std::min(0.0, y_extent.lower);
  if (options.y_range) std::tie(axes.y.lower, axes.y.upper) = *options.y_range;

  // The legend is set in rows above the axes.
  const double edge = 18, text_size = 16, swatch = 30, swatch_gap = 8, entry_gap = 26;
  axes.y.ticks_wanted = std::max(2, options.height / 90);
  axes.x.ticks_wanted = std::max(2, options.width / 110);
  const double left = std::ceil(edge + axes.room_left()), right = options.width - edge - 8;
  struct Entry {
    const Curve* curve;
    Color color;
    Position at;
  };
  std::vector<Entry> legend;
  double next = 0, row = 0;
  const auto place = [&](const std::string& name) {
    const double width = swatch + swatch_gap + text_width(name, text_size);
    if (next > 0 && next + width > right - left) {
      next = 0;
      row += 1;
    }
    const Position at{left + next, row * 1.6 * text_size};
    next += width + entry_gap;
    return at;
  };
  for (std::size_t i = 0; i < curves.size(); ++i) {
    legend.push_back({&curves[i], kSeriesColors[i % kSeriesColors.size()], place(curves[i].name)});
  }
  const Position bars_at = place(bars.name);
  const double legend_top = options.title.empty() ? edge : edge + 34;
  const double top = legend_top + (any_name ? (row + 1) * 1.6 * text_size + 6 : 0);
  axes.area = {left, top, right, std::floor(options.height - edge - axes.room_below())};
  require(axes.area.width() >= 50 && axes.area.height() >= 50, "height", options.height,
          "more pixels, because labels leave no room");

  Canvas canvas(options.width, options.height);
  axes.draw_grid(canvas);
  canvas.clip(axes.area);
  for (std::size_t i = 0; i < bars.heights.size(); ++i) {
    const Position a = axes(bars.edges[i], std::max(bars.heights[i], axes.y.lower)),
                   b = axes(bars.edges[i + 1], axes.y.lower);
    canvas.fill({a.x + 0.5, a.y, b.x - 0.5, b.y}, kBarColor);
  }
  for (const Entry& entry : legend) {
    detail::draw_curve(canvas, detail::curve_paths(*entry.curve, axes), entry.curve->dashed, entry.color);
  }
  canvas.unclip();
  axes.draw(canvas);
  for (const Entry& entry : legend) {
    if (entry.curve->name.empty()) continue;
    const double y = legend_top + entry.at.y + 0.8 * text_size;
    detail::draw_curve(canvas, {{{entry.at.x, y}, {entry.at.x + swatch, y}}}, entry.curve->dashed, entry.color);
    draw_text(canvas, entry.curve->name, {entry.at.x + swatch + swatch_gap, y + 0.35 * text_size}, {.size = text_size});
  }
  if (!bars.name.empty()) {
    const double y = legend_top + bars_at.y + 0.8 * text_size;
    canvas.fill({bars_at.x + 4, y - 6, bars_at.x + swatch, y + 6}, kBarColor);
    draw_text(canvas, bars.name, {bars_at.x + swatch + swatch_gap, y + 0.35 * text_size}, {.size = text_size});
  }
  if (!options.title.empty()) draw_title(canvas, options.title, {left, legend_top, right, 0});
  return canvas.picture();
}

}  // namespace ebm
