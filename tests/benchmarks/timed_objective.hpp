// Contrastive divergence that looks at the clock: how long an iteration of a training takes at best.
#pragma once

#include "benchmark.hpp"

#include <ebm/objectives/contrastive_divergence.hpp>

#include <limits>

namespace benchmarks {

// `shortest` is set to the shortest time from the beginning of an iteration's estimate to that of the next.
template <class Divergence>
struct TimedObjective {
  Divergence objective;
  double* shortest;

  template <class E>
  struct Estimator : Divergence::template Estimator<E> {
    using Base = typename Divergence::template Estimator<E>;
    double* shortest;
    double before = -1e9;

    Estimator(Base base, double* time) : Base(std::move(base)), shortest(time) {
      *shortest = std::numeric_limits<double>::infinity();
    }

    template <class Exec>
    ebm::BatchReport estimate(const E& energy, typename Base::Data data, Index iteration,
                              ebm::FlatVector<typename E::Scalar>& gradient, Exec& executor) {
      const double start = now();
      *shortest = std::min(*shortest, start - before);
      before = start;
      return Base::estimate(energy, data, iteration, gradient, executor);
    }
  };

  template <class E>
  Estimator<E> estimator(const E& energy, ebm::Minibatch<typename E::Scalar, E::dim> data, ebm::Rng& rng,
                         Index workers) const {
    return Estimator<E>(objective.estimator(energy, data, rng, workers), shortest);
  }
};

}  // namespace benchmarks
