#include <ebm/io/colormap.hpp>

#include "support/catch.hpp"

#include <vector>

namespace {

// CIE 1976 lightness L*, 0 to 100, of an sRGB color.
double lightness(ebm::Color color) {
  const auto linear = [](std::uint8_t value) {
    const double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  const double y = 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

// The largest deviation of the lightness from a straight line between the ends.
double unevenness(const ebm::Colormap& map) {
  const double first = lightness(map(0)), last = lightness(map(1));
  double worst = 0;
  for (int i = 0; i <= 100; ++i)
    worst = std::max(worst, std::abs(lightness(map(i / 100.0)) - (first + (last - first) * i / 100)));
  return worst;
}

}  // namespace

TEST_CASE("The lightness of viridis and magma rises evenly") {
  CHECK(unevenness(ebm::kViridis) < 6);
  CHECK(unevenness(ebm::kMagma) < 6);
  CHECK(unevenness(ebm::kMagma.reversed()) < 6);
  for (int i = 1; i <= 64; ++i) CHECK(lightness(ebm::kMagma(i / 64.0)) > lightness(ebm::kMagma((i - 1) / 64.0)));

  // One wrong stop is seen.
  ebm::Colormap wrong = ebm::kViridis;
  std::swap(wrong.stops[7], wrong.stops[9]);
  CHECK(unevenness(wrong) > 6);
}

TEST_CASE("Ends are exact and hold beyond") {
  CHECK(ebm::kViridis(0) == ebm::Color::hex(0x440154));
  CHECK(ebm::kViridis(1) == ebm::Color::hex(0xfde725));
  CHECK(ebm::kViridis(-3) == ebm::kViridis(0));
  CHECK(ebm::kViridis(1e300) == ebm::kViridis(1));
  CHECK(ebm::kViridis(0.5) == ebm::Color::hex(0x21918c));
  CHECK(ebm::kViridis.reversed()(0.25) == ebm::kViridis(0.75));
}

TEST_CASE("No two series look alike") {
  for (std::size_t i = 0; i < ebm::kSeriesColors.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const ebm::Color a = ebm::kSeriesColors[i], b = ebm::kSeriesColors[j];
      CHECK(std::abs(a.red - b.red) + std::abs(a.green - b.green) + std::abs(a.blue - b.blue) > 80);
    }
  }
}
