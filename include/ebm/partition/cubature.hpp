// Adaptive cubature of integrands given by their logarithm, several integrals at once, on a box that may grow.
//
//   integrals[0] = integral of w,   integrals[k] = integral of w g_k,   w = exp(log w - largest log w seen)
//
// An integrand writes log w and the factors g_k of many points in one call:
//   integrand(points, log_weights, factors)      N x Dim; N; N x number of factors, of that size already
// By the rule of partition/genz_malik.hpp on the cells of partition/cell_division.hpp, refined where errors are large.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/function_ref.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/partition/cell_division.hpp>
#include <ebm/partition/genz_malik.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace ebm::detail {

template <int Dim>
class Cubature {
 public:
  using Rule = GenzMalik<Dim>;
  using Factors = Eigen::ArrayXXd;
  using Integrand = FunctionRef<void(const Points<double, Dim>&, Values<double>&, Factors&)>;
  using FaceMass = std::array<double, 2 * Dim>;

  // An integral of w g_k counts as known when its error is below tolerance * max(floor * integral of w, integral of
  // |w g_k|).
  explicit Cubature(Index factors, double floor = 0)
      : quantities_(static_cast<std::size_t>(factors) + 1), floor_(floor) {
    scale_.assign(quantities_, 0.0);
  }

  // The box that is integrated over, in cells: to be covered, and perhaps enlarged, before it is refined.
  CellDivision<Dim>& cells() { return cells_; }

  // Refines until every integral is known to the tolerance; false if the evaluations do not suffice, or the digits of
  // the coordinates. NumericalError if log w is NaN or infinitely large somewhere, or a factor not finite where w is
  // not zero.
  bool refine(Integrand integrand, double tolerance, Index max_evaluations) {
    for (;;) {
      evaluate(integrand);
      measure();
      if (relative_error() <= tolerance) return true;
      if (evaluations_ >= max_evaluations || !cells_.split()) return false;
    }
  }

  const Box<Dim>& box() const { return cells_.box(); }
  Index evaluations() const { return evaluations_; }
  double largest_log_weight() const { return shift_; }
  double integral(std::size_t k) const { return integrals_[k]; }  // relative to exp(largest log weight)
  double error(std::size_t k) const { return errors_[k]; }
  double log_integral() const { return shift_ + ebm::log(integrals_[0]); }

  // The largest of the errors, each relative to its own scale; 0 where there is no mass.
  double relative_error() const {
    double worst = 0;
    for (std::size_t k = 0; k < quantities_; ++k) {
      if (scale_[k] > 0) worst = std::max(worst, errors_[k] / scale_[k]);
    }
    return worst;
  }

  // The share of the integral of w in the outermost cells of the start grid, per face: lower and upper of each axis.
  FaceMass face_mass() const {
    FaceMass mass{};
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      const double upper_bound = std::abs(value(c, 0)) + value_error(c, 0);
      for (std::size_t face = 0; face < 2 * Dim; ++face)
        mass[face] += ((cells_[c].faces >> face) & 1) ? upper_bound : 0.0;
    }
    for (double& share : mass) share = integrals_[0] > 0 ? share / integrals_[0] : 0.0;
    return mass;
  }

 private:
  static constexpr std::size_t kCellsAtOnce = 512;

  double& value(std::size_t cell, std::size_t k) { return values_[(cell * quantities_ + k) * 2]; }
  double& value_error(std::size_t cell, std::size_t k) { return values_[(cell * quantities_ + k) * 2 + 1]; }
  double value(std::size_t cell, std::size_t k) const { return values_[(cell * quantities_ + k) * 2]; }
  double value_error(std::size_t cell, std::size_t k) const { return values_[(cell * quantities_ + k) * 2 + 1]; }

  // Evaluates what is new or has been halved.
  void evaluate(Integrand integrand) {
    values_.resize(cells_.size() * quantities_ * 2);
    stale_.clear();
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      if (std::exchange(cells_[c].stale, false)) stale_.push_back(c);
    }
    for (std::size_t first = 0; first < stale_.size(); first += kCellsAtOnce) {
      evaluate(integrand, stale_.data() + first, std::min(kCellsAtOnce, stale_.size() - first));
    }
  }

  void evaluate(Integrand integrand, const std::size_t* cells, std::size_t count) {
    const Index rows = static_cast<Index>(count) * Rule::nodes;
    points_.resize(rows, Dim), log_weights_.resize(rows), factors_.resize(rows, static_cast<Index>(quantities_) - 1);
    for (std::size_t i = 0; i < Dim; ++i) {
      double* x = points_.data() + static_cast<Index>(i) * rows;
      for (std::size_t c = 0; c < count; ++c) {
        const Cell<Dim>& cell = cells_[cells[c]];
        for (std::size_t node = 0; node < Rule::nodes; ++node)
          *x++ = cell.centre[i] + cell.half[i] * Rule::offsets[node][i];
      }
    }
    integrand(points_, log_weights_, factors_);
    evaluations_ += rows;
    raise_shift();
    for (std::size_t c = 0; c < count; ++c) gather(cells[c], static_cast<Index>(c) * Rule::nodes);
  }

  [[noreturn]] void refuse(const char* what, double value, Index row) const {
    char text[160];
    int end = std::snprintf(text, sizeof text, "integrand: %s %.6g at (", what, value);
    for (Index i = 0; i < Dim; ++i) {
      end += std::snprintf(text + end, sizeof text - static_cast<std::size_t>(end), i > 0 ? ", %.6g" : "%.6g",
                           points_(row, i));
    }
    std::snprintf(text + end, sizeof text - static_cast<std::size_t>(end), "), wanted a finite number");
    throw NumericalError(text);
  }

  // The largest log weight becomes the unit of all integrals.
  void raise_shift() {
    double largest = shift_;
    for (Index row = 0; row < points_.rows(); ++row) {
      const double log_weight = log_weights_[row];
      if (!(log_weight < std::numeric_limits<double>::infinity())) refuse("log weight", log_weight, row);
      for (Index k = 0; k < factors_.cols() && log_weight > -std::numeric_limits<double>::infinity(); ++k) {
        if (!(factors_(row, k) - factors_(row, k) == 0)) refuse("factor", factors_(row, k), row);
      }
      largest = std::max(largest, log_weight);
    }
    if (largest > shift_) {
      const double ratio = ebm::exp(shift_ - largest);
      for (double& each : values_) each *= ratio;
      shift_ = largest;
    }
  }

  void gather(std::size_t c, Index row) {
    Cell<Dim>& cell = cells_[c];
    double volume = 1;
    for (const double half : cell.half) volume *= 2 * half;
    std::array<double, Rule::nodes> weight, product;
    for (std::size_t node = 0; node < Rule::nodes; ++node) {
      const double log_weight = log_weights_[row + static_cast<Index>(node)];
      weight[node] = log_weight - shift_ > -700 ? ebm::exp(log_weight - shift_) : 0.0;
    }
    std::array<double, Dim> roughness{};
    for (std::size_t k = 0; k < quantities_; ++k) {
      for (std::size_t node = 0; node < Rule::nodes; ++node) {
        const double g = k == 0 ? 1.0 : factors_(row + static_cast<Index>(node), static_cast<Index>(k) - 1);
        product[node] = weight[node] > 0 ? weight[node] * g : 0.0;
      }
      const auto answer = Rule::apply(product);
      value(c, k) = volume * answer.mean, value_error(c, k) = volume * answer.error;
      const double unit = scale_[k] > 0 ? scale_[0] / scale_[k] : (k == 0 ? 1.0 : 0.0);
      for (std::size_t i = 0; i < Dim; ++i) roughness[i] += unit * answer.roughness[i];
    }
    cell.axis = 0;
    for (std::size_t i = 1; i < Dim; ++i) {
      if (roughness[i] > roughness[static_cast<std::size_t>(cell.axis)]) cell.axis = static_cast<int>(i);
    }
  }

  // Sums over the cells, and each cell's error relative to the scales.
  void measure() {
    integrals_.assign(quantities_, 0.0), errors_.assign(quantities_, 0.0), scale_.assign(quantities_, 0.0);
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      for (std::size_t k = 0; k < quantities_; ++k) {
        integrals_[k] += value(c, k), errors_[k] += value_error(c, k), scale_[k] += std::abs(value(c, k));
      }
    }
    for (double& scale : scale_) scale = std::max(scale, floor_ * integrals_[0]);
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      cells_[c].error = 0;
      for (std::size_t k = 0; k < quantities_; ++k) {
        if (scale_[k] > 0) cells_[c].error = std::max(cells_[c].error, value_error(c, k) / scale_[k]);
      }
    }
  }

  std::size_t quantities_;
  double floor_;
  CellDivision<Dim> cells_;
  std::vector<double> values_;  // of each cell and quantity: integral, error
  std::vector<std::size_t> stale_;
  Index evaluations_ = 0;
  double shift_ = -std::numeric_limits<double>::infinity();
  std::vector<double> integrals_, errors_, scale_;
  Points<double, Dim> points_;
  Values<double> log_weights_;
  Factors factors_;
};

}  // namespace ebm::detail
