// Hashes of small trainings: parameters and samples after 50 iterations.
#pragma once

#include <ebm/energies/mlp.hpp>
#include <ebm/energies/quadratic.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/sgd.hpp>
#include <ebm/training/trainer.hpp>

#include "isa/core_bits.hpp"

namespace ebm_bits {

template <class Trainer>
std::uint64_t hash_of_training(Trainer trainer) {
  const ebm::Stream stream(12);
  ebm::Points<double, Trainer::dim> points(500, Trainer::dim);
  for (ebm::Index row = 0; row < points.rows(); ++row) {
    double x = 0;
    for (ebm::Index i = 0; i < points.cols(); ++i)
      points(row, i) = x =
          std::fma(0.5, x, stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i)));
  }
  ebm::Rng rng(7);
  trainer.fit(points, {.iterations = 50, .batch_size = 100}, rng);
  Hash hash;
  hash.add(trainer.samples().data(), trainer.samples().size());
  const auto energies = ebm::energies(trainer.energy(), points);
  hash.add(energies.data(), energies.size());
  return hash.state;
}

template <class E, class K, class Start, class P>
Line training_line(const char* name, const E& energy, const K& kernel, const Start& start, const P& optimizer) {
  return {name, hash_of_training(ebm::Trainer{energy, ebm::ContrastiveDivergence{kernel, start}, optimizer})};
}

inline std::vector<Line> training_bits() {
  const ebm::Persistent persistent{.chains = 200, .steps = 4, .reinitialised = 0.05};
  const ebm::FromData from_data{.steps = 4};
  const ebm::Mlp<float, 2, 32, 32> network{ebm::Rng{1}};
  const ebm::Mlp<double, 3, 16> precise{ebm::Rng{1}};
  const ebm::QuadraticEnergy<float, 2> quadratic(1.0);
  return {training_line("train Mlp Mala Adam", network, ebm::Mala{}, persistent, ebm::Adam{}),
          training_line("train Mlp Sgld Adam", network, ebm::Sgld{}, persistent, ebm::Adam{.weight_decay = 0.01}),
          training_line("train Mlp double Mala Sgd", precise, ebm::Mala{}, from_data, ebm::Sgd{.momentum = 0.9}),
          training_line("train quadratic Mala Sgd", quadratic, ebm::Mala{}, persistent, ebm::Sgd{}),
          training_line("train quadratic Sgld Adam", quadratic, ebm::Sgld{}, from_data, ebm::Adam{})};
}

}  // namespace ebm_bits
