// Anti-aliased drawing on a picture: rectangles, discs and strokes with round ends, each pixel covered by its share.
//
// Positions are in pixels from the top left corner; the centre of the first pixel is (0.5, 0.5). A stroke of several
// paths covers their union once, so that translucent lines do not darken where they cross.
#pragma once

#include <ebm/io/picture.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ebm {

struct Position {
  double x = 0, y = 0;
};

using Path = std::vector<Position>;

struct Area {
  double left = 0, top = 0, right = 0, bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
  Area shrunk(double by) const { return {left + by, top + by, right - by, bottom - by}; }
};

class Canvas {
 public:
  Canvas(Index width, Index height, Color background = Color::hex(0xFFFFFF))
      : picture_(width, height, background), clip_(whole()) {}

  const Picture& picture() const { return picture_; }
  Area whole() const { return {0, 0, static_cast<double>(picture_.width()), static_cast<double>(picture_.height())}; }

  // What is drawn from now on shows inside this area only.
  void clip(const Area& area) {
    const double width = whole().right, height = whole().bottom;
    clip_ = {std::clamp(area.left, 0.0, width), std::clamp(area.top, 0.0, height), 0, 0};
    clip_.right = std::clamp(area.right, clip_.left, width);
    clip_.bottom = std::clamp(area.bottom, clip_.top, height);
  }
  void unclip() { clip_ = whole(); }

  // Covers a pixel by this share (0 to 1) of the color's opacity.
  void blend(Index x, Index y, Color color, double coverage) {
    const double alpha = coverage * color.alpha / 255.0;
    Color& pixel = picture_(x, y);
    const auto mix = [alpha](std::uint8_t under, std::uint8_t over) {
      return static_cast<std::uint8_t>(std::lround(under + alpha * (over - under)));
    };
    pixel.red = mix(pixel.red, color.red);
    pixel.green = mix(pixel.green, color.green);
    pixel.blue = mix(pixel.blue, color.blue);
    pixel.alpha = mix(pixel.alpha, 255);
  }

  void fill(const Area& area, Color color) {
    const Pixels box = pixels_within(area);
    const auto overlap = [](double from, double to, Index pixel) {
      const double start = static_cast<double>(pixel);
      return std::clamp(std::min(to, start + 1) - std::max(from, start), 0.0, 1.0);
    };
    for (Index y = box.top; y < box.bottom; ++y) {
      for (Index x = box.left; x < box.right; ++x) {
        blend(x, y, color, overlap(area.left, area.right, x) * overlap(area.top, area.bottom, y));
      }
    }
  }

  void disc(Position centre, double radius, Color color) { line({centre}, 2 * radius, color); }

  [[gnu::noinline]] void stroke(const std::vector<Path>& paths, double width, Color color) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Area bounds{infinity, infinity, -infinity, -infinity};
    for (const Path& path : paths) {
      for (const Position& p : path) {
        bounds = {std::min(bounds.left, p.x), std::min(bounds.top, p.y), std::max(bounds.right, p.x),
                  std::max(bounds.bottom, p.y)};
      }
    }
    const double reach = std::max(width, 1.0) / 2 + 0.5;
    const Pixels box = pixels_within(bounds.shrunk(-reach));
    if (box.left >= box.right || box.top >= box.bottom) return;

    coverage_.assign(static_cast<std::size_t>((box.right - box.left) * (box.bottom - box.top)), 0.0f);
    for (const Path& path : paths) {
      for (std::size_t i = 0; i < path.size(); ++i) {
        if (i > 0 || path.size() == 1) cover_segment(box, path[i > 0 ? i - 1 : 0], path[i], width);
      }
    }
    for (Index y = box.top; y < box.bottom; ++y) {
      for (Index x = box.left; x < box.right; ++x) {
        const float covered = coverage_[offset(box, x, y)];
        if (covered > 0) blend(x, y, color, static_cast<double>(covered));
      }
    }
  }

  void line(Path path, double width, Color color) { stroke(std::vector<Path>{std::move(path)}, width, color); }

 private:
  struct Pixels {
    Index left, top, right, bottom;
  };

  static std::size_t offset(const Pixels& box, Index x, Index y) {
    return static_cast<std::size_t>((y - box.top) * (box.right - box.left) + x - box.left);
  }

  // The pixels that an area touches inside the clip; none if a side is not a number.
  Pixels pixels_within(const Area& area) const {
    for (const double side : {area.left, area.top, area.right, area.bottom}) {
      if (std::isnan(side)) return {0, 0, 0, 0};
    }
    const auto inside = [](double value, double lower, double upper) {
      return static_cast<Index>(std::clamp(value, lower, upper));
    };
    return {inside(std::floor(area.left), std::floor(clip_.left), clip_.right),
            inside(std::floor(area.top), std::floor(clip_.top), clip_.bottom),
            inside(std::ceil(area.right), std::floor(clip_.left), clip_.right),
            inside(std::ceil(area.bottom), std::floor(clip_.top), clip_.bottom)};
  }

  // A pixel is covered as far as a half plane at its distance from the segment would cover it.
  void cover_segment(const Pixels& box, Position a, Position b, double width) {
    const double half = std::max(width, 1.0) / 2, opacity = std::min(width, 1.0);
    const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    const Pixels near = pixels_within(
        Area{std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)}.shrunk(-half - 0.5));
    for (Index y = std::max(near.top, box.top); y < std::min(near.bottom, box.bottom); ++y) {
      for (Index x = std::max(near.left, box.left); x < std::min(near.right, box.right); ++x) {
        const double px = static_cast<double>(x) + 0.5 - a.x, py = static_cast<double>(y) + 0.5 - a.y;
        const double along = length2 > 0 ? std::clamp((px * dx + py * dy) / length2, 0.0, 1.0) : 0.0;
        const double distance = std::hypot(px - along * dx, py - along * dy);
        const double covered = opacity * std::clamp(half + 0.5 - distance, 0.0, 1.0);
        float& pixel = coverage_[offset(box, x, y)];
        pixel = std::max(pixel, static_cast<float>(covered));
      }
    }
  }

  Picture picture_;
  Area clip_;
  std::vector<float> coverage_;
};

}  // namespace ebm
