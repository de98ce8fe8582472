// calibration_error: does a classifier that is sure to 80 % be right in 80 % of the cases?
//
//   ECE = sum over bins of (n_b / n) |accuracy_b - confidence_b|
//
// The expected calibration error of Naeini, Cooper & Hauskrecht 2015, as in Guo et al. 2017, eq. 3: rows are put into
// bins of equal width, (b / B, (b + 1) / B], by the probability of the class that is most likely. The bins are a
// reliability diagram.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

#include <cmath>
#include <vector>

namespace ebm {

struct ReliabilityBin {
  double lower = 0, upper = 0;
  Index count = 0;
  double confidence = 0, accuracy = 0;  // means over the bin's rows; 0 where it has none
};

struct Calibration {
  double error = 0;     // expected calibration error
  double accuracy = 0;  // share of rows whose most likely class is theirs
  double mean_confidence = 0;
  std::vector<ReliabilityBin> bins = {};
};

// Probabilities of the classes, one row a point, and the true class of each.
template <class Derived>
Calibration calibration_error(const Eigen::DenseBase<Derived>& probabilities, const Values<int>& labels,
                              Index bins = 15) {
  const Index rows = probabilities.rows(), classes = probabilities.cols();
  require(rows >= 1, "probabilities: rows", static_cast<double>(rows), "at least 1");
  require(classes >= 1, "probabilities: columns", static_cast<double>(classes), "at least 1");
  require_shape("labels", labels, rows, 1);
  require(bins >= 1, "bins", static_cast<double>(bins), "at least 1");
  Calibration result;
  result.bins.resize(static_cast<std::size_t>(bins));
  const auto edge = [&](Index b) { return static_cast<double>(b) / static_cast<double>(bins); };
  for (Index b = 0; b < bins; ++b) {
    result.bins[static_cast<std::size_t>(b)].lower = edge(b);
    result.bins[static_cast<std::size_t>(b)].upper = edge(b + 1);
  }
  for (Index row = 0; row < rows; ++row) {
    require(labels(row) >= 0 && labels(row) < classes, "labels", labels(row), "one of the classes");
    Index best = 0;
    for (Index y = 1; y < classes; ++y) {
      if (probabilities.derived().coeff(row, y) > probabilities.derived().coeff(row, best)) best = y;
    }
    const double confidence = static_cast<double>(probabilities.derived().coeff(row, best));
    require(confidence >= 0 && confidence <= 1 + 1e-5, "probabilities", confidence, "numbers from 0 to 1");
    const Index bin = static_cast<Index>(std::ceil(confidence * static_cast<double>(bins))) - 1;
    ReliabilityBin& at = result.bins[static_cast<std::size_t>(std::min(std::max<Index>(bin, 0), bins - 1))];
    const double right = best == labels(row) ? 1 : 0;
    ++at.count;
    at.confidence += confidence, at.accuracy += right;
    result.mean_confidence += confidence, result.accuracy += right;
  }
  for (ReliabilityBin& bin : result.bins) {
    if (bin.count == 0) continue;
    result.error += std::abs(bin.accuracy - bin.confidence);
    bin.confidence /= static_cast<double>(bin.count);
    bin.accuracy /= static_cast<double>(bin.count);
  }
  result.error /= static_cast<double>(rows);
  result.accuracy /= static_cast<double>(rows);
  result.mean_confidence /= static_cast<double>(rows);
  return result;
}

}  // namespace ebm
