// Where a density has its mass: local maxima of log w found on a grid, climbed, and measured.
//
// The logarithm shows a narrow mode from afar, where w itself is nothing; so a coarse grid of log w finds what a coarse
// grid of w would miss. Every node above its neighbours is climbed by a compass search (Fermi & Metropolis 1952; Kolda,
// Lewis & Torczon 2003), and its width along each axis is where log w has fallen by 1/2: one standard deviation of a
// Gaussian.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/function_ref.hpp>
#include <ebm/core/rng.hpp>

#include <array>
#include <vector>

namespace ebm::detail {

template <int Dim>
struct Mode {
  std::array<double, Dim> point, width;
  double log_weight;
};

// log w of many points in one call.
template <int Dim>
using LogWeight = FunctionRef<Values<double>(const Points<double, Dim>&)>;

// The coordinates of a grid's nodes along each axis, in increasing order.
template <int Dim>
using GridAxes = std::array<std::vector<double>, Dim>;

// Nodes at the middles of equal cells.
template <int Dim>
GridAxes<Dim> uniform_axes(const Box<Dim>& box) {
  constexpr int count = Dim == 1 ? 1024 : Dim == 2 ? 64 : 24;
  GridAxes<Dim> axes;
  for (std::size_t i = 0; i < Dim; ++i) {
    const double lower = box.lower[static_cast<Index>(i)], width = box.upper[static_cast<Index>(i)] - lower;
    for (int k = 0; k < count; ++k) axes[i].push_back(lower + width * ((k + 0.5) / count));
  }
  return axes;
}

// 0 and +- powers of two (of four in three dimensions) from 1e-6 to 1e9, every scale that data come in.
template <int Dim>
GridAxes<Dim> scale_axes() {
  constexpr int step = Dim == 3 ? 2 : 1;
  std::vector<double> nodes;
  for (int k = 30; k >= -20; k -= step) nodes.push_back(-std::ldexp(1.0, k));
  nodes.push_back(0.0);
  for (int k = -20; k <= 30; k += step) nodes.push_back(std::ldexp(1.0, k));
  GridAxes<Dim> axes;
  axes.fill(nodes);
  return axes;
}

// log w of the points, with "no mass" wherever it is no number: far away an energy may overflow.
template <int Dim>
Values<double> guarded(LogWeight<Dim> log_weight, const Points<double, Dim>& points) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Values<double> values = log_weight(points);
  for (Index row = 0; row < values.size(); ++row) {
    if (!(values[row] < infinity)) values[row] = -infinity;
  }
  return values;
}

// Keeps the modes of largest log weight, the highest first and the earlier of equals.
template <int Dim>
void insert(std::vector<Mode<Dim>>& modes, const Mode<Dim>& mode, std::size_t largest_count) {
  if (modes.size() == largest_count) {
    if (modes.back().log_weight >= mode.log_weight) return;
    modes.pop_back();
  }
  modes.push_back(mode);
  for (std::size_t m = modes.size() - 1; m > 0 && modes[m - 1].log_weight < mode.log_weight; --m) {
    modes[m] = modes[m - 1], modes[m - 1] = mode;
  }
}

// Grid nodes that no neighbour along an axis exceeds, the highest first; width holds the spacing.
template <int Dim>
std::vector<Mode<Dim>> grid_modes(LogWeight<Dim> log_weight, const GridAxes<Dim>& axes, std::size_t largest_count) {
  std::array<Index, Dim + 1> stride{1};
  for (std::size_t i = 0; i < Dim; ++i) stride[i + 1] = stride[i] * static_cast<Index>(axes[i].size());
  const auto index = [&](Index node, std::size_t i) {
    return static_cast<std::size_t>(node % stride[i + 1] / stride[i]);
  };
  Points<double, Dim> points(stride[Dim], Dim);
  for (std::size_t i = 0; i < Dim; ++i) {
    for (Index node = 0; node < stride[Dim]; ++node) points(node, static_cast<Index>(i)) = axes[i][index(node, i)];
  }
  const Values<double> values = guarded<Dim>(log_weight, points);

  std::vector<Mode<Dim>> modes;
  for (Index node = 0; node < stride[Dim]; ++node) {
    bool peak = values[node] > -std::numeric_limits<double>::infinity();
    Mode<Dim> mode{{}, {}, values[node]};
    for (std::size_t i = 0; peak && i < Dim; ++i) {
      const std::size_t k = index(node, i), last = axes[i].size() - 1;
      peak = (k == 0 || values[node - stride[i]] <= values[node]) &&
             (k == last || values[node + stride[i]] <= values[node]);
      mode.point[i] = axes[i][k];
      mode.width[i] = std::max(k > 0 ? axes[i][k] - axes[i][k - 1] : 0.0, k < last ? axes[i][k + 1] - axes[i][k] : 0.0);
    }
    if (peak) insert(modes, mode, largest_count);
  }
  return modes;
}

// log w at the two points that lie steps[m] widths to either side of mode m, along each axis: rows (mode, axis, side).
template <int Dim>
Values<double> look_around(LogWeight<Dim> log_weight, const std::vector<Mode<Dim>>& modes,
                           const std::vector<double>& steps) {
  Points<double, Dim> points(static_cast<Index>(modes.size()) * 2 * Dim, Dim);
  Index row = 0;
  for (std::size_t m = 0; m < modes.size(); ++m) {
    for (std::size_t i = 0; i < Dim; ++i) {
      for (const double side : {-1.0, 1.0}) {
        for (std::size_t j = 0; j < Dim; ++j) points(row, static_cast<Index>(j)) = modes[m].point[j];
        points(row++, static_cast<Index>(i)) += side * steps[m] * modes[m].width[i];
      }
    }
  }
  return guarded<Dim>(log_weight, points);
}

// Compass search from every mode at once, from half a width down to less than any double can tell.
template <int Dim>
void climb(LogWeight<Dim> log_weight, std::vector<Mode<Dim>>& modes) {
  std::vector<double> steps(modes.size(), 0.5);
  for (int round = 0; round < 60; ++round) {
    const Values<double> values = look_around<Dim>(log_weight, modes, steps);
    for (std::size_t m = 0; m < modes.size(); ++m) {
      const Index first = static_cast<Index>(m) * 2 * Dim;
      Index best = 0;
      for (Index k = 1; k < 2 * Dim; ++k) best = values[first + k] > values[first + best] ? k : best;
      if (values[first + best] > modes[m].log_weight) {
        const std::size_t axis = static_cast<std::size_t>(best / 2);
        modes[m].point[axis] += (best % 2 == 0 ? -1.0 : 1.0) * steps[m] * modes[m].width[axis];
        modes[m].log_weight = values[first + best];
      } else {
        steps[m] *= 0.5;
      }
    }
  }
}

// Sets each width to where log w has fallen by 1/2 on average over both sides, from steps that grow fourfold.
template <int Dim>
void measure_widths(LogWeight<Dim> log_weight, std::vector<Mode<Dim>>& modes) {
  std::vector<double> found(modes.size() * Dim, 0.0);
  double step = 0x1p-40;
  for (int round = 0; round < 60; ++round, step *= 4) {
    const Values<double> values = look_around<Dim>(log_weight, modes, std::vector<double>(modes.size(), step));
    for (std::size_t m = 0; m < modes.size(); ++m) {
      for (std::size_t i = 0; i < Dim; ++i) {
        const Index row = static_cast<Index>((m * Dim + i) * 2);
        const double fall = modes[m].log_weight - (values[row] + values[row + 1]) / 2;
        if (found[m * Dim + i] == 0 && fall >= 0.5) {
          const double width = step * modes[m].width[i];
          found[m * Dim + i] =
              fall < std::numeric_limits<double>::infinity() ? width * std::sqrt(0.5 / fall) : width / 2;
        }
      }
    }
  }
  for (std::size_t m = 0; m < modes.size(); ++m) {
    for (std::size_t i = 0; i < Dim; ++i)
      modes[m].width[i] = found[m * Dim + i] > 0 ? found[m * Dim + i] : modes[m].width[i];
  }
}

// The modes that a grid leads to, each once, without those whose Gaussian mass is less than e^-30 of the largest.
template <int Dim>
std::vector<Mode<Dim>> find_modes(LogWeight<Dim> log_weight, const GridAxes<Dim>& axes) {
  std::vector<Mode<Dim>> candidates = grid_modes<Dim>(log_weight, axes, 64), modes;
  climb<Dim>(log_weight, candidates);
  measure_widths<Dim>(log_weight, candidates);
  const auto log_mass = [](const Mode<Dim>& mode) {
    double sum = mode.log_weight;
    for (const double width : mode.width) sum += ebm::log(width);
    return sum;
  };
  double largest = -std::numeric_limits<double>::infinity();
  for (const auto& mode : candidates) largest = std::max(largest, log_mass(mode));
  for (const auto& mode : candidates) {
    bool is_new = log_mass(mode) > largest - 30;
    for (const auto& other : modes) {
      bool same = true;
      for (std::size_t i = 0; i < Dim; ++i) same = same && std::abs(mode.point[i] - other.point[i]) < other.width[i];
      is_new = is_new && !same;
    }
    if (is_new) modes.push_back(mode);
  }
  return modes;
}

// A cloud around each mode, as wide as the mode: where cells should be small.
template <int Dim>
Points<double, Dim> seeds_at(const std::vector<Mode<Dim>>& modes) {
  constexpr Index each = 32;
  Points<double, Dim> seeds(static_cast<Index>(modes.size()) * each, Dim);
  const Stream stream(0);
  for (Index row = 0; row < seeds.rows(); ++row) {
    const Mode<Dim>& mode = modes[static_cast<std::size_t>(row / each)];
    for (std::size_t i = 0; i < Dim; ++i) {
      seeds(row, static_cast<Index>(i)) =
          mode.point[i] + mode.width[i] * stream.normal(static_cast<std::uint32_t>(row % each), i);
    }
  }
  return seeds;
}

}  // namespace ebm::detail
