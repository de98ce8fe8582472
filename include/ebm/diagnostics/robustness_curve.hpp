// The robustness curve of a classifier: its accuracy while points are attacked (diagnostics/adversarial.hpp), against
// the radius within which they are moved (Madry et al. 2018).
//
// A point counts at a radius if it stood that one and all smaller ones, since a ball holds the smaller balls. Attacks
// are not exhaustive: the curve is an upper bound of what the worst perturbations leave.
#pragma once

#include <ebm/diagnostics/adversarial.hpp>

namespace ebm {

struct RobustnessCurve {
  std::vector<double> radii, accuracy;
};

// Radii ascend; the first may be 0.
template <DifferentiableClassifier E, class Derived, Executor Exec = Serial>
RobustnessCurve robustness_curve(const E& energy, const Eigen::DenseBase<Derived>& points, const Values<int>& labels,
                                 const std::vector<double>& radii, const AttackOptions& options, Rng& rng,
                                 Exec&& executor = {}) {
  using Scalar = typename E::Scalar;
  require(points.rows() >= 1, "points: rows", static_cast<double>(points.rows()), "at least 1");
  require_shape("labels", labels, points.rows(), 1);
  RobustnessCurve result{radii, {}};
  Points<Scalar, E::dim> standing = points.derived().template cast<Scalar>();  // the rows that were always right
  Values<int> classes = labels;
  for (std::size_t k = 0; k < radii.size(); ++k) {
    require(k == 0 || radii[k] > radii[k - 1], "radii", radii[k], "numbers that ascend");
    const auto moved = projected_gradient_attack(energy, standing, classes, radii[k], options, rng, executor);
    const auto logs = energy.log_probabilities(moved);
    Index kept = 0;
    for (Index row = 0; row < standing.rows(); ++row) {
      Index best = 0;
      for (Index y = 1; y < logs.cols(); ++y) best = logs(row, y) > logs(row, best) ? y : best;
      if (logs(row, best) != logs(row, best))
        throw NumericalError(joined({"robustness_curve: p(y | x) of row ", count_text(row), " is no number"}));
      if (best != classes(row)) continue;
      standing.row(kept) = standing.row(row).eval();
      classes(kept++) = classes(row);
    }
    standing.conservativeResize(kept, Eigen::NoChange);
    classes.conservativeResize(kept);
    result.accuracy.push_back(static_cast<double>(kept) / static_cast<double>(points.rows()));
  }
  return result;
}

}  // namespace ebm
