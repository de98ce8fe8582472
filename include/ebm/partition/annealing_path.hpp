// AnnealingPath: a family of unnormalised densities f_beta from a base that is known, beta = 0, to an energy, beta = 1,
// with a kernel that leaves each of them invariant.
//
//   log f_0 = -base,   log f_1 = -E,   base_log_partition() = log Z_0
//
//   make_state(tiles) -> State                             room for so many tiles of chains
//   draw_base(state, range, stream, workspace)             exact draws of f_0
//   weigh(state, range, from, to, weights, workspace)      weights[chain] += log f_to(x) - log f_from(x)
//   slopes(state, range, beta, slopes, workspace)          slopes[chain]   = d log f_beta(x) / d beta
//   move(state, range, beta, stream, step, workspace)      one transition of a kernel with invariant law f_beta
//   copy_chain(state, from, to, source)                    chain `to` becomes a copy of chain `from` of the source
//   place(state, chain, points, row)                       chain becomes a row of points: optional
//   anneal(state, range, from, to, weights, stream, step, workspace)
//                                                          optional: weigh and then move at `to`, in one pass
//   offers_target_draws(), draw_target(state, stream)      optional: exact draws of f_1, where reverse runs start
//
// Chains are numbered tile by tile. Noise is that of (stream, tile, step) alone, so results do not depend on threads.
#pragma once

#include <ebm/core/rng.hpp>
#include <ebm/samplers/advance.hpp>

#include <span>
#include <vector>

namespace ebm {

template <class P>
concept AnnealingPath = requires(const P& path, typename P::State& state, TileRange range, double* weights,
                                 const Stream& stream, Workspace& workspace) {
  typename P::Scalar;
  { path.make_state(Index{}) } -> std::same_as<typename P::State>;
  { path.base_log_partition() } -> std::same_as<double>;
  { path.draw_base(state, range, stream, workspace) } -> std::same_as<void>;
  { path.weigh(state, range, 0.0, 1.0, weights, workspace) } -> std::same_as<void>;
  { path.slopes(state, range, 0.5, weights, workspace) } -> std::same_as<void>;
  { path.move(state, range, 0.5, stream, Index{}, workspace) } -> std::same_as<void>;
  { path.copy_chain(state, Index{}, Index{}, state) } -> std::same_as<void>;
};

template <class P>
concept OffersTargetDraws = AnnealingPath<P> &&
    requires(const P& path, typename P::State& state, const Stream& stream) {
  { path.offers_target_draws() } -> std::same_as<bool>;
  { path.draw_target(state, stream) } -> std::same_as<void>;
};

namespace detail {

template <AnnealingPath P>
void anneal(const P& path, typename P::State& state, TileRange range, double from, double to, double* weights,
            const Stream& stream, Index step, Workspace& workspace) {
  if constexpr (requires { path.anneal(state, range, from, to, weights, stream, step, workspace); }) {
    path.anneal(state, range, from, to, weights, stream, step, workspace);
  } else {
    path.weigh(state, range, from, to, weights, workspace);
    path.move(state, range, to, stream, step, workspace);
  }
}

// Tiles that one task takes: few enough that every worker has some, and no more than share a pass over the weights.
template <class P>
Index tiles_of_task(Index tiles, Index workers) {
  Index most = 8;
  if constexpr (requires { P::tiles_at_once; }) most = P::tiles_at_once;
  return std::max<Index>(1, std::min(most, (tiles + workers - 1) / workers));
}

// f(range, workspace) for all tiles, shared among the workers.
template <AnnealingPath P, class Exec, class F>
void for_each_range(Index tiles, std::vector<Workspace>& workspaces, Exec& executor, F f) {
  const Index each = tiles_of_task<P>(tiles, executor.workers());
  executor.run((tiles + each - 1) / each, [&](Index task, Index worker) {
    const TileRange range{task * each, std::min(each, tiles - task * each)};
    f(range, workspaces[static_cast<std::size_t>(worker)]);
  });
}

}  // namespace detail

}  // namespace ebm
