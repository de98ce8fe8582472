// Small trainings for the tests of the trainer.
#pragma once

#include <ebm/energies/mlp.hpp>
#include <ebm/energies/quadratic.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/sgd.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"

namespace training {

using Mlp = ebm::Mlp<float, 2, 16, 16>;

// Normal numbers, correlated: mean (1, -2), covariance (1, 0.6; 0.6, 4).
inline ebm::Points<double, 2> gaussian_points(ebm::Index rows) {
  const ebm::Stream stream(5);
  ebm::Points<double, 2> points(rows, 2);
  for (ebm::Index row = 0; row < rows; ++row) {
    const double x = stream.normal(static_cast<std::uint32_t>(row), 0),
                 y = stream.normal(static_cast<std::uint32_t>(row), 1);
    points(row, 0) = 1 + x;
    points(row, 1) = -2 + 0.6 * x + std::sqrt(4 - 0.36) * y;
  }
  return points;
}

// Quick to train, and enough for everything that is not about quality.
inline auto small_objective() {
  return ebm::ContrastiveDivergence{ebm::Mala{}, ebm::Persistent{.chains = 64, .steps = 3}};
}
inline auto small_trainer(std::uint64_t seed = 1) {
  ebm::Rng rng(seed);
  return ebm::Trainer{Mlp{rng}, small_objective(), ebm::Adam{}};
}

// The averaged parameters, wherever they lie.
template <class Trainer>
auto parameters_of(const Trainer& trainer) {
  const auto copy = [](auto span) { return std::vector<typename Trainer::Scalar>(span.begin(), span.end()); };
  if constexpr (requires { trainer.energy().inner(); }) {
    return copy(trainer.energy().inner().parameters());
  } else {
    return copy(trainer.energy().parameters());
  }
}

template <class T>
bool all_finite(const std::vector<T>& values) {
  return std::all_of(values.begin(), values.end(), [](T value) { return std::isfinite(value); });
}

}  // namespace training
