// Bars and stripes: every image whose rows are each of one color (label 0), and every one whose columns are (label 1);
// the two that are both, all black and all white, occur once, among the bars. MacKay 2003, section 43.
//
// 2^(side + 1) - 2 images, pixels 0 or 255. A small set with structure, known whole: 30 images of 4 x 4, whose entropy
// log 30 no model's mean negative log-likelihood can go below. Also what stands in where no real images can be had.
#pragma once

#include <ebm/datasets/images.hpp>

namespace ebm {

// Each pixel of the pattern becomes a square of `magnification` pixels a side.
inline LabelledImages bars_and_stripes(Index side, Index magnification = 1) {
  require(side >= 1 && side <= 16, "side", static_cast<double>(side), "1 to 16");
  require(magnification >= 1 && magnification <= 64, "magnification", static_cast<double>(magnification), "1 to 64");
  const Index patterns = Index{1} << side, count = 2 * patterns - 2, width = side * magnification;
  LabelledImages images{width, width, 2, Points<std::uint8_t>(count, width * width), Values<int>(count)};
  for (Index row = 0; row < count; ++row) {
    const bool stripes = row >= patterns;
    const Index pattern = stripes ? row - patterns + 1 : row;
    images.labels(row) = stripes ? 1 : 0;
    for (Index i = 0; i < width * width; ++i) {
      const Index line = (stripes ? i % width : i / width) / magnification;
      images.pixels(row, i) = ((pattern >> line) & 1) != 0 ? 255 : 0;
    }
  }
  return images;
}

}  // namespace ebm
