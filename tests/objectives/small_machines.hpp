// A machine of six bits and eight hidden units that learns three patterns.
#pragma once

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/rbm.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/samplers/gibbs.hpp>
#include <ebm/training/sgd.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"
#include "support/small_discrete.hpp"

namespace small_machines {

using namespace ebm;
using Machine = BernoulliRbm<float>;

// Three patterns of six bits, of unequal frequency, far from each other.
inline Points<float, Dynamic> patterns() {
  Points<float, Dynamic> points(60, 6);
  for (Index r = 0; r < 60; ++r) {
    const int which = r < 30 ? 0 : r < 50 ? 1 : 2;
    for (Index i = 0; i < 6; ++i) points(r, i) = which == 0 ? float(i < 3) : which == 1 ? float(i >= 3) : float(i % 2);
  }
  return points;
}

template <class E>
double negative_log_likelihood(const E& energy, const Points<float, Dynamic>& points) {
  const auto all = energies(energy, small_discrete::all_states<float>(6, kBits));
  double sum = 0;
  for (Index k = 0; k < all.size(); ++k) sum += std::exp(-static_cast<double>(all(k)));
  return energies(energy, points).template cast<double>().mean() + std::log(sum);
}

inline constexpr double kEntropy = 1.0114042647073518;  // of frequencies 1/2, 1/3, 1/6

// How far the likelihood stays below the best there is; independent pixels are three nats below.
template <class Start>
double learned(const Start& start) {
  Rng rng{1};
  Trainer trainer{Machine{6, 8, rng}, ContrastiveDivergence{Gibbs{}, start}, Sgd{.learning_rate = 0.1}};
  const auto result = trainer.fit(patterns(), {.iterations = 4000, .batch_size = 60}, rng);
  CHECK(result.status == TrainingStatus::healthy);
  return negative_log_likelihood(trainer.energy(), patterns()) - kEntropy;
}

template <class Start>
void check_same_for_any_number_of_threads(const Start& start) {
  const auto trained = [&](Index threads) {
    Rng rng{4};
    Trainer trainer{Machine{6, 70, rng}, ContrastiveDivergence{Gibbs{}, start}, Sgd{}};
    ThreadPool pool(threads);
    trainer.fit(patterns(), {.iterations = 20, .batch_size = 60}, rng, pool);
    const auto theta = trainer.energy().parameters();
    return std::vector<float>(theta.begin(), theta.end());
  };
  const auto one = trained(1);
  CHECK(one == trained(2));
  CHECK(one == trained(5));
}

}  // namespace small_machines
