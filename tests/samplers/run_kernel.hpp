// Runs a kernel at a fixed step size from given points, without the warm-up and the bookkeeping of sample().
#pragma once

#include <ebm/samplers/advance.hpp>

namespace run_kernel {

using namespace ebm;

template <class E>
struct Outcome {
  Points<typename E::Scalar, E::dim> points;
  Values<double> acceptance;  // of each chain, a mean over its steps
  Values<double> failed;      // 1 or 0
};

template <class E, class K, class Exec = Serial>
Outcome<E> run(const E& energy, const K& kernel, const Points<typename E::Scalar, E::dim>& start, Index steps,
               double epsilon, std::uint64_t seed = 1, Exec&& executor = {}) {
  using Scalar = typename E::Scalar;
  const Index tiles = tiles_for<Scalar>(start.rows());
  Chains<Scalar, E::dim> chains(tiles, start.cols());
  pack_rows(start, chains.positions());
  RunMemory<Scalar> memory(executor.workers(), tiles);
  kernel.init(energy, chains.state(0, tiles), memory.workspace(0));
  advance(energy, kernel, chains, {0, tiles}, 0, steps, StepSize(kernel, epsilon, {}), Stream(seed), memory, executor,
          Unobserved{});
  Outcome<E> outcome{Points<Scalar, E::dim>(start.rows(), start.cols()), Values<double>(start.rows()),
                     Values<double>(start.rows())};
  unpack_rows(chains.positions(), outcome.points);
  for (Index c = 0; c < start.rows(); ++c) {
    outcome.acceptance(c) =
        static_cast<double>(memory.acceptance(c / kLanes<Scalar>)(c % kLanes<Scalar>)) / static_cast<double>(steps);
    outcome.failed(c) = static_cast<double>(chains.failed().data()[c]);
  }
  return outcome;
}

}  // namespace run_kernel
