// Adaptive cubature of integrands given by their logarithm, several integrals at once, on a box that may grow.
//
//   integrals[0] = integral of w,   integrals[k] = integral of w g_k,   w = exp(log w - largest log w seen)
//
// An integrand writes log w and the factors g_k of many points in one call:
//   integrand(points, log_weights, factors)      N x Dim; N; N x number of factors, of that size already
// Cells are halved across their roughest axis, in rounds: the cells of largest error that hold half of it (Doerfler
// 1996), so that a jump along an axis costs long thin cells and not a tree of small ones.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/errors.hpp>
#include <ebm/core/function_ref.hpp>
#include <ebm/core/lane_math.hpp>
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

  // Covers a box by cells_per_axis^Dim cells, and those again until none holds more than kSeedsPerCell of the seeds:
  // points where the integrand is known to be large.
  void cover(const Box<Dim>& box, int cells_per_axis, const Points<double, Dim>& seeds) {
    box_ = box;
    Block block;
    for (std::size_t i = 0; i < Dim; ++i) block.lower[i] = at(box.lower, i), block.upper[i] = at(box.upper, i);
    add_block(block, cells_per_axis);
    split_at(seeds);
  }

  // Enlarges the box by blocks of cells around what is there.
  void enlarge(const Box<Dim>& box, int cells_per_axis, const Points<double, Dim>& seeds) {
    std::array<std::array<double, 4>, Dim> edges;
    unsigned kept = 0;
    for (std::size_t i = 0; i < Dim; ++i) {
      edges[i] = {at(box.lower, i), at(box_.lower, i), at(box_.upper, i), at(box.upper, i)};
      kept |= (edges[i][0] < edges[i][1] ? 0u : 1u) << (2 * i) | (edges[i][2] < edges[i][3] ? 0u : 2u) << (2 * i);
    }
    for (Cell& cell : cells_) cell.faces &= kept;
    box_ = box;
    std::array<std::size_t, Dim> segment{};
    for (bool more = true; more; more = next(segment, 3)) {
      Block block;
      bool old = true, empty = false;
      for (std::size_t i = 0; i < Dim; ++i) {
        block.lower[i] = edges[i][segment[i]], block.upper[i] = edges[i][segment[i] + 1];
        old = old && segment[i] == 1;
        empty = empty || !(block.lower[i] < block.upper[i]);
      }
      if (!old && !empty) add_block(block, cells_per_axis);
    }
    split_at(seeds);
  }

  // Refines until every integral is known to the tolerance; false if the evaluations do not suffice, or the digits of
  // the coordinates. NumericalError if log w is NaN or infinitely large somewhere, or a factor not finite where w is
  // not zero.
  bool refine(Integrand integrand, double tolerance, Index max_evaluations) {
    for (;;) {
      evaluate(integrand);
      measure();
      if (relative_error() <= tolerance) return true;
      if (evaluations_ >= max_evaluations || !split()) return false;
    }
  }

  const Box<Dim>& box() const { return box_; }
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
  static constexpr int kSeedsPerCell = 8;
  static constexpr std::size_t kCellsAtOnce = 512;

  struct Block {
    std::array<double, Dim> lower, upper;
  };

  struct Cell {
    std::array<double, Dim> centre, half;
    double error = 0;
    unsigned faces = 0;  // of the box, which the cell's ancestor in the start grid touches
    int axis = 0;        // the roughest one
    bool stale = true;   // not evaluated since it came into being
  };

  static double at(const typename Box<Dim>::Corner& corner, std::size_t i) {
    return corner.coeff(static_cast<Index>(i));
  }

  // The next of the multi-indices below `size`; false after the last.
  static bool next(std::array<std::size_t, Dim>& index, std::size_t size) {
    for (std::size_t& i : index) {
      if (++i < size) return true;
      i = 0;
    }
    return false;
  }

  double& value(std::size_t cell, std::size_t k) { return values_[(cell * quantities_ + k) * 2]; }
  double& value_error(std::size_t cell, std::size_t k) { return values_[(cell * quantities_ + k) * 2 + 1]; }
  double value(std::size_t cell, std::size_t k) const { return values_[(cell * quantities_ + k) * 2]; }
  double value_error(std::size_t cell, std::size_t k) const { return values_[(cell * quantities_ + k) * 2 + 1]; }

  void add_block(const Block& block, int cells_per_axis) {
    const std::size_t count = static_cast<std::size_t>(cells_per_axis);
    std::array<std::size_t, Dim> index{};
    for (bool more = true; more; more = next(index, count)) {
      Cell cell;
      for (std::size_t i = 0; i < Dim; ++i) {
        const double width = block.upper[i] - block.lower[i];
        cell.half[i] = width / (2 * cells_per_axis);
        cell.centre[i] = block.lower[i] + width * ((static_cast<double>(index[i]) + 0.5) / cells_per_axis);
        if (index[i] == 0 && block.lower[i] == at(box_.lower, i)) cell.faces |= 1u << (2 * i);
        if (index[i] + 1 == count && block.upper[i] == at(box_.upper, i)) cell.faces |= 2u << (2 * i);
      }
      cells_.push_back(cell);
    }
  }

  // Halves every cell with too many seeds, across the axis along which they are the densest.
  void split_at(const Points<double, Dim>& seeds) {
    std::vector<Index> all(static_cast<std::size_t>(seeds.rows()));
    for (std::size_t s = 0; s < all.size(); ++s) all[s] = static_cast<Index>(s);
    auto rest = all.begin();
    for (std::size_t c = 0, start = cells_.size(); c < start && all.end() - rest > kSeedsPerCell; ++c) {
      const auto end = std::partition(rest, all.end(), [&](Index s) { return holds(cells_[c], seeds, s); });
      split_cell_at(c, seeds, rest, end, 60);
      rest = end;
    }
    values_.resize(cells_.size() * quantities_ * 2);
  }

  template <class Iterator>
  void split_cell_at(std::size_t c, const Points<double, Dim>& seeds, Iterator begin, Iterator end, int depth) {
    if (end - begin <= kSeedsPerCell || depth == 0) return;
    double largest = 0;
    for (std::size_t i = 0; i < Dim; ++i) {
      double low = seeds.coeff(*begin, static_cast<Index>(i)), high = low;
      for (Iterator s = begin; s != end; ++s) {
        low = std::min(low, seeds.coeff(*s, static_cast<Index>(i))),
        high = std::max(high, seeds.coeff(*s, static_cast<Index>(i)));
      }
      const double slack = cells_[c].half[i] / (high - low + 1e-3 * cells_[c].half[i]);
      if (slack > largest) largest = slack, cells_[c].axis = static_cast<int>(i);
    }
    if (!halve(c)) return;
    const std::size_t other = cells_.size() - 1;
    const Iterator middle = std::partition(begin, end, [&](Index s) { return holds(cells_[c], seeds, s); });
    split_cell_at(c, seeds, begin, middle, depth - 1);
    split_cell_at(other, seeds, middle, end, depth - 1);
  }

  static bool holds(const Cell& cell, const Points<double, Dim>& seeds, Index seed) {
    for (std::size_t i = 0; i < Dim; ++i) {
      if (!(std::abs(seeds.coeff(seed, static_cast<Index>(i)) - cell.centre[i]) <= cell.half[i])) return false;
    }
    return true;
  }

  // Puts the two halves of a cell in its place and at the end; false if it is too thin for that.
  bool halve(std::size_t c) {
    const std::size_t axis = static_cast<std::size_t>(cells_[c].axis);
    const double half = cells_[c].half[axis] / 2;
    if (!(half > 16 * std::numeric_limits<double>::epsilon() * std::abs(cells_[c].centre[axis]))) return false;
    cells_[c].stale = true;
    Cell other = cells_[c];
    cells_[c].half[axis] = other.half[axis] = half;
    cells_[c].centre[axis] -= half, other.centre[axis] += half;
    cells_.push_back(other);
    return true;
  }

  // Halves the cells of largest error, found by the exponents of the errors; false if all are too thin for that.
  bool split() {
    constexpr int kExponents = 128;
    double mass[kExponents] = {}, total = 0;
    const auto bin = [&](double error) { return std::clamp(-std::ilogb(error), 0, kExponents - 1); };
    for (const Cell& cell : cells_) {
      if (cell.error > 0) mass[bin(cell.error)] += cell.error, total += cell.error;
    }
    int last = 0;
    for (double sum = mass[0]; sum < 0.5 * total && last + 1 < kExponents;) sum += mass[++last];
    const std::size_t count = cells_.size();
    for (std::size_t c = 0; c < count; ++c) {
      if (cells_[c].error > 0 && bin(cells_[c].error) <= last) halve(c);
    }
    values_.resize(cells_.size() * quantities_ * 2);
    return cells_.size() > count;
  }

  // Evaluates what is new or has been halved.
  void evaluate(Integrand integrand) {
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
        const Cell& cell = cells_[cells[c]];
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
    Cell& cell = cells_[c];
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
  Box<Dim> box_{};
  std::vector<Cell> cells_;
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
