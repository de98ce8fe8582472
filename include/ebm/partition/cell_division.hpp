// A box divided into cells, which can be halved, and which may grow by blocks of cells around what is there.
//
// Cells are halved across their roughest axis, in rounds: those of largest error that hold half of it (Doerfler 1996),
// so that a jump along an axis costs long thin cells and not a tree of small ones.
#pragma once

#include <ebm/core/box.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ebm::detail {

template <int Dim>
struct Cell {
  std::array<double, Dim> centre, half;
  double error = 0;
  unsigned faces = 0;  // of the box, which the cell's ancestor in the start grid touches
  int axis = 0;        // the roughest one
  bool stale = true;   // not evaluated since it came into being
};

template <int Dim>
class CellDivision {
 public:
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
    for (Cell<Dim>& cell : cells_) cell.faces &= kept;
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

  // Halves the cells of largest error, found by the exponents of the errors; false if all are too thin for that.
  bool split() {
    constexpr int kExponents = 128;
    double mass[kExponents] = {}, total = 0;
    const auto bin = [&](double error) { return std::clamp(-std::ilogb(error), 0, kExponents - 1); };
    for (const Cell<Dim>& cell : cells_) {
      if (cell.error > 0) mass[bin(cell.error)] += cell.error, total += cell.error;
    }
    int last = 0;
    for (double sum = mass[0]; sum < 0.5 * total && last + 1 < kExponents;) sum += mass[++last];
    const std::size_t count = cells_.size();
    for (std::size_t c = 0; c < count; ++c) {
      if (cells_[c].error > 0 && bin(cells_[c].error) <= last) halve(c);
    }
    return cells_.size() > count;
  }

  const Box<Dim>& box() const { return box_; }
  std::size_t size() const { return cells_.size(); }
  Cell<Dim>& operator[](std::size_t cell) { return cells_[cell]; }
  const Cell<Dim>& operator[](std::size_t cell) const { return cells_[cell]; }
  auto begin() { return cells_.begin(); }
  auto end() { return cells_.end(); }

 private:
  static constexpr int kSeedsPerCell = 8;

  struct Block {
    std::array<double, Dim> lower, upper;
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

  void add_block(const Block& block, int cells_per_axis) {
    const std::size_t count = static_cast<std::size_t>(cells_per_axis);
    std::array<std::size_t, Dim> index{};
    for (bool more = true; more; more = next(index, count)) {
      Cell<Dim> cell;
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

  static bool holds(const Cell<Dim>& cell, const Points<double, Dim>& seeds, Index seed) {
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
    Cell<Dim> other = cells_[c];
    cells_[c].half[axis] = other.half[axis] = half;
    cells_[c].centre[axis] -= half, other.centre[axis] += half;
    cells_.push_back(other);
    return true;
  }

  Box<Dim> box_{};
  std::vector<Cell<Dim>> cells_;
};

}  // namespace ebm::detail
