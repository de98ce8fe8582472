// sample: many independent chains of one kernel, warmed up, then recorded.
//
//   const auto draws = ebm::sample(energy, ebm::Mala{}, {.chains = 64, .steps = 2000, .warmup = 500}, rng);
//
// Chains run in tiles, a few steps of each at a time; a step size that is left to be tuned adapts after each round of
// the warm-up and is fixed afterwards. Draws do not depend on the number of threads.
#pragma once

#include <ebm/concepts/density.hpp>
#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/draws.hpp>
#include <ebm/core/function_ref.hpp>
#include <ebm/core/progress.hpp>
#include <ebm/samplers/advance.hpp>

namespace ebm {

template <class Scalar, int Dim>
struct SampleOptions {
  Index chains = 64;
  Index steps = 1000;                                         // kernel steps of each chain after the warm-up
  Index warmup = 500;                                         // kernel steps before, which are not recorded
  Index thin = 1;                                             // every thin-th step is a draw
  std::optional<Points<Scalar, Dim>> initial = std::nullopt;  // one row a chain, or one row for all; left out, a guess
  bool progress = false;
  FunctionRef<bool(Index, const Draws<Scalar, Dim>&)> on_draw = {};  // (draw, draws so far) -> whether to go on
};

namespace detail {

// Starting points where the user gives none: normals about the centre of the energy's own domain, an eighth of it wide,
// or standard normals where it names no domain; discrete energies start at uniform states.
template <DiscreteEnergy E>
Points<typename E::Scalar, E::dim> guess_initial(const E& energy, Index chains, const Stream& stream) {
  Points<typename E::Scalar, E::dim> points(chains, dimension_of(energy));
  const StateSet states = energy.states();
  for (Index i = 0; i < points.cols(); ++i) {
    for (Index c = 0; c < chains; ++c) {
      const auto state = stream.integer(static_cast<std::uint32_t>(c), static_cast<std::uint64_t>(i),
                                        static_cast<std::uint64_t>(states.count));
      points(c, i) = static_cast<typename E::Scalar>(states.value(static_cast<Index>(state)));
    }
  }
  return points;
}
template <class E>
Points<typename E::Scalar, E::dim> guess_initial(const E& energy, Index chains, const Stream& stream) {
  Points<typename E::Scalar, E::dim> points(chains, dimension_of(energy));
  for (Index i = 0; i < points.cols(); ++i) {
    double centre = 0, scale = 1;
    if constexpr (requires { energy.domain(); }) {
      const auto box = energy.domain();
      centre = 0.5 * (box.lower(i) + box.upper(i)), scale = 0.125 * (box.upper(i) - box.lower(i));
    }
    for (Index c = 0; c < chains; ++c) {
      points(c, i) = static_cast<typename E::Scalar>(
          ebm::fma(scale, stream.normal(static_cast<std::uint32_t>(c), static_cast<std::uint64_t>(i)), centre));
    }
  }
  return points;
}

inline void check_sample_options(Index chains, Index steps, Index warmup, Index thin) {
  require(chains >= 1, "chains", static_cast<double>(chains), "at least 1");
  require(steps >= 1, "steps", static_cast<double>(steps), "at least 1");
  require(warmup >= 0, "warmup", static_cast<double>(warmup), "at least 0");
  require(thin >= 1 && thin <= steps, "thin", static_cast<double>(thin), "1 to steps");
}

// Steps that all chains make before any goes on: the unit of adaptation, callbacks and progress.
inline constexpr Index kRoundSteps = 32;

// The mean acceptance over the chains that can move at all: those that began where nothing is finite accept nothing,
// and have no say in the step size.
template <class Scalar, int Dim>
double acceptance_of_movable(RunMemory<Scalar>& memory, const Chains<Scalar, Dim>& chains, Index steps) {
  const double lanes = static_cast<double>(chains.tiles() * kLanes<Scalar>);
  const double movable = static_cast<double>(std::max<Index>(1, chains.finite_lanes()));
  return mean_acceptance(memory, {0, chains.tiles()}, steps) * (lanes / movable);
}

// Whether a chain that can move accepted next to nothing: its surroundings are steeper than those of the others.
template <class Scalar, int Dim>
bool any_stuck(RunMemory<Scalar>& memory, const Chains<Scalar, Dim>& chains, Index steps) {
  for (Index t = 0; t < chains.tiles(); ++t) {
    for (Index l = 0; l < kLanes<Scalar>; ++l) {
      if (memory.acceptance(t)(l) < Scalar(0.02) * static_cast<Scalar>(steps) && chains.is_finite_lane(t, l))
        return true;
    }
  }
  return false;
}

// A step size of the right order: doubled or halved until the mean acceptance of one step from where the chains start
// crosses the target (Hoffman & Gelman 2014, algorithm 4). The chains stay where they are.
template <class E, class K, class Exec>
void find_step_size(const E& energy, const K& kernel, const Chains<typename E::Scalar, E::dim>& chains,
                    StepSize& step_size, const Stream& stream, RunMemory<typename E::Scalar>& memory, Exec& executor) {
  const TileRange all{0, chains.tiles()};
  bool growing = false;
  for (int trial = 0; step_size.tuned() && trial < 100; ++trial) {
    Chains<typename E::Scalar, E::dim> moved = chains;
    advance(energy, kernel, moved, all, 0, 1, step_size, stream, memory, executor, Unobserved{});
    const bool accepted = acceptance_of_movable(memory, chains, 1) > step_size.target();
    const bool crossed = trial > 0 && accepted != growing;
    if (crossed && accepted) return;
    growing = accepted;
    step_size.scale(growing ? 2.0 : 0.5);
    if (crossed) return;
  }
}

// The warm-up: rounds that double in length up to kRoundSteps, and a gain that falls with their number. The acceptance
// counts relative to what separates the target from 1, and changes the step size by a factor of e at most. What remains
// is the geometric mean over the second half (Polyak & Juditsky 1992). Chains that are stuck in a steep place come down
// from it in rounds with smaller and smaller steps, from which nothing is learnt.
template <class E, class K, class Exec>
void warm_up(const E& energy, const K& kernel, Chains<typename E::Scalar, E::dim>& chains, Index steps,
             StepSize& step_size, const Stream& stream, RunMemory<typename E::Scalar>& memory, Exec& executor) {
  const TileRange all{0, chains.tiles()};
  if (steps > 0) find_step_size(energy, kernel, chains, step_size, stream, memory, executor);
  Index round = 1;
  double log_sum = 0, summed = 0, shrunk = 1;
  for (Index done = 0, rounds = 0; done < steps; done += round, ++rounds) {
    round = std::min({kRoundSteps, rounds < 20 ? Index{1} : 2 * round, steps - done});
    StepSize of_round = step_size;
    of_round.scale(shrunk);
    advance(energy, kernel, chains, all, done, round, of_round, stream, memory, executor, Unobserved{});
    const bool learns = shrunk == 1.0;
    shrunk = round >= 4 && any_stuck(memory, chains, round) ? 0.25 * shrunk : std::min(4.0 * shrunk, 1.0);
    if (shrunk < 1e-7) shrunk = 1;
    if (!learns) continue;
    const double acceptance = acceptance_of_movable(memory, chains, round);
    const double decay = rounds < 20 ? 1.0 : 20.0 / static_cast<double>(rounds);
    step_size.update(acceptance, std::min(decay / (1.0 - step_size.target()),
                                          1.0 / std::max(std::abs(acceptance - step_size.target()), 1e-3)));
    if (2 * done < steps - round) continue;
    log_sum = ebm::fma(static_cast<double>(round), ebm::log(step_size.value()), log_sum);
    summed += static_cast<double>(round);
  }
  if (summed > 0) step_size.scale(ebm::exp(log_sum / summed) / step_size.value());
}

}  // namespace detail

template <Energy E, class K, Executor Exec = Serial>
  requires Kernel<K, E>
Draws<typename E::Scalar, E::dim> sample(const E& energy, const K& kernel,
                                         const SampleOptions<typename E::Scalar, E::dim>& options, Rng& rng,
                                         Exec&& executor = {}) {
  using Scalar = typename E::Scalar;
  detail::check_sample_options(options.chains, options.steps, options.warmup, options.thin);
  const Index dim = dimension_of(energy), tiles = tiles_for<Scalar>(options.chains);
  const Stream start = rng.stream(), stream = rng.stream();

  Chains<Scalar, E::dim> chains(tiles, dim);
  if (options.initial) {
    require_shape("initial", *options.initial, options.initial->rows() == 1 ? 1 : options.chains, dim);
    require_finite("initial", *options.initial);
    pack_rows(*options.initial, chains.positions());
  } else {
    pack_rows(detail::guess_initial(energy, tiles * kLanes<Scalar>, start), chains.positions());
  }
  RunMemory<Scalar> memory(executor.workers(), tiles);
  StepSize step_size(kernel, 0.1, {});
  const auto initialise = [&] {
    executor.run(tiles, [&](Index tile, Index worker) {
      kernel.init(energy, chains.state(tile, 1), memory.workspace(worker));
    });
  };
  initialise();
  const auto warm_up = [&](const auto& warming) {
    detail::warm_up(energy, warming, chains, options.warmup, step_size, stream, memory, executor);
  };
  if constexpr (requires { kernel.adjusted(); }) {
    step_size.tuned() ? warm_up(kernel.adjusted()) : warm_up(kernel);
  } else {
    warm_up(kernel);
  }
  // What the search for a step size met does not count against a chain, unless it is still there.
  chains.clear_failed();
  initialise();

  Draws<Scalar, E::dim> draws;
  draws.chains = options.chains;
  draws.draws_per_chain = options.steps / options.thin;
  draws.points.resize(options.chains * draws.draws_per_chain, dim);
  draws.energies.resize(draws.points.rows());
  draws.acceptance.resize(options.chains);
  for (Index c = 0; c < options.chains; ++c) draws.acceptance(c) = 0;
  draws.step_size = step_size.at(kernel, options.warmup);
  if constexpr (requires { kernel.schedule.has_value(); }) {
    if (kernel.schedule) {
      draws.weights.resize(draws.draws_per_chain);
      for (Index draw = 0; draw < draws.draws_per_chain; ++draw)
        draws.weights(draw) = step_size.at(kernel, options.warmup + (draw + 1) * options.thin - 1);
    }
  }
  const auto record = [&](Index draw, const ChainStateOf<E>& state, Index tile) {
    for (Index t = 0; t < state.position.count(); ++t) {
      for (Index l = 0; l < kLanes<Scalar>; ++l) {
        const Index chain = (tile + t) * kLanes<Scalar> + l;
        if (chain >= options.chains) break;
        const Index row = chain * draws.draws_per_chain + draw;
        for (Index i = 0; i < dim; ++i) draws.points(row, i) = state.position.coordinate(t, i)[l];
        draws.energies(row) = state.energy.tile_data(t)[l];
      }
    }
  };

  Progress progress(options.progress);
  const TileRange all{0, tiles};
  Index done = 0;
  while (done < options.steps && !draws.interrupted) {
    const Index round = std::min(detail::kRoundSteps, options.steps - done);
    advance(energy, kernel, chains, all, options.warmup + done, round, step_size, stream, memory, executor,
            [&](Index step, const ChainStateOf<E>& state, Index tile, Workspace& workspace) {
              const Index made = done + step + 1;
              if (made % options.thin != 0 || made / options.thin > draws.draws_per_chain) return;
              if constexpr (!kTracksEnergy<K>) {
                evaluate(energy, state.position, state.energy, workspace);
                for (Index i = 0; i < state.energy.size(); ++i) {
                  if (!std::isfinite(state.energy.data()[i])) state.failed.data()[i] = Scalar(1);
                }
              }
              record(made / options.thin - 1, state, tile);
            });
    for (Index c = 0; c < options.chains; ++c)
      draws.acceptance(c) += static_cast<double>(memory.acceptance(c / kLanes<Scalar>)(c % kLanes<Scalar>));
    for (Index draw = done / options.thin; options.on_draw && draw < (done + round) / options.thin; ++draw) {
      if (!options.on_draw(draw, draws)) {
        draws.interrupted = true;
        detail::keep_first(draws, draw + 1);
        break;
      }
    }
    done += round;
    progress.update(done, options.steps, [&] { return joined({"step size ", to_text(step_size.at(kernel, done))}); });
  }
  const double measured = kernel.measures_acceptance() ? 1.0 : std::numeric_limits<double>::quiet_NaN();
  for (Index c = 0; c < options.chains; ++c) draws.acceptance(c) *= measured / static_cast<double>(done);
  const auto failed = chains.failed();
  for (Index c = 0; c < options.chains; ++c) {
    const double tested = K::exact ? draws.acceptance(c) : std::numeric_limits<double>::quiet_NaN();
    draws.status.push_back(chain_status(failed.data()[c] != Scalar(0), tested, done));
  }
  return draws;
}

}  // namespace ebm
