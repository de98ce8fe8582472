// The fused loop: a group of tiles makes all its steps in registers and the first-level cache before the next begins.
#pragma once

#include <ebm/core/executor.hpp>
#include <ebm/samplers/chains.hpp>
#include <ebm/samplers/step_size.hpp>
#include <ebm/core/tile_noise.hpp>

namespace ebm {

// Scratch for a run: a workspace for each worker, and a place for the sums of each tile.
template <class Scalar>
class RunMemory {
 public:
  RunMemory(Index workers, Index tiles)
      : workspaces_(static_cast<std::size_t>(workers)), acceptance_(static_cast<std::size_t>(tiles)) {}

  Workspace& workspace(Index worker) { return workspaces_[static_cast<std::size_t>(worker)]; }
  // Sums of the acceptance probabilities of each lane of a tile over the last advance.
  Lanes<Scalar>& acceptance(Index tile) { return acceptance_[static_cast<std::size_t>(tile)]; }

 private:
  std::vector<Workspace> workspaces_;
  std::vector<Lanes<Scalar>> acceptance_;
};

// Which tiles of `Chains` are to be advanced. The noise is that of the tile's number.
struct TileRange {
  Index first = 0, count = 0;
};

// The observer of a run whose steps nobody looks at.
struct Unobserved {
  template <class State>
  void operator()(Index, const State&, Index, Workspace&) const {}
};

// Moves the tiles of the range `steps` steps. after_step(step, state, first tile, workspace) sees each group after each
// step.
// The result does not depend on the number of workers.
template <class E, class K, class Exec, class AfterStep>
  requires Kernel<K, E>
[[gnu::noinline]] void advance(const E& energy, const K& kernel, Chains<typename E::Scalar, E::dim>& chains,
                               TileRange range, Index first_step, Index steps, const StepSize& step_size,
                               const Stream& stream, RunMemory<typename E::Scalar>& memory, Exec& executor,
                               AfterStep after_step) {
  using Scalar = typename E::Scalar;
  const Index groups = (range.count + kTilesAtOnce<E> - 1) / kTilesAtOnce<E>;
  executor.run(groups, [&](Index group, Index worker) {
    Workspace& workspace = memory.workspace(worker);
    Workspace::Scope scope(workspace);
    const Index tile = range.first + group * kTilesAtOnce<E>;
    const Index count = std::min(kTilesAtOnce<E>, range.first + range.count - tile);
    const auto state = chains.state(tile, count);
    const LanesSpan<Scalar> acceptance(memory.acceptance(tile).data(), count);
    std::fill_n(acceptance.data(), acceptance.size(), Scalar(0));
    TileNoise<Scalar, E::dim> noise(stream, tile, count, chains.dim(), first_step, workspace,
                                    uniforms_per_step(kernel, energy), first_step + steps);
    for (Index step = 0; step < steps; ++step) {
      noise.next();
      kernel.step(energy, state, step_size.at(kernel, first_step + step), noise, acceptance, workspace);
      after_step(step, state, tile, workspace);
    }
  });
}

// The mean acceptance probability of the last advance, summed in the order of the tiles.
template <class Scalar>
double mean_acceptance(RunMemory<Scalar>& memory, TileRange range, Index steps) {
  double sum = 0;
  for (Index t = range.first; t < range.first + range.count; ++t)
    sum += static_cast<double>(sum_lanes(memory.acceptance(t).data()));
  return sum / static_cast<double>(range.count * kLanes<Scalar> * steps);
}

}  // namespace ebm
