// Color scales whose steps look equally large: viridis and magma (Smith and van der Walt 2015, dedicated to the public
// domain), each as 17 stops, between which is interpolated.
#pragma once

#include <ebm/io/picture.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace ebm {

struct Colormap {
  std::array<std::uint32_t, 17> stops;  // 0xRRGGBB from the lowest value to the highest

  // t from 0 to 1, and the color at the nearer end beyond; t is a number.
  Color operator()(double t) const {
    const double position = std::clamp(t, 0.0, 1.0) * 16;
    const std::size_t below = std::min(static_cast<std::size_t>(position), std::size_t{15});
    const double share = position - static_cast<double>(below);
    const Color a = Color::hex(stops[below]), b = Color::hex(stops[below + 1]);
    const auto mix = [share](std::uint8_t from, std::uint8_t to) {
      return static_cast<std::uint8_t>(std::lround(from + share * (to - from)));
    };
    return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
  }

  Colormap reversed() const {
    Colormap result = *this;
    std::reverse(result.stops.begin(), result.stops.end());
    return result;
  }
};

inline constexpr Colormap kViridis{{0x440154, 0x48186a, 0x472d7b, 0x424086, 0x3b528b, 0x33638d, 0x2c728e, 0x26828e,
                                    0x21918c, 0x1fa088, 0x28ae80, 0x3fbc73, 0x5ec962, 0x84d44b, 0xaddc30, 0xd8e219,
                                    0xfde725}};
inline constexpr Colormap kMagma{{0x000004, 0x0a0822, 0x1d1147, 0x36106b, 0x51127c, 0x6a1c81, 0x832681, 0x9c2e7f,
                                  0xb73779, 0xd0416f, 0xe75263, 0xf56b5c, 0xfc8961, 0xfea772, 0xfec488, 0xfde2a3,
                                  0xfcfdbf}};

// Colors that tell series apart, for colorblind readers too (Okabe and Ito 2008).
inline constexpr std::array<Color, 7> kSeriesColors{Color::hex(0x0072B2), Color::hex(0xD55E00), Color::hex(0x009E73),
                                                    Color::hex(0xCC79A7), Color::hex(0xE69F00), Color::hex(0x56B4E9),
                                                    Color::hex(0x333333)};

}  // namespace ebm
