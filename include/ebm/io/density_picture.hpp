// The picture of a model in the plane: its density as a heat map with axes and a color bar, and points over it.
#pragma once

#include <ebm/io/heat_map.hpp>

#include <optional>

namespace ebm {

struct DensityOptions {
  int width = 900;  // pixels; the height follows from the shape of the box
  std::string title = "";
  std::optional<Box<2>> box = {};  // default: around the points
  double temperature = 1.0;        // of p(x) = exp(-E(x) / T) / Z; a trained energy has its trainer's
  double margin = 0.12;            // of that box around the points, as a share of its sides
  Index resolution = 400;          // cells along the longer side
  Index points_shown = 2000;       // evenly spread over the rows
  Colormap colormap = kMagma;
  std::string x_label = "";
  std::string y_label = "";
  std::string value_label = "density";
};

// Any values on a grid in the same form. Cells that are not numbers are striped, and counted below the picture.
template <class Derived>
[[gnu::noinline]] Picture values_picture(const GridValues& grid, const Eigen::DenseBase<Derived>& points,
                                         const DensityOptions& options = {}) {
  require_box("box", grid.box);
  ColorScale scale{options.colormap, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  Index faults = 0;
  for (Index i = 0; i < grid.values.size(); ++i) {
    const double value = grid.values.data()[i];
    faults += std::isnan(value) ? 1 : 0;
    if (!std::isfinite(value)) continue;
    scale.lower = std::min(scale.lower, value);
    scale.upper = std::max(scale.upper, value);
  }
  if (!(scale.lower <= scale.upper)) throw NumericalError("values: none is finite, so there is no picture of them");
  if (scale.lower > 0 && scale.lower < 0.5 * scale.upper) scale.lower = 0;
  if (scale.lower == scale.upper) {
    scale.lower = std::min(0.0, scale.lower);
    scale.upper = scale.upper == 0 ? 1 : std::max(0.0, scale.upper);
  }

  const double width = options.width, edge = 16, bar_width = 20, bar_gap = 18;
  Axes axes{{},
            {grid.box.lower[0], grid.box.upper[0], options.x_label},
            {grid.box.lower[1], grid.box.upper[1], options.y_label}};
  const double left = std::ceil(edge + axes.room_left());
  const double right = std::floor(width - edge - bar_gap - bar_width - color_bar_room(scale, options.value_label));
  require(right - left >= 100, "width", width, "more pixels, because labels leave no room for the map");
  const double top = options.title.empty() ? edge : edge + 32;
  const double bottom = top + std::round((right - left) * std::clamp(grid.side(1) / grid.side(0), 0.4, 1.25));
  axes.area = {left, top, right, bottom};
  axes.x.ticks_wanted = std::clamp(static_cast<int>(axes.area.width() / 90), 2, 8);
  axes.y.ticks_wanted = std::clamp(static_cast<int>(axes.area.height() / 90), 2, 8);
  const double note = faults > 0 ? 30 : 0;

  Canvas canvas(options.width, static_cast<Index>(bottom + axes.room_below() + note + edge));
  draw_heat_map(canvas, axes.area, grid, scale);
  draw_dots(canvas, axes, {thinned(points, options.points_shown)});
  axes.draw(canvas);
  const Area bar{right + bar_gap, top, right + bar_gap + bar_width, bottom};
  draw_color_bar(canvas, bar, scale, options.value_label);
  if (!options.title.empty()) draw_title(canvas, options.title, axes.area);
  if (faults > 0) {
    const std::string text =
        joined({"striped: not a number in ", count_text(faults), " of ", count_text(grid.values.size()), " cells"});
    draw_text(canvas, text, {left, canvas.whole().bottom - edge}, {.color = fault_color(0, 0)});
  }
  return canvas.picture();
}

// The density of the model on the grid that a picture of it with these points shows.
template <Plottable Model, class Derived>
GridValues density_grid(const Model& model, const Eigen::DenseBase<Derived>& points, const DensityOptions& options) {
  require(options.resolution >= 2, "resolution", static_cast<double>(options.resolution), "at least 2");
  Box<2> box{};
  if (options.box) {
    box = *options.box;
  } else if constexpr (Density<Model>) {
    box = points.rows() > 0 ? box_around(thinned(points, points.rows()), options.margin) : model.domain();
  } else {
    box = box_around(thinned(points, points.rows()), options.margin);
  }
  require_box("box", box);
  const double sides[] = {box.upper[0] - box.lower[0], box.upper[1] - box.lower[1]};
  const auto cells = [&](double side) {
    return std::max(Index{2}, static_cast<Index>(std::lround(static_cast<double>(options.resolution) * side /
                                                             std::max(sides[0], sides[1]))));
  };
  return density_grid(model, box, cells(sides[0]), cells(sides[1]), options.temperature);
}

// p = exp(-E / T) / Z, normalised over the box of the picture, or the density as it is.
template <Plottable Model, class Derived>
Picture density_picture(const Model& model, const Eigen::DenseBase<Derived>& points,
                        const DensityOptions& options = {}) {
  return values_picture(density_grid(model, points, options), points, options);
}

}  // namespace ebm
