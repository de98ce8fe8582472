// A pair of axes around an area of a canvas: where a value lies, the frame, ticks, labels and grid lines.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/io/font.hpp>
#include <ebm/io/ticks.hpp>

namespace ebm {

struct Axis {
  double lower = 0, upper = 1;
  std::string label;
  bool logarithmic = false;
  int ticks_wanted = 6;

  std::vector<Tick> ticks() const {
    return logarithmic ? logarithmic_ticks(lower, upper, ticks_wanted) : linear_ticks(lower, upper, ticks_wanted);
  }
  // 0 at the lower end, 1 at the upper.
  double fraction(double value) const {
    return logarithmic ? std::log(value / lower) / std::log(upper / lower) : (value - lower) / (upper - lower);
  }
};

inline constexpr Color kInk = Color::hex(0x262626);
inline constexpr double kTickLength = 5;

struct Axes {
  Area area;  // inside the frame
  Axis x, y;
  double text_size = 16;

  Position operator()(double at_x, double at_y) const {
    return {area.left + x.fraction(at_x) * area.width(), area.bottom - y.fraction(at_y) * area.height()};
  }
  Position operator()(Position p) const { return (*this)(p.x, p.y); }

  // Room that ticks and labels take on the left of the area, and below it.
  [[gnu::noinline]] double room_left() const {
    double widest = 0;
    for (const Tick& tick : y.ticks()) widest = std::max(widest, text_width(tick.label, text_size));
    return kTickLength + 5 + widest + (y.label.empty() ? 0 : 1.3 * text_size);
  }
  double room_below() const { return kTickLength + 1.3 * text_size + (x.label.empty() ? 0 : 1.4 * text_size); }

  [[gnu::noinline]] void draw_grid(Canvas& canvas, Color color = Color::hex(0xE6E6E6)) const {
    for (const Tick& tick : x.ticks()) {
      if (tick.label.empty()) continue;
      const double at = snapped((*this)(tick.value, y.lower).x);
      canvas.line({{at, area.top}, {at, area.bottom}}, 1, color);
    }
    for (const Tick& tick : y.ticks()) {
      if (tick.label.empty()) continue;
      const double at = snapped((*this)(x.lower, tick.value).y);
      canvas.line({{area.left, at}, {area.right, at}}, 1, color);
    }
  }

  [[gnu::noinline]] void draw(Canvas& canvas) const {
    const Area frame{snapped(area.left), snapped(area.top), snapped(area.right), snapped(area.bottom)};
    canvas.line({{frame.left, frame.top},
                 {frame.right, frame.top},
                 {frame.right, frame.bottom},
                 {frame.left, frame.bottom},
                 {frame.left, frame.top}},
                1, kInk);
    for (const Tick& tick : x.ticks()) {
      const double at = snapped((*this)(tick.value, y.lower).x);
      canvas.line({{at, frame.bottom}, {at, frame.bottom + length(tick)}}, 1, kInk);
      draw_text(canvas, tick.label, {at, std::round(frame.bottom + kTickLength + 1.1 * text_size)},
                {.size = text_size, .align = Align::centre});
    }
    double widest = 0;
    for (const Tick& tick : y.ticks()) {
      const double at = snapped((*this)(x.lower, tick.value).y);
      canvas.line({{frame.left - length(tick), at}, {frame.left, at}}, 1, kInk);
      draw_text(canvas, tick.label, {frame.left - kTickLength - 5, at + 0.35 * text_size},
                {.size = text_size, .align = Align::right});
      widest = std::max(widest, text_width(tick.label, text_size));
    }
    draw_text(canvas, x.label, {(area.left + area.right) / 2, std::round(frame.bottom + kTickLength + 2.5 * text_size)},
              {.size = text_size, .align = Align::centre});
    draw_text(canvas, y.label, {frame.left - kTickLength - 5 - widest - 0.6 * text_size, (area.top + area.bottom) / 2},
              {.size = text_size, .align = Align::centre, .vertical = true});
  }

 private:
  static double length(const Tick& tick) { return tick.label.empty() ? 0.6 * kTickLength : kTickLength; }

  // The centre of the pixel, so that thin lines are sharp.
  static double snapped(double at) { return std::floor(at) + 0.5; }
};

// A title in the middle above an area.
[[gnu::noinline]] inline void draw_title(Canvas& canvas, std::string_view title, const Area& area, double size = 20) {
  draw_text(canvas, title, {(area.left + area.right) / 2, std::round(area.top - 0.6 * size)},
            {.size = size, .color = kInk, .align = Align::centre, .weight = 1.15});
}

}  // namespace ebm
