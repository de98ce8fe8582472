// Hashes of draws: a network and an analytic energy, with and without the Metropolis test, tuned steps and a schedule.
#pragma once

#include <ebm/energies/gaussian_mixture.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sample.hpp>
#include <ebm/samplers/sgld.hpp>

#include "isa/core_bits.hpp"

namespace ebm_bits {

template <class E, class K>
std::uint64_t hash_of_draws(const E& energy, const K& kernel) {
  using S = typename E::Scalar;
  ebm::Rng rng{31};
  const auto draws = ebm::sample(energy, kernel, {.chains = 40, .steps = 60, .warmup = 100}, rng);
  Hash hash;
  hash.add(draws.points.data(), draws.points.size());
  hash.add(draws.energies.data(), draws.energies.size());
  const S step_size = static_cast<S>(draws.step_size);
  hash.add(&step_size, 1);
  return hash.state;
}

template <class S>
void add_sampling_bits(const std::string& type, std::vector<Line>& lines) {
  ebm::Rng rng{30};
  ebm::Points<double, 2> means(3, 2);
  means << 1, 0, -1, 0.5, 0, -1.5;
  const ebm::GaussianMixture<S, 2> mixture(means, 0.6);
  const ebm::Mlp<S, 2, 20, 33> network{rng};
  const ebm::Sgld scheduled{.schedule = ebm::PolynomialDecay{.first = 0.1, .last = 0.01, .steps = 160}};
  lines.emplace_back("mala mixture " + type, hash_of_draws(mixture, ebm::Mala{}));
  lines.emplace_back("sgld mixture " + type, hash_of_draws(mixture, ebm::Sgld{}));
  lines.emplace_back("scheduled mixture " + type, hash_of_draws(mixture, scheduled));
  lines.emplace_back("mala network " + type, hash_of_draws(network, ebm::Mala{.step_size = 0.2}));
  lines.emplace_back("sgld network " + type, hash_of_draws(network, scheduled));
}

inline std::vector<Line> sampling_bits() {
  std::vector<Line> lines;
  add_sampling_bits<float>("float", lines);
  add_sampling_bits<double>("double", lines);
  return lines;
}

}  // namespace ebm_bits
