// A map of values in colors with points over it, and the bar that explains the colors.
#pragma once

#include <ebm/io/axes.hpp>
#include <ebm/io/colormap.hpp>
#include <ebm/io/density_grid.hpp>

namespace ebm {

// Values from `lower` to `upper` get the colors of the map, and values beyond those of its ends.
struct ColorScale {
  Colormap colormap = kViridis;
  double lower = 0, upper = 1;

  Color operator()(double value) const { return colormap((value - lower) / (upper - lower)); }
};

// Points as small dots.
struct Dots {
  Points<double, 2> points;
  Color color = Color::hex(0xFFFFFF, 150);
  double radius = 1.6;
  Color rim = Color::hex(0x000000, 0);  // drawn around each dot, half a pixel wide, if it is opaque at all
};

// At most `count` rows of any matrix, evenly spread, as doubles.
template <class Derived>
Points<double, 2> thinned(const Eigen::DenseBase<Derived>& points, Index count) {
  require_shape("points", points, kAny, 2);
  require(count >= 0, "points shown", static_cast<double>(count), "at least 0");
  const Index shown = std::min(points.rows(), count);
  Points<double, 2> result(shown, 2);
  for (Index row = 0; row < shown; ++row) {
    for (Index i = 0; i < 2; ++i) {
      result(row, i) = static_cast<double>(points.derived().coeff(row * points.rows() / shown, i));
    }
  }
  return result;
}

// The smallest box around the finite rows, wider on every side by a share of its size.
[[gnu::noinline]] inline Box<2> box_around(const Points<double, 2>& points, double margin) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Box<2> box{{infinity, infinity}, {-infinity, -infinity}};
  for (Index row = 0; row < points.rows(); ++row) {
    if (!std::isfinite(points(row, 0)) || !std::isfinite(points(row, 1))) continue;
    for (int i = 0; i < 2; ++i) {
      box.lower[i] = std::min(box.lower[i], points(row, i));
      box.upper[i] = std::max(box.upper[i], points(row, i));
    }
  }
  if (!(box.lower[0] <= box.upper[0])) throw ValueError("points: no finite row, wanted at least 1, or a box");
  for (int i = 0; i < 2; ++i) {
    const double side = box.upper[i] - box.lower[i];
    const double wider = side > 0 ? margin * side : 0.5 * std::max(1.0, std::abs(box.upper[i]));
    box.lower[i] -= wider;
    box.upper[i] += wider;
  }
  return box;
}

// What is not a number is striped, unlike any color of a map.
inline Color fault_color(Index x, Index y) { return (x + y) % 8 < 4 ? Color::hex(0xE6194B) : Color::hex(0xFFFFFF); }

// Colors every pixel of the area, interpolating between the centres of cells; the first row of cells lies at the
// bottom. Returns how many cells are not a number.
inline Index draw_heat_map(Canvas& canvas, const Area& area, const GridValues& grid, const ColorScale& scale) {
  const auto cell = [](double position, Index count) {
    return std::clamp(static_cast<Index>(std::floor(position)), Index{0}, count - 1);
  };
  for (Index y = static_cast<Index>(area.top); y < static_cast<Index>(area.bottom); ++y) {
    const double v = (area.bottom - static_cast<double>(y) - 0.5) / area.height() * static_cast<double>(grid.rows());
    for (Index x = static_cast<Index>(area.left); x < static_cast<Index>(area.right); ++x) {
      const double u = (static_cast<double>(x) + 0.5 - area.left) / area.width() * static_cast<double>(grid.columns());
      const Index i = cell(u - 0.5, grid.columns()), j = cell(v - 0.5, grid.rows());
      const Index next_i = cell(u + 0.5, grid.columns()), next_j = cell(v + 0.5, grid.rows());
      const double a = i == next_i ? 0.0 : u - 0.5 - static_cast<double>(i);
      const double b = j == next_j ? 0.0 : v - 0.5 - static_cast<double>(j);
      const auto& values = grid.values;
      double value = (1 - b) * ((1 - a) * values(i, j) + a * values(next_i, j)) +
                     b * ((1 - a) * values(i, next_j) + a * values(next_i, next_j));
      if (!std::isfinite(value)) value = values(cell(u, grid.columns()), cell(v, grid.rows()));
      canvas.blend(x, y, std::isnan(value) ? fault_color(x, y) : scale(value), 1);
    }
  }
  Index faults = 0;
  for (Index i = 0; i < grid.values.size(); ++i) faults += std::isnan(grid.values.data()[i]) ? 1 : 0;
  return faults;
}

// Returns how many points lie outside the axes, or are not finite.
[[gnu::noinline]] inline Index draw_dots(Canvas& canvas, const Axes& axes, const Dots& dots) {
  Index outside = 0;
  canvas.clip(axes.area);
  for (Index row = 0; row < dots.points.rows(); ++row) {
    const double x = dots.points(row, 0), y = dots.points(row, 1);
    if (!(x >= axes.x.lower && x <= axes.x.upper && y >= axes.y.lower && y <= axes.y.upper)) {
      ++outside;
      continue;
    }
    if (dots.rim.alpha > 0) canvas.disc(axes(x, y), dots.radius + 0.8, dots.rim);
    canvas.disc(axes(x, y), dots.radius, dots.color);
  }
  canvas.unclip();
  return outside;
}

// A bar of the scale's colors in the area, with ticks and the label on its right.
[[gnu::noinline]] inline void draw_color_bar(Canvas& canvas, const Area& area, const ColorScale& scale,
                                             const std::string& label, double text_size = 16) {
  for (Index y = static_cast<Index>(area.top); y < static_cast<Index>(area.bottom); ++y) {
    const Color color = scale.colormap((area.bottom - static_cast<double>(y) - 0.5) / area.height());
    canvas.fill({area.left, static_cast<double>(y), area.right, static_cast<double>(y) + 1}, color);
  }
  const Axes axes{area, {}, {scale.lower, scale.upper, ""}, text_size};
  double widest = 0;
  const double right = std::floor(area.right) + 0.5;
  for (const Tick& tick : axes.y.ticks()) {
    const double at = std::floor(axes(0, tick.value).y) + 0.5;
    canvas.line({{right, at}, {right + kTickLength, at}}, 1, kInk);
    draw_text(canvas, tick.label, {right + kTickLength + 4, at + 0.35 * text_size}, {.size = text_size});
    widest = std::max(widest, text_width(tick.label, text_size));
  }
  const double left = std::floor(area.left) + 0.5, top = std::floor(area.top) + 0.5,
               bottom = std::floor(area.bottom) + 0.5;
  canvas.line({{left, top}, {right, top}, {right, bottom}, {left, bottom}, {left, top}}, 1, kInk);
  draw_text(canvas, label, {right + kTickLength + 4 + widest + 1.2 * text_size, (area.top + area.bottom) / 2},
            {.size = text_size, .align = Align::centre, .vertical = true});
}

// Pixels that the bar's ticks and label take on its right.
[[gnu::noinline]] inline double color_bar_room(const ColorScale& scale, const std::string& label,
                                               double text_size = 16) {
  double widest = 0;
  for (const Tick& tick : linear_ticks(scale.lower, scale.upper))
    widest = std::max(widest, text_width(tick.label, text_size));
  return kTickLength + 5 + widest + (label.empty() ? 0 : 1.6 * text_size);
}

}  // namespace ebm
