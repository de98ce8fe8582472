// Many small maps in rows and columns, each with its title: what was given beside what was learned.
#pragma once

#include <ebm/io/heat_map.hpp>

namespace ebm {

// A density, points, or points over a density; the colors of each panel run from 0 to its own largest value.
struct GalleryPanel {
  std::string title = "";
  Box<2> box = {};
  GridValues values = {};
  Points<double, 2> points = {};
};

// The box made square around its centre, so that shapes keep theirs.
inline Box<2> squared(const Box<2>& box) {
  const double half = std::max(box.upper[0] - box.lower[0], box.upper[1] - box.lower[1]) / 2;
  Box<2> result;
  for (int i = 0; i < 2; ++i) {
    const double centre = (box.lower[i] + box.upper[i]) / 2;
    result.lower[i] = centre - half, result.upper[i] = centre + half;
  }
  return result;
}

struct DensityPanelOptions {
  Index resolution = 300;    // cells along each side
  double temperature = 1.0;  // of p(x) = exp(-E(x) / T) / Z; a trained energy has its trainer's
};

template <Plottable Model>
GalleryPanel density_panel(const std::string& title, const Model& model, const Box<2>& box,
                           const DensityPanelOptions& options = {}) {
  const auto& [resolution, temperature] = options;
  return {title, squared(box), density_grid(model, squared(box), resolution, resolution, temperature), {}};
}

template <class Derived>
GalleryPanel points_panel(const std::string& title, const Eigen::DenseBase<Derived>& points, const Box<2>& box,
                          Index points_shown = 4000) {
  require_box("box", box);
  return {title, squared(box), {}, thinned(points, points_shown)};
}

struct GalleryOptions {
  int columns = 4;
  int panel = 220;  // pixels of a panel's side
  std::string title = "";
  Colormap colormap = kMagma;
};

[[gnu::noinline]] inline Picture gallery_picture(const std::vector<GalleryPanel>& panels,
                                                 const GalleryOptions& options = {}) {
  require(!panels.empty(), "panels", 0, "at least 1");
  require(options.columns >= 1, "columns", options.columns, "at least 1");
  require(options.panel >= 40, "panel", options.panel, "at least 40 pixels");
  const Index columns = std::min(Index{options.columns}, static_cast<Index>(panels.size()));
  const Index rows = (static_cast<Index>(panels.size()) + columns - 1) / columns;
  const double edge = 18, gap = 14, caption = 26, side = options.panel, top = edge + (options.title.empty() ? 0 : 34);
  const double right = edge + static_cast<double>(columns) * (side + gap) - gap;
  const double bottom = top + static_cast<double>(rows) * (caption + side + gap) - gap;
  Canvas canvas(static_cast<Index>(right + edge), static_cast<Index>(bottom + edge));

  for (std::size_t k = 0; k < panels.size(); ++k) {
    const GalleryPanel& panel = panels[k];
    const Index i = static_cast<Index>(k);
    const double x = edge + static_cast<double>(i % columns) * (side + gap);
    const double y = top + caption + static_cast<double>(i / columns) * (caption + side + gap);
    const Area area{x, y, x + side, y + side};
    if (panel.values.values.size() > 0) {
      double largest = 0;
      for (Index cell = 0; cell < panel.values.values.size(); ++cell) {
        const double value = panel.values.values.data()[cell];
        if (std::isfinite(value)) largest = std::max(largest, value);
      }
      draw_heat_map(canvas, area, panel.values, {options.colormap, 0, largest > 0 ? largest : 1.0});
    } else {
      canvas.fill(area, options.colormap(0));
    }
    Color dot = options.colormap(0.9);
    dot.alpha = 190;
    const Axes axes{area, {panel.box.lower[0], panel.box.upper[0], ""}, {panel.box.lower[1], panel.box.upper[1], ""}};
    draw_dots(canvas, axes, {panel.points, dot, 0.8});
    draw_text(canvas, panel.title, {x + side / 2, y - 8}, {.size = 16, .align = Align::centre});
  }
  if (!options.title.empty()) draw_title(canvas, options.title, {edge, top, right, bottom});
  return canvas.picture();
}

}  // namespace ebm
