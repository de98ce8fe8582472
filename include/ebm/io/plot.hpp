// Pictures of models, data and training as PNG files. This header needs libpng: link ebm::png.
//
//   plot_density(energy, points, "picture.png")                 p = exp(-E / T) / Z on the line or plane, points over it
//   plot_values(grid, points, "picture.png")                    any values on a grid
//   plot_curves({{"loss", losses}}, "curves.png")               series, with logarithmic axes if wanted
//   plot_gallery({density_panel(...), points_panel(...)}, "gallery.png")
//   plot_reliability({{"classifier", calibration}}, "reliability.png")
//   plot_robustness({{"classifier", curve}}, "robustness.png")
//   write_png(strip.picture(), "strip.png")                     a TrainingStrip
#pragma once

#include <ebm/io/curves.hpp>
#include <ebm/io/density_curve.hpp>
#include <ebm/io/density_picture.hpp>
#include <ebm/io/gallery.hpp>
#include <ebm/io/png.hpp>
#include <ebm/io/reliability_diagram.hpp>
#include <ebm/io/robustness_picture.hpp>
#include <ebm/io/training_strip.hpp>

namespace ebm {

template <Plottable Model, class Derived>
void plot_density(const Model& model, const Eigen::DenseBase<Derived>& points, const std::string& path,
                  const DensityOptions& options = {}) {
  write_png(density_picture(model, points, options), path);
}

template <class Derived>
void plot_values(const GridValues& grid, const Eigen::DenseBase<Derived>& points, const std::string& path,
                 const DensityOptions& options = {}) {
  write_png(values_picture(grid, points, options), path);
}

inline void plot_curves(const std::vector<Curve>& curves, const std::string& path, const CurvesOptions& options = {}) {
  write_png(curves_picture(curves, options), path);
}

inline void plot_gallery(const std::vector<GalleryPanel>& panels, const std::string& path,
                         const GalleryOptions& options = {}) {
  write_png(gallery_picture(panels, options), path);
}

inline void plot_reliability(const std::vector<ReliabilityPanel>& panels, const std::string& path,
                             const ReliabilityOptions& options = {}) {
  write_png(reliability_picture(panels, options), path);
}

inline void plot_robustness(const std::vector<NamedRobustness>& classifiers, const std::string& path,
                            const RobustnessPictureOptions& options = {}) {
  write_png(robustness_picture(classifiers, options), path);
}

}  // namespace ebm
