// parallel_tempering: chains at a ladder of temperatures that exchange places, around any kernel; the cold ones are
// recorded.
//
//   const auto draws = ebm::parallel_tempering(energy, ebm::Gibbs{}, {.temperatures = 12, .chains = 64}, rng);
//
// In the warm-up the temperatures between the ends move to where all neighbours swap equally often, and every level
// tunes its own step size. Rates near 0.23 to 0.6 are good; where they are lower, or where few states make the round
// trip from the cold level to the hottest and back, more temperatures help. The method is samplers/tempered_chains.hpp.
#pragma once

#include <ebm/samplers/sample.hpp>
#include <ebm/samplers/tempered_chains.hpp>

namespace ebm {

template <class Scalar, int Dim>
struct TemperingOptions {
  Index temperatures = 8;  // levels of the ladder
  double hottest = 10.0;   // temperature of the last level, in units of the kernel's; infinity for discrete states
  std::vector<double> ladder = {};  // temperatures to use instead, ascending from 1; they do not adapt
  Index chains = 64;                // at each temperature
  Index steps = 1000;               // kernel steps of each chain after the warm-up
  Index warmup = 500;               // kernel steps before, which are not recorded
  Index thin = 1;                   // every thin-th step is a draw
  Index steps_between_swaps = 1;
  std::optional<Points<Scalar, Dim>> initial = std::nullopt;  // one row a chain, or one row for all; left out, a guess
};

// The draws of the cold chains, and how well states travel.
template <class Scalar, int Dim>
struct TemperedDraws : Draws<Scalar, Dim> {
  std::vector<double> temperatures;  // in units of the kernel's; the first is 1
  std::vector<double> swap_rates;    // of each pair of neighbours, after the warm-up
  double round_trips = 0;            // from cold to hottest and back, for each of the chains, after the warm-up
};

namespace detail {

inline std::vector<double> ladder_of_temperatures(const std::vector<double>& temperatures) {
  std::vector<double> ladder;
  require(temperatures.front() == 1.0, "ladder: first temperature", temperatures.front(), "1");
  for (const double temperature : temperatures) {
    require(ladder.empty() || temperature > 1.0 / ladder.back(), "ladder: temperature", temperature,
            "more than the one before");
    ladder.push_back(1.0 / temperature);
  }
  return ladder;
}

}  // namespace detail

template <Energy E, class K, Executor Exec = Serial>
  requires TemperableKernel<K, E>
TemperedDraws<typename E::Scalar, E::dim> parallel_tempering(
    const E& energy, const K& kernel, const TemperingOptions<typename E::Scalar, E::dim>& options, Rng& rng,
    Exec&& executor = {}) {
  using Scalar = typename E::Scalar;
  detail::check_sample_options(options.chains, options.steps, options.warmup, options.thin);
  require(options.steps_between_swaps >= 1, "steps_between_swaps", static_cast<double>(options.steps_between_swaps),
          "at least 1");
  if constexpr (!DiscreteEnergy<E>) {
    require(std::isfinite(options.hottest), "hottest", options.hottest, "finite");
    for (const double temperature : options.ladder)
      require(std::isfinite(temperature), "ladder: temperature", temperature, "finite");
  }
  const bool adapts = options.ladder.empty();
  const Index dim = dimension_of(energy);
  const Stream start = rng.stream();
  TemperedChains<E, K> chains(energy, kernel,
                              adapts ? tempering_ladder(options.temperatures, options.hottest)
                                     : detail::ladder_of_temperatures(options.ladder),
                              options.chains, rng, executor.workers());
  if (options.initial) {
    require_shape("initial", *options.initial, options.initial->rows() == 1 ? 1 : options.chains, dim);
    require_finite("initial", *options.initial);
    for (Index level = 0; level < chains.levels(); ++level) pack_rows(*options.initial, chains.positions(level));
  } else {
    const Index lanes = chains.tiles_per_level() * kLanes<Scalar>;
    const auto guess = detail::guess_initial(energy, chains.levels() * lanes, start);
    for (Index level = 0; level < chains.levels(); ++level)
      pack_rows(guess.middleRows(level * lanes, lanes), chains.positions(level));
  }
  chains.initialise(energy, executor);

  // Steps and swaps; after_step(steps made) follows each call of advance, which none of the draws falls into.
  const auto run = [&](Index steps, auto&& after_step) {
    for (Index done = 0, since_swap = 0; done < steps;) {
      const Index step =
          std::min({options.steps_between_swaps - since_swap, options.thin - done % options.thin, steps - done});
      chains.advance(energy, step, executor);
      done += step, since_swap += step;
      after_step(done);
      if (since_swap < options.steps_between_swaps) continue;
      chains.swap(energy, executor);
      since_swap = 0;
    }
  };
  Index rounds = 0, next_adaptation = std::max<Index>(options.warmup / 16, 2 * options.steps_between_swaps);
  run(options.warmup, [&](Index done) {
    const double target = chains.step_size(0).target();
    const double decay = rounds < 20 ? 1.0 : 20.0 / static_cast<double>(rounds);
    ++rounds;
    chains.tune(std::min(1.0, decay) / std::max(1.0 - target, 0.1));
    if (adapts && done >= next_adaptation && 2 * next_adaptation <= options.warmup + 1) {
      chains.adapt_ladder();
      next_adaptation *= 2;
    }
  });
  for (Index level = 0; level < chains.levels(); ++level) {
    const auto failed = chains.state(level).failed;
    std::fill_n(failed.data(), failed.size(), Scalar(0));
  }
  chains.initialise(energy, executor);
  chains.reset_statistics();

  TemperedDraws<Scalar, E::dim> draws;
  draws.chains = options.chains;
  draws.draws_per_chain = options.steps / options.thin;
  draws.points.resize(draws.chains * draws.draws_per_chain, dim);
  draws.energies.resize(draws.points.rows());
  draws.acceptance.setZero(options.chains);
  draws.step_size = chains.step_size(0).value();
  for (const double beta : chains.ladder()) draws.temperatures.push_back(1.0 / beta);
  const auto record = [&](Index draw) {
    const auto state = chains.state(0);
    if constexpr (!kTracksEnergy<K>) {
      executor.run(state.position.count(), [&](Index t, Index worker) {
        evaluate(energy, state.position.subspan(t, 1), state.energy.subspan(t, 1), chains.memory().workspace(worker));
      });
    }
    for (Index chain = 0; chain < options.chains; ++chain) {
      const Index t = chain / kLanes<Scalar>, l = chain % kLanes<Scalar>, row = chain * draws.draws_per_chain + draw;
      for (Index i = 0; i < dim; ++i) draws.points(row, i) = state.position.coordinate(t, i)[l];
      draws.energies(row) = state.energy.tile_data(t)[l];
    }
  };
  run(options.steps, [&](Index done) {
    for (Index chain = 0; chain < options.chains; ++chain)
      draws.acceptance(chain) +=
          static_cast<double>(chains.memory().acceptance(chain / kLanes<Scalar>)(chain % kLanes<Scalar>));
    if (done % options.thin == 0) record(done / options.thin - 1);
  });
  const double measured = kernel.measures_acceptance() ? 1.0 : std::numeric_limits<double>::quiet_NaN();
  const auto failed = chains.state(0).failed;
  for (Index chain = 0; chain < options.chains; ++chain) {
    draws.acceptance(chain) *= measured / static_cast<double>(options.steps);
    draws.status.push_back(failed.data()[chain] != Scalar(0) ? ChainStatus::diverged : ChainStatus::healthy);
  }
  draws.swap_rates = chains.swap_rates();
  draws.round_trips =
      static_cast<double>(chains.round_trips()) / static_cast<double>(chains.tiles_per_level() * kLanes<Scalar>);
  return draws;
}

}  // namespace ebm
