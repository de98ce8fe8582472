// Scores of a point's being one of the data's kind, higher for more so; auroc (diagnostics/auroc.hpp) compares two
// sets.
//
//   log_density_scores     -E(x) / T, log p(x) but for a constant; with a classifier's energy the score of Liu et al. 2020
//   confidence_scores      max_y p(y | x)                        Hendrycks & Gimpel 2017
//   typicality_scores      -|d log p / dx|, the approximate mass: large where p changes fast, as about a sharp mode that
//                          has a high density and hardly any probability        Grathwohl et al. 2020, section 5.3
//
// T is the temperature that the energy was trained at.
#pragma once

#include <ebm/concepts/classifier.hpp>

namespace ebm {

template <Energy E, class Derived>
Values<double> log_density_scores(const E& energy, const Eigen::DenseBase<Derived>& points, double temperature = 1) {
  require(temperature > 0, "temperature", temperature, "more than 0");
  return energies(energy, points).template cast<double>() / -temperature;
}

template <HasLogProbabilities E, class Derived>
Values<double> confidence_scores(const E& energy, const Eigen::DenseBase<Derived>& points) {
  const auto logs = energy.log_probabilities(points);
  Values<double> result(logs.rows());
  for (Index row = 0; row < logs.rows(); ++row) {
    double largest = static_cast<double>(logs(row, 0));
    for (Index y = 1; y < logs.cols(); ++y) largest = std::max(largest, static_cast<double>(logs(row, y)));
    result(row) = ebm::exp(largest);
  }
  return result;
}

template <DifferentiableEnergy E, class Derived>
Values<double> typicality_scores(const E& energy, const Eigen::DenseBase<Derived>& points, double temperature = 1) {
  require(temperature > 0, "temperature", temperature, "more than 0");
  const auto slopes = gradients(energy, points);
  Values<double> result(slopes.rows());
  for (Index row = 0; row < slopes.rows(); ++row) {
    double square = 0;
    for (Index i = 0; i < slopes.cols(); ++i)
      square = ebm::fma(static_cast<double>(slopes(row, i)), static_cast<double>(slopes(row, i)), square);
    result(row) = -std::sqrt(square) / temperature;
  }
  return result;
}

}  // namespace ebm
