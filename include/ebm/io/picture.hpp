// A picture in memory: rows from the top, eight bits each of red, green, blue (sRGB) and opacity, not multiplied in.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

#include <cstdint>
#include <vector>

namespace ebm {

struct Color {
  std::uint8_t red = 0, green = 0, blue = 0, alpha = 255;

  // 0xRRGGBB.
  static constexpr Color hex(std::uint32_t code, std::uint8_t alpha = 255) {
    return {static_cast<std::uint8_t>(code >> 16), static_cast<std::uint8_t>(code >> 8),
            static_cast<std::uint8_t>(code), alpha};
  }
  friend bool operator==(const Color&, const Color&) = default;
};

class Picture {
 public:
  Picture(Index width, Index height, Color fill = Color::hex(0xFFFFFF)) : width_(width), height_(height) {
    require(width >= 1 && width <= 32768, "width", static_cast<double>(width), "1 to 32768 pixels");
    require(height >= 1 && height <= 32768, "height", static_cast<double>(height), "1 to 32768 pixels");
    pixels_.assign(static_cast<std::size_t>(width * height), fill);
  }

  Index width() const { return width_; }
  Index height() const { return height_; }
  const Color* data() const { return pixels_.data(); }

  Color& operator()(Index x, Index y) { return pixels_[static_cast<std::size_t>(y * width_ + x)]; }
  const Color& operator()(Index x, Index y) const { return pixels_[static_cast<std::size_t>(y * width_ + x)]; }

  friend bool operator==(const Picture&, const Picture&) = default;

 private:
  Index width_, height_;
  std::vector<Color> pixels_;
};

}  // namespace ebm
