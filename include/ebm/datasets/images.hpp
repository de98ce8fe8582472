// Images with labels, one a row of points, its pixels row after row from the top left corner.
//
//   const auto sets = ebm::split(images.shuffled(rng), 1500);
//   trainer.fit(sets.train.binarised(127), {}, rng);
#pragma once

#include <ebm/core/rng.hpp>
#include <ebm/core/shapes.hpp>

namespace ebm {

struct LabelledImages {
  Index height = 0, width = 0, classes = 0;
  Points<std::uint8_t> pixels;  // count x (height * width)
  Values<int> labels;           // 0 .. classes - 1

  Index count() const { return pixels.rows(); }

  // 1 where a pixel is more than the threshold, else 0.
  template <class Scalar = float>
  Points<Scalar> binarised(int threshold) const {
    require(threshold >= 0 && threshold < 255, "threshold", threshold, "0 to 254");
    return (pixels.array() > static_cast<std::uint8_t>(threshold)).template cast<Scalar>();
  }

  // Pixels from 0 to 1, `largest` being the value of white.
  template <class Scalar = float>
  Points<Scalar> scaled(double largest) const {
    require(largest > 0, "largest", largest, "more than 0");
    return pixels.template cast<Scalar>() / static_cast<Scalar>(largest);
  }

  LabelledImages rows(Index first, Index wanted) const {
    require(first >= 0 && first <= count(), "first", static_cast<double>(first), "a row of the images");
    require(wanted >= 0 && wanted <= count() - first, "wanted", static_cast<double>(wanted), "no more than there are");
    return {height, width, classes, pixels.middleRows(first, wanted), labels.segment(first, wanted)};
  }

  // In random order, a pure function of the generator.
  LabelledImages shuffled(Rng& rng) const {
    LabelledImages result{height, width, classes, Points<std::uint8_t>(count(), pixels.cols()), Values<int>(count())};
    const std::vector<Index> order = rng.stream().permutation(count());
    for (Index i = 0; i < pixels.cols(); ++i) {
      for (Index row = 0; row < count(); ++row) result.pixels(row, i) = pixels(order[static_cast<std::size_t>(row)], i);
    }
    for (Index row = 0; row < count(); ++row) result.labels(row) = labels(order[static_cast<std::size_t>(row)]);
    return result;
  }
};

struct ImageSets {
  LabelledImages train, test;
};

// The first `train_count` images, and the others.
inline ImageSets split(const LabelledImages& images, Index train_count) {
  require(train_count >= 0 && train_count <= images.count(), "train_count", static_cast<double>(train_count),
          "no more than there are images");
  return {images.rows(0, train_count), images.rows(train_count, images.count() - train_count)};
}

}  // namespace ebm
