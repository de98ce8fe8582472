// PredictiveDensity: a density of one target on cells of equal width, and what is asked of it.
//
//   log Z = log sum_i exp(log density_i) width;  probabilities, mean, sd, quantiles and central intervals of the cells
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/exponential.hpp>
#include <ebm/core/shapes.hpp>

#include <algorithm>
#include <cmath>

namespace ebm {

struct CredibleInterval {
  double lower, upper;
};

class PredictiveDensity {
 public:
  // Log densities at the centres of the cells, up to a constant.
  PredictiveDensity(double lower, double width, Values<double> log_density)
      : lower_(lower), width_(width), log_density_(std::move(log_density)), cumulative_(log_density_.size()) {
    require(log_density_.size() >= 1, "log_density: size", static_cast<double>(log_density_.size()), "at least 1");
    require(width > 0, "width", width, "more than 0");
    double largest = log_density_(0), sum = 0;
    for (Index i = 1; i < cells(); ++i) largest = std::max(largest, log_density_(i));
    if (!std::isfinite(largest)) throw NumericalError("predictive density: no cell has a finite energy");
    for (Index i = 0; i < cells(); ++i) cumulative_(i) = sum += ebm::exp(log_density_(i) - largest);
    if (!std::isfinite(sum)) throw NumericalError("predictive density: an energy is not a number");
    log_partition_ = largest + ebm::log(sum) + ebm::log(width);
    for (Index i = 0; i < cells(); ++i) {
      cumulative_(i) /= sum;
      log_density_(i) -= log_partition_;
    }
  }

  Index cells() const { return log_density_.size(); }
  double centre(Index cell) const { return ebm::fma(static_cast<double>(cell) + 0.5, width_, lower_); }
  double log_partition() const { return log_partition_; }
  const Values<double>& log_density() const { return log_density_; }  // normalised, at the centres

  double mean() const {
    return expectation([](double y) { return y; });
  }
  double sd() const {
    const double centre = mean();
    return std::sqrt(expectation([&](double y) { return (y - centre) * (y - centre); }));
  }

  // The target below which the probability is q, linear within a cell.
  double quantile(double q) const {
    require(q >= 0 && q <= 1, "q", q, "0 to 1");
    const double* end = cumulative_.data() + cells();
    const Index cell = std::min<Index>(std::lower_bound(cumulative_.data(), end, q) - cumulative_.data(), cells() - 1);
    const double below = cell > 0 ? cumulative_(cell - 1) : 0.0, within = cumulative_(cell) - below;
    const double part = within > 0 ? std::min((q - below) / within, 1.0) : 0.5;
    return ebm::fma(static_cast<double>(cell) + part, width_, lower_);
  }

  // Holds the probability `level`, with as much below as above.
  CredibleInterval interval(double level = 0.95) const {
    require(level > 0 && level < 1, "level", level, "more than 0, less than 1");
    return {quantile(0.5 * (1 - level)), quantile(0.5 * (1 + level))};
  }

 private:
  template <class F>
  double expectation(F f) const {
    double sum = 0;
    for (Index i = 0; i < cells(); ++i)
      sum = ebm::fma(cumulative_(i) - (i > 0 ? cumulative_(i - 1) : 0.0), f(centre(i)), sum);
    return sum;
  }

  double lower_, width_;
  Values<double> log_density_, cumulative_;
  double log_partition_;
};

}  // namespace ebm
