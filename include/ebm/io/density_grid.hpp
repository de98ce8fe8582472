// Values on a regular grid of cells over a box, and densities on one.
//
//   p(cell) = exp(-E(centre) / T) / sum over cells exp(-E / T) * area        computed as log-sum-exp
#pragma once

#include <ebm/concepts/density.hpp>
#include <ebm/concepts/evaluation.hpp>

#include <cmath>
#include <limits>

namespace ebm {

// values(i, j) belongs to the centre of the i-th cell along x from the left and the j-th along y from below.
struct GridValues {
  Box<2> box;
  Eigen::ArrayXXd values;

  Index columns() const { return values.rows(); }
  Index rows() const { return values.cols(); }
  double cell_area() const { return side(0) * side(1) / static_cast<double>(values.size()); }
  double side(int axis) const { return box.upper[axis] - box.lower[axis]; }
  Eigen::Array2d centre(Index i, Index j) const {
    return {box.lower[0] + (static_cast<double>(i) + 0.5) * side(0) / static_cast<double>(columns()),
            box.lower[1] + (static_cast<double>(j) + 0.5) * side(1) / static_cast<double>(rows())};
  }
};

// The centres of the cells, one a row, in the order of GridValues::values.
[[gnu::noinline]] inline Points<double, 2> grid_centres(const Box<2>& box, Index columns, Index rows) {
  require(columns >= 1, "columns", static_cast<double>(columns), "at least 1");
  require(rows >= 1, "rows", static_cast<double>(rows), "at least 1");
  require_box("box", box);
  const GridValues grid{box, Eigen::ArrayXXd(columns, rows)};
  Points<double, 2> centres(columns * rows, 2);
  for (Index j = 0; j < rows; ++j) {
    for (Index i = 0; i < columns; ++i) {
      const Eigen::Array2d centre = grid.centre(i, j);
      centres(i + columns * j, 0) = centre[0], centres(i + columns * j, 1) = centre[1];
    }
  }
  return centres;
}

// What a picture shows of a model: an energy, or a normalised density.
template <class Model>
concept Plottable = Energy<Model> || Density<Model>;

// E on the grid; for a density, -log p.
template <Plottable Model>
GridValues energy_grid(const Model& model, const Box<2>& box, Index columns, Index rows) {
  static_assert(Model::dim == 2 || Model::dim == Dynamic, "ebm: a map needs a model of two dimensions");
  const Points<double, 2> centres = grid_centres(box, columns, rows);
  GridValues grid{box, Eigen::ArrayXXd(columns, rows)};
  double* flat = grid.values.data();
  if constexpr (Density<Model>) {
    const Values<double> log_density = model.log_density(centres);
    for (Index i = 0; i < log_density.size(); ++i) flat[i] = -log_density[i];
  } else {
    const Values<typename Model::Scalar> values = energies(model, centres);
    for (Index i = 0; i < values.size(); ++i) flat[i] = static_cast<double>(values[i]);
  }
  return grid;
}

// True where exp(-E / T) is a density: E is finite, or +infinity where there is none.
inline bool is_energy(double value) { return value > -std::numeric_limits<double>::infinity(); }

// exp(-E / T), normalised on the grid; cells without an energy (NaN, or -infinity) stay NaN and count for nothing.
[[gnu::noinline]] inline GridValues normalised(const GridValues& energy, double temperature = 1.0) {
  require(temperature > 0, "temperature", temperature, "more than 0");
  double lowest = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < energy.values.size(); ++i) {
    const double value = energy.values.data()[i];
    if (is_energy(value)) lowest = std::min(lowest, value);
  }
  if (!std::isfinite(lowest)) throw NumericalError("density: the energy is nowhere finite in the box");
  double sum = 0;
  for (Index i = 0; i < energy.values.size(); ++i) {
    const double value = energy.values.data()[i];
    if (is_energy(value)) sum += std::exp((lowest - value) / temperature);
  }
  const double log_mass = std::log(sum) + std::log(energy.cell_area());
  GridValues density = energy;
  for (Index i = 0; i < energy.values.size(); ++i) {
    double& value = density.values.data()[i];
    value = is_energy(value) ? std::exp((lowest - value) / temperature - log_mass)
                             : std::numeric_limits<double>::quiet_NaN();
  }
  return density;
}

// p on the grid: a density as it is; an energy, or a density at another temperature, normalised over the box.
template <Plottable Model>
GridValues density_grid(const Model& model, const Box<2>& box, Index columns, Index rows, double temperature = 1.0) {
  GridValues grid = energy_grid(model, box, columns, rows);
  if (!Density<Model> || temperature != 1.0) return normalised(grid, temperature);
  for (Index i = 0; i < grid.values.size(); ++i) {
    double& value = grid.values.data()[i];
    value = is_energy(value) ? std::exp(-value) : std::numeric_limits<double>::quiet_NaN();
  }
  return grid;
}

}  // namespace ebm
