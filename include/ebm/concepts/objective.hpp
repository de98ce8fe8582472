// Objective: estimates the gradient of a loss in an energy's parameters from one minibatch.
//
//   estimator(energy, data, rng, workers) -> GradientEstimator, which is kept between iterations:
//     estimate(energy, data, iteration, gradient, executor) -> BatchReport     overwrites the gradient
//     recover(energy, data, executor)          after the energy was put back to an earlier state
//     chains() -> const Chains&                optional: the model's samples
//     transfer(archive)                        for checkpoints: what changes between iterations (core/archive.hpp)
//   temperature() -> double                    optional: T of the model exp(-E / T) / Z that is learned; else 1
//
// `data` holds the minibatch as tiles; its lanes beyond the batch are padding.
#pragma once

#include <ebm/concepts/energy.hpp>
#include <ebm/core/archive.hpp>
#include <ebm/core/executor.hpp>
#include <ebm/core/flat_vector.hpp>
#include <ebm/core/rng.hpp>

#include <algorithm>
#include <limits>

namespace ebm {

// A minibatch in tiles, with the number of lanes that are data; where the rows are labelled, the class of every lane,
// -1 for none.
template <class Scalar, int Dim>
struct Minibatch {
  TileSpan<const Scalar, Dim> tiles;
  Index rows;
  const int* labels = nullptr;
};

template <class Scalar, int Dim>
Index labelled_rows(Minibatch<Scalar, Dim> data) {
  return data.labels
             ? static_cast<Index>(std::count_if(data.labels, data.labels + data.rows, [](int y) { return y >= 0; }))
             : 0;
}

// What one estimate saw; NaN where it does not apply. The guard wants a finite data_energy of every objective, and a
// finite sample_energy, near that of the data, of those that move chains (chains > 0). An objective without samples
// (score matching, pseudo-likelihood) leaves chains at 0.
struct BatchReport {
  double data_energy = std::numeric_limits<double>::quiet_NaN();    // mean over the minibatch
  double sample_energy = std::numeric_limits<double>::quiet_NaN();  // mean over the model's samples
  double data_energy_sd = std::numeric_limits<double>::quiet_NaN();
  double label_loss = std::numeric_limits<double>::quiet_NaN();       // mean -log p(y | x) of the labelled rows
  double acceptance = std::numeric_limits<double>::quiet_NaN();       // mean acceptance probability of the kernel
  double jump_acceptance = std::numeric_limits<double>::quiet_NaN();  // of jumps (samplers/mixture_jump.hpp)
  double step_size = std::numeric_limits<double>::quiet_NaN();
  Index chains = 0;         // that were moved
  Index failed_chains = 0;  // of these, met numbers that are not finite

  double energy_gap() const { return data_energy - sample_energy; }

  void transfer(Archive& archive) {
    archive("data_energy", data_energy), archive("sample_energy", sample_energy);
    archive("data_energy_sd", data_energy_sd), archive("label_loss", label_loss), archive("acceptance", acceptance);
    archive("jump_acceptance", jump_acceptance), archive("step_size", step_size);
    archive("chains", chains), archive("failed_chains", failed_chains);
  }
};

template <class G, class E>
concept GradientEstimator = requires(G& estimator, const E& energy, Minibatch<typename E::Scalar, E::dim> data,
                                     FlatVector<typename E::Scalar>& gradient, Serial& executor) {
  { estimator.estimate(energy, data, Index{0}, gradient, executor) } -> std::same_as<BatchReport>;
  { estimator.recover(energy, data, executor) } -> std::same_as<void>;
};

template <class O, class E>
concept Objective = TrainableEnergy<E> &&
    requires(const O& objective, const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng) {
  { objective.estimator(energy, data, rng, Index{1}) } -> GradientEstimator<E>;
};

}  // namespace ebm
