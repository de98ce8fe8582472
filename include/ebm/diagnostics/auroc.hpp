// auroc: how well a score tells two sets apart, the area under the curve of true against false positives,
//
//   AUROC = P(s > s') + P(s = s') / 2,   s of the set that should score higher, s' of the other
//
// the Mann-Whitney statistic over the number of pairs. 0.5 is a coin; ties count half.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

#include <algorithm>
#include <vector>

namespace ebm {

template <class Higher, class Lower>
double auroc(const Eigen::DenseBase<Higher>& higher, const Eigen::DenseBase<Lower>& lower) {
  require_shape("higher", higher, kAny, 1);
  require_shape("lower", lower, kAny, 1);
  require(higher.rows() >= 1, "higher: rows", static_cast<double>(higher.rows()), "at least 1");
  require(lower.rows() >= 1, "lower: rows", static_cast<double>(lower.rows()), "at least 1");
  const auto sorted = [](const auto& scores, const char* name) {
    std::vector<double> result;
    for (Index i = 0; i < scores.rows(); ++i) {
      result.push_back(static_cast<double>(scores.derived().coeff(i)));
      require(result.back() == result.back(), name, result.back(), "numbers");
    }
    std::sort(result.begin(), result.end());
    return result;
  };
  const std::vector<double> high = sorted(higher, "higher"), low = sorted(lower, "lower");
  double pairs = 0;
  std::size_t below = 0, not_above = 0;  // of the lower scores, as seen from each of the higher ones
  for (const double score : high) {
    while (below < low.size() && low[below] < score) ++below;
    while (not_above < low.size() && low[not_above] <= score) ++not_above;
    pairs += 0.5 * static_cast<double>(below + not_above);
  }
  return pairs / (static_cast<double>(high.size()) * static_cast<double>(low.size()));
}

}  // namespace ebm
