// The robustness curves of several classifiers on common axes: accuracy under attack against the radius.
#pragma once

#include <ebm/diagnostics/robustness_curve.hpp>
#include <ebm/io/curves.hpp>

namespace ebm {

struct NamedRobustness {
  std::string name;
  RobustnessCurve curve;
};

struct RobustnessPictureOptions {
  int width = 700;
  int height = 460;
  std::string title = "";
  std::string radius_label = "radius of the attack";
};

inline Picture robustness_picture(const std::vector<NamedRobustness>& classifiers,
                                  const RobustnessPictureOptions& options = {}) {
  std::vector<Curve> curves;
  for (const auto& [name, curve] : classifiers) curves.push_back({name, curve.accuracy, curve.radii});
  return curves_picture(curves, {.width = options.width,
                                 .height = options.height,
                                 .title = options.title,
                                 .x_label = options.radius_label,
                                 .y_label = "accuracy",
                                 .y_range = std::pair{0.0, 1.0}});
}

}  // namespace ebm
