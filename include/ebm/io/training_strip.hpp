// How an energy is learned, as a strip of pictures: its landscape at several iterations, with data and model samples on
// it. Training pushes the energy down at the data and up at the samples, until the two forces balance.
//
// Each panel shows E - min E over the box, all with the same colors: dark is low, where the model finds points likely.
#pragma once

#include <ebm/io/heat_map.hpp>

namespace ebm {

struct TrainingStripOptions {
  int panel = 290;  // pixels of a panel's width
  int panels_in_row = 5;
  std::string title = "";
  Index resolution = 200;    // cells along the longer side
  Index points_shown = 250;  // of each kind
  double energy_shown = 8;   // nats above the minimum; what is higher has the highest color
};

class TrainingStrip {
 public:
  using Options = TrainingStripOptions;

  explicit TrainingStrip(const Box<2>& box, const Options& options = {}) : box_(box), options_(options) {
    require_box("box", box);
    require(options.panel >= 100, "panel", options.panel, "at least 100 pixels");
    require(options.panels_in_row >= 1, "panels in a row", options.panels_in_row, "at least 1");
    require(options.energy_shown > 0, "energy shown", options.energy_shown, "more than 0 nats");
    require(options.resolution >= 2, "resolution", static_cast<double>(options.resolution), "at least 2");
  }

  // Adds a panel with what the energy is now; it is evaluated here and not kept.
  template <Energy E, class Samples, class Data>
  void add(Index iteration, const E& energy, const Eigen::DenseBase<Samples>& model_samples,
           const Eigen::DenseBase<Data>& data) {
    const double sides[] = {box_.upper[0] - box_.lower[0], box_.upper[1] - box_.lower[1]};
    const auto cells = [&](double side) {
      const double wanted = static_cast<double>(options_.resolution) * side / std::max(sides[0], sides[1]);
      return std::max(Index{2}, static_cast<Index>(std::ceil(wanted)));
    };
    Panel panel{iteration, energy_grid(energy, box_, cells(sides[0]), cells(sides[1])),
                thinned(data, options_.points_shown), thinned(model_samples, options_.points_shown)};
    double lowest = std::numeric_limits<double>::infinity();
    for (Index i = 0; i < panel.landscape.values.size(); ++i) {
      const double value = panel.landscape.values.data()[i];
      if (is_energy(value)) lowest = std::min(lowest, value);
    }
    for (Index i = 0; i < panel.landscape.values.size(); ++i) {
      double& value = panel.landscape.values.data()[i];
      value = is_energy(value) && std::isfinite(lowest) ? value - lowest : std::numeric_limits<double>::quiet_NaN();
    }
    panels_.push_back(std::move(panel));
  }

  Index size() const { return static_cast<Index>(panels_.size()); }

  [[gnu::noinline]] Picture picture() const {
    require(!panels_.empty(), "panels", 0, "at least 1");
    const Index in_row = std::min(size(), Index{options_.panels_in_row});
    const Index rows = (size() + in_row - 1) / in_row;
    const double edge = 18, gap = 14, caption = 26, bar_width = 18, bar_gap = 16, legend = 34, text_size = 16;
    const ColorScale scale{kViridis, 0, options_.energy_shown};
    const std::string bar_label = "energy above minimum";
    const double shape = (box_.upper[1] - box_.lower[1]) / (box_.upper[0] - box_.lower[0]);
    const double width = options_.panel, height = std::round(width * std::clamp(shape, 0.4, 1.5));
    const double top = edge + (options_.title.empty() ? 0 : 34);
    const double right = edge + static_cast<double>(in_row) * (width + gap) - gap;
    const double bottom = top + static_cast<double>(rows) * (caption + height + gap) - gap;
    Canvas canvas(static_cast<Index>(std::ceil(right + bar_gap + bar_width + color_bar_room(scale, bar_label) + edge)),
                  static_cast<Index>(bottom + legend + edge));

    for (Index i = 0; i < size(); ++i) {
      const double x = edge + static_cast<double>(i % in_row) * (width + gap);
      const double y = top + caption + static_cast<double>(i / in_row) * (caption + height + gap);
      draw_panel(canvas, panels_[static_cast<std::size_t>(i)], {x, y, x + width, y + height}, scale, text_size);
    }
    draw_color_bar(canvas, {right + bar_gap, top + caption, right + bar_gap + bar_width, bottom}, scale, bar_label,
                   text_size);
    draw_legend(canvas, {edge, bottom + legend}, text_size);
    if (!options_.title.empty()) draw_title(canvas, options_.title, {edge, top, right, bottom});
    return canvas.picture();
  }

 private:
  struct Panel {
    Index iteration;
    GridValues landscape;
    Points<double, 2> data, samples;
  };

  static Dots data_dots(const Points<double, 2>& points) {
    return {points, Color::hex(0xFFFFFF), 1.8, Color::hex(0x10202C, 220)};
  }
  static Dots sample_dots(const Points<double, 2>& points) {
    return {points, Color::hex(0xFF4B3E), 1.8, Color::hex(0x2C0A10, 220)};
  }

  void draw_panel(Canvas& canvas, const Panel& panel, const Area& area, const ColorScale& scale,
                  double text_size) const {
    const Axes axes{area, {box_.lower[0], box_.upper[0], ""}, {box_.lower[1], box_.upper[1], ""}};
    draw_heat_map(canvas, area, panel.landscape, scale);
    draw_dots(canvas, axes, data_dots(panel.data));
    const Index outside = draw_dots(canvas, axes, sample_dots(panel.samples));
    const double l = area.left + 0.5, t = area.top + 0.5, r = area.right - 0.5, b = area.bottom - 0.5;
    canvas.line({{l, t}, {r, t}, {r, b}, {l, b}, {l, t}}, 1, kInk);
    std::string text = joined({"iteration ", count_text(panel.iteration)});
    if (outside > 0) text += joined({" (", count_text(outside), " samples outside)"});
    draw_text(canvas, text, {(area.left + area.right) / 2, area.top - 8}, {.size = text_size, .align = Align::centre});
  }

  static void draw_legend(Canvas& canvas, Position at, double text_size) {
    const std::pair<Dots, std::string> entries[] = {{data_dots({}), "data: energy is pushed down here"},
                                                    {sample_dots({}), "model samples: energy is pushed up here"}};
    for (const auto& [dots, text] : entries) {
      const Position centre{at.x + 8, at.y - 0.33 * text_size};
      canvas.disc(centre, 5.2, dots.rim);
      canvas.disc(centre, 4.0, dots.color);
      draw_text(canvas, text, {at.x + 20, at.y}, {.size = text_size});
      at.x += 20 + text_width(text, text_size) + 34;
    }
  }

  Box<2> box_;
  Options options_;
  std::vector<Panel> panels_;
};

}  // namespace ebm
