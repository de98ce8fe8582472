// TemperedPersistent: persistent chains at several temperatures that exchange places; the cold ones are the samples.
//
// Hot chains wander freely and bring what they find down the ladder, so that the samples reach modes which chains at
// temperature 1 would not (Desjardins et al. 2010; Cho, Raiko & Ilin 2010). The ladder leads from
// temperature 1 to the hottest (infinite: every state alike) and is moved until all pairs swap equally often. The mean
// rate of swaps is reported as the acceptance of jumps.
#pragma once

#include <ebm/objectives/negative_chains.hpp>
#include <ebm/samplers/tempered_chains.hpp>

namespace ebm {

struct TemperedPersistent {
  Index chains = 128;  // at each temperature
  Index temperatures = 10;
  Index steps = 1;  // kernel steps, each followed by a round of swaps, an iteration
  double hottest = std::numeric_limits<double>::infinity();  // temperature of the other end of the ladder
  Index adapted_every = 200;  // iterations from one adaptation of the ladder to the next; 0 for none

  static constexpr bool persistent = true;

  void check() const {
    require(chains >= 1, "chains", static_cast<double>(chains), "at least 1");
    require(temperatures >= 2, "temperatures", static_cast<double>(temperatures), "at least 2");
    require(steps >= 1, "steps", static_cast<double>(steps), "at least 1");
    require(hottest > 1, "hottest", hottest, "more than 1");
    require(adapted_every >= 0, "adapted_every", static_cast<double>(adapted_every), "at least 0");
  }
};

template <TrainableEnergy E, class K>
class TemperedNegativeChains {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  TemperedNegativeChains(const K& kernel, const TemperedPersistent& start, const E& energy, Data data, Rng& rng,
                         Index workers)
      : start_(start),
        chains_(energy, kernel, tempering_ladder(start.temperatures, start.hottest), start.chains, rng, workers),
        measured_(kernel.measures_acceptance()),
        fresh_(rng.stream()) {
    if constexpr (!DiscreteEnergy<E>)
      require(std::isfinite(start.hottest), "hottest", start.hottest, "a finite number");
    restart(data);
  }

  // The cold chains.
  struct Samples {
    TileSpan<const Scalar, E::dim> cold;
    TileSpan<const Scalar, E::dim> positions() const { return cold; }
    Index tiles() const { return cold.count(); }
    Index dim() const { return cold.dim(); }
  };
  Samples chains() const { return {chains_.cold()}; }
  const StepSize& step_size() const { return chains_.step_size(0); }
  RunMemory<Scalar>& memory() { return chains_.memory(); }
  void transfer(Archive& archive) { archive("chains", chains_), archive("restarts", restarts_); }
  Index moved_tiles() const { return chains_.tiles_per_level(); }
  Index sample_count(Data) const { return chains_.tiles_per_level() * kLanes<Scalar>; }

  // All chains anew, moved for a while so that they forget where they started.
  template <class Exec>
  void renew(const E& energy, Data data, Exec& executor) {
    constexpr int rounds = 40;
    restart(data);
    for (int round = 0; round < rounds; ++round) move(energy, executor);
  }

  template <class Exec>
  TileSpan<const Scalar, E::dim> next_samples(const E& energy, Data, Index iteration, Exec& executor,
                                              BatchReport& report) {
    if (start_.adapted_every > 0 && iteration > 0 && iteration % start_.adapted_every == 0) chains_.adapt_ladder();
    move(energy, executor);
    double sum = 0;
    const auto rates = chains_.swap_rates();
    for (const double rate : rates) sum += rate;
    report.jump_acceptance = sum / static_cast<double>(rates.size());
    report.step_size = step_size().value();
    report.chains = sample_count({chains_.cold(), 0});
    if (measured_) report.acceptance = mean_acceptance(chains_.memory(), {0, chains_.tiles_per_level()}, 1);
    const auto failed = chains_.state(0).failed;
    report.failed_chains = static_cast<Index>(
        std::count_if(failed.data(), failed.data() + failed.size(), [](Scalar f) { return f != Scalar(0); }));
    return chains_.cold();
  }

 private:
  // Every chain at a row of the minibatch.
  void restart(Data data) {
    ++restarts_;
    for (Index level = 0; level < chains_.levels(); ++level) {
      const auto x = chains_.positions(level);
      for (Index c = 0; c < x.count() * kLanes<Scalar>; ++c) {
        const auto id = static_cast<std::uint32_t>(level * x.count() * kLanes<Scalar> + c);
        const Index row = static_cast<Index>(fresh_.integer(id, restarts_, static_cast<std::uint64_t>(data.rows)));
        for (Index i = 0; i < x.dim(); ++i)
          x.coordinate(c / kLanes<Scalar>, i)[c % kLanes<Scalar>] =
              data.tiles.coordinate(row / kLanes<Scalar>, i)[row % kLanes<Scalar>];
      }
    }
  }

  template <class Exec>
  void move(const E& energy, Exec& executor) {
    for (Index level = 0; level < chains_.levels(); ++level) {
      const auto failed = chains_.state(level).failed;
      std::fill_n(failed.data(), failed.size(), Scalar(0));
    }
    chains_.initialise(energy, executor);
    for (Index step = 0; step < start_.steps; ++step) {
      chains_.advance(energy, 1, executor);
      chains_.swap(energy, executor);
    }
    chains_.tune(0.05 * static_cast<double>(start_.steps));
  }

  TemperedPersistent start_;
  TemperedChains<E, K> chains_;
  bool measured_;
  Stream fresh_;
  std::uint64_t restarts_ = 0;
};

template <class E, class K>
struct NegativeChainsOf<E, K, TemperedPersistent> {
  using Type = TemperedNegativeChains<E, K>;
};

}  // namespace ebm
