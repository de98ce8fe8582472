// The 1797 handwritten digits of scikit-learn, 8 x 8 pixels from 0 to 16 (the test set of Alpaydin & Kaynak 1998). This
// header needs zlib: link ebm::zlib.
//
// Debian's package python3-sklearn holds them, as gzipped CSV: 64 pixels and the label a line. It need not be
// installed, unpacking it is enough.
#pragma once

#include <ebm/datasets/images.hpp>
#include <ebm/io/csv.hpp>
#include <ebm/io/gzip.hpp>

namespace ebm {

// The file of the digits, if the package is unpacked under `root`, or installed.
inline std::optional<std::string> find_digits(const std::string& root = "") {
  const std::string path = "/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz";
  return find_file({root + path, path});
}

inline LabelledImages read_digits(const std::string& path) {
  constexpr Index pixels = 64, classes = 10;
  const Points<double> values = parse_csv<double>(read_gzip(path, std::size_t{1} << 20), path).values;
  if (values.cols() != pixels + 1)
    throw Error(joined({path, ": ", count_text(values.cols()), " columns, wanted 64 pixels and the label"}));
  if (values.rows() == 0) throw Error(joined({path, ": no digits"}));
  LabelledImages images{8, 8, classes, Points<std::uint8_t>(values.rows(), pixels), Values<int>(values.rows())};
  for (Index row = 0; row < values.rows(); ++row) {
    for (Index i = 0; i <= pixels; ++i) {
      const double value = values(row, i);
      if (!(value >= 0 && value <= (i < pixels ? 16 : classes - 1) && value == std::floor(value)))
        throw Error(joined({path, ": line ", count_text(row + 1), ": ", to_text(value),
                            i < pixels ? ", wanted a pixel of 0 to 16" : ", wanted a label of 0 to 9"}));
      if (i < pixels) {
        images.pixels(row, i) = static_cast<std::uint8_t>(value);
      } else {
        images.labels(row) = static_cast<int>(value);
      }
    }
  }
  return images;
}

}  // namespace ebm
