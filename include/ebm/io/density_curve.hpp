// The picture of a model on the line: its density as a curve over a histogram of points.
#pragma once

#include <ebm/io/curves.hpp>
#include <ebm/io/density_picture.hpp>

namespace ebm {

// A histogram of the finite points as a density; the number of its bins is the square root of theirs, at most 80.
inline Bars histogram(std::vector<double> points) {
  std::erase_if(points, [](double value) { return !std::isfinite(value); });
  if (points.size() < 2) return {};
  const auto [smallest, largest] = std::minmax_element(points.begin(), points.end());
  const double lower = *smallest, range = *largest - lower, count = static_cast<double>(points.size());
  if (range <= 0) return {};
  const std::size_t bins = static_cast<std::size_t>(std::clamp(std::sqrt(count), 5.0, 80.0));
  Bars bars{"points", {}, std::vector<double>(bins, 0.0)};
  for (std::size_t i = 0; i <= bins; ++i)
    bars.edges.push_back(lower + range * static_cast<double>(i) / static_cast<double>(bins));
  for (const double value : points) {
    const std::size_t bin = static_cast<std::size_t>((value - lower) / range * static_cast<double>(bins));
    bars.heights[std::min(bin, bins - 1)] += static_cast<double>(bins) / (count * range);
  }
  return bars;
}

// p = exp(-E / T) / Z, normalised over the range that is shown, or at temperature 1 a density as it is.
template <Plottable Model>
Curve density_curve(const Model& model, double lower, double upper, Index resolution, double temperature = 1.0) {
  detail::require_range(lower, upper);
  require(resolution >= 2, "resolution", static_cast<double>(resolution), "at least 2");
  const double width = (upper - lower) / static_cast<double>(resolution);
  Points<double, 1> centres(resolution, 1);
  for (Index i = 0; i < resolution; ++i) centres(i, 0) = lower + width * (static_cast<double>(i) + 0.5);
  GridValues grid{{{lower, 0}, {upper, 1}}, Eigen::ArrayXXd(resolution, 1)};
  if constexpr (Density<Model>) {
    grid.values.col(0) = -model.log_density(centres).array();
  } else {
    grid.values.col(0) = energies(model, centres).template cast<double>().array();
  }
  if (Density<Model> && temperature == 1.0) {
    grid.values = (-grid.values).exp().eval();
  } else {
    grid = normalised(grid, temperature);
  }
  return {
      "model", {grid.values.data(), grid.values.data() + resolution}, {centres.data(), centres.data() + resolution}};
}

template <Plottable Model, class Derived>
  requires(Model::dim == 1)
Picture density_picture(const Model& model, const Eigen::DenseBase<Derived>& points,
                        const DensityOptions& options = {}) {
  require_shape("points", points, kAny, 1);
  std::vector<double> values;
  for (Index row = 0; row < points.rows(); ++row) values.push_back(static_cast<double>(points.derived().coeff(row, 0)));
  detail::Extent extent;
  for (const double value : values) extent.include(value);
  Axis axis;
  if (options.box) {
    axis.lower = options.box->lower[0];
    axis.upper = options.box->upper[0];
  } else {
    axis = extent.widened(options.margin, "points");
  }
  CurvesOptions drawing{.width = options.width,
                        .height = options.width * 6 / 10,
                        .title = options.title,
                        .x_label = options.x_label,
                        .y_label = options.value_label};
  drawing.bars = histogram(values);
  return curves_picture({density_curve(model, axis.lower, axis.upper, options.resolution, options.temperature)},
                        drawing);
}

}  // namespace ebm
