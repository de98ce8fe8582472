// The chains of contrastive divergence: where they are between iterations, and how an iteration moves them.
//
// Persistent chains are moved in turn, a block of tiles an iteration, and stay where they come to lie; chains from the
// data start at the minibatch each time. Where the energy has an anchor, jumps follow the kernel's steps
// (samplers/mixture_jump.hpp). Chains of a classifier may have a class each. A step size that is left to be tuned
// follows the mean acceptance of each iteration.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/classes_of_chains.hpp>
#include <ebm/objectives/negative_phase.hpp>
#include <ebm/samplers/advance.hpp>
#include <ebm/samplers/mixture_jump.hpp>

namespace ebm {

namespace detail {

// An option for which only an energy with an anchor has a use.
[[gnu::noinline]] inline Index anchored_option(const char* name, std::optional<Index> option, Index usual,
                                               bool anchored) {
  if (anchored) return option.value_or(usual);
  if (option.value_or(0) > 0) {
    throw ValueError(
        joined({name, ": ", count_text(*option), ", wanted none: the energy has no anchor of finite variance"}));
  }
  return 0;
}

}  // namespace detail

template <TrainableEnergy E, class K, NegativePhase Start>
class NegativeChains {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  NegativeChains(const K& kernel, const Start& start, const E& energy, Data data, Rng& rng, Index workers)
      : kernel_(kernel),
        start_(start),
        moved_(tiles_for<Scalar>(rows_moved(start, data.rows))),
        classes_(detail::classes_of(energy)),
        chains_(chain_tiles(start, moved_, classes_), dimension_of(energy)),
        memory_(workers, chains_.tiles()),
        step_size_(kernel, 0.01, {1e-6, AnchoredEnergy<E> ? 1.0 : 1e6}),
        jump_(temperature_of(kernel)),
        noise_(rng.stream()),
        jump_noise_(rng.stream()),
        fresh_(rng.stream()) {
    if constexpr (Start::persistent) {
      if (start.by_class && !ClassConditional<E>)
        throw ValueError("by_class: true, wanted false: the energy has no classes to sample from");
      if (start.by_class && start.jumps.value_or(0) > 0)
        throw ValueError("jumps: some, wanted none with by_class: chains keep their class");
      const bool anchored = can_jump(energy) && !start.by_class;
      jumps_ = detail::anchored_option("jumps", start.jumps, 2, anchored);
      centres_ = detail::anchored_option("centres", start.centres, chains_.dim() <= kCentredDims ? 32 : 0, anchored);
    }
    restart(data);
  }

  const Chains<Scalar, E::dim>& chains() const { return chains_; }
  const StepSize& step_size() const { return step_size_; }
  RunMemory<Scalar>& memory() { return memory_; }

  void transfer(Archive& archive) {
    archive("chains", chains_), archive("step_size", step_size_), archive("steps_done", steps_done_);
    archive("jumps_done", jumps_done_), archive("restarts", restarts_);
  }

  // Tiles that an iteration moves, and the chains in them that count: chains from the data are as many as its rows.
  Index moved_tiles() const { return moved_; }
  Index sample_count(Data data) const { return Start::persistent ? moved_ * kLanes<Scalar> : data.rows; }

  // All chains anew, moved for a while so that they forget where they started.
  template <class Exec>
  [[gnu::noinline]] void renew(const E& energy, Data data, Exec& executor) {
    const Index rounds = starts_unprepared() ? 0 : 40;
    restart(data);
    for (Index round = 0; round < rounds; ++round) move(energy, data, {0, chains_.tiles()}, executor);
  }

  // Moves the chains whose turn it is; they are the samples of this iteration.
  template <class Exec>
  TileSpan<const Scalar, E::dim> next_samples(const E& energy, Data data, Index iteration, Exec& executor,
                                              BatchReport& report) {
    const TileRange range{iteration % (chains_.tiles() / moved_) * moved_, moved_};
    prepare(data, iteration, range);
    report = move(energy, data, range, executor);
    return chains_.positions().subspan(range.first, range.count);
  }

 private:
  static Index rows_moved(const Start& start, Index rows) {
    if constexpr (Start::persistent) {
      return std::min(start.moved > 0 ? start.moved : rows, start.chains);
    } else {
      return rows;
    }
  }
  // Chains that start anew all the time enter the samples as they come, the first ones too.
  bool starts_unprepared() const {
    if constexpr (Start::persistent) return start_.reinitialised > 0;
    return false;
  }
  // Whole groups of moved tiles, so that all chains are moved equally often, and as many chains of each class.
  static Index chain_tiles(const Start& start, Index moved, [[maybe_unused]] Index classes) {
    if constexpr (Start::persistent) {
      Index unit = moved;
      if constexpr (ClassConditional<E>) {
        while (start.by_class && unit % classes != 0) unit += moved;
      }
      return (tiles_for<Scalar>(start.chains) + unit - 1) / unit * unit;
    } else {
      return moved;
    }
  }
  static bool can_jump(const E& energy) {
    if constexpr (AnchoredEnergy<E>) {
      return std::isfinite(energy.anchor_variance());
    } else {
      return false;
    }
  }
  [[gnu::noinline]] void restart(Data data) {
    ++restarts_;
    for (Index c = 0; c < chains_.tiles() * kLanes<Scalar>; ++c) start_chain(c, data, restarts_);
  }

  bool by_class() const {
    if constexpr (Start::persistent && ClassConditional<E>) return start_.by_class;
    return false;
  }
  Index steps() const { return start_.steps.value_or(K::exact ? 6 : 20); }
  ChainSource source() const {
    if constexpr (Start::persistent)
      return start_.source.value_or(AnchoredEnergy<E> ? ChainSource::gaussian : ChainSource::data);
    return ChainSource::data;
  }

  void start_chain(Index chain, Data data, Index attempt) {
    const std::uint32_t id = static_cast<std::uint32_t>(chain);
    const std::uint64_t first = static_cast<std::uint64_t>(attempt) * static_cast<std::uint64_t>(chains_.dim());
    Index row = static_cast<Index>(
        fresh_.integer(id, static_cast<std::uint64_t>(attempt), static_cast<std::uint64_t>(data.rows)));
    if (by_class() && data.labels) row = row_of_class(chain, data, row);
    for (Index i = 0; i < chains_.dim(); ++i) {
      const std::uint64_t at = first + static_cast<std::uint64_t>(i);
      chains_.positions().coordinate(chain / kLanes<Scalar>, i)[chain % kLanes<Scalar>] =
          source() == ChainSource::data      ? data.tiles.coordinate(row / kLanes<Scalar>, i)[row % kLanes<Scalar>]
          : source() == ChainSource::uniform ? static_cast<Scalar>(ebm::fma(2.0, fresh_.uniform(id, at), -1.0))
                                             : static_cast<Scalar>(1.5 * fresh_.normal(id, at));
    }
  }

  // The first row of the chain's class from `from` on; `from` itself where the minibatch has none.
  Index row_of_class(Index chain, Data data, Index from) const {
    if constexpr (ClassConditional<E>) {
      for (Index i = 0; i < data.rows; ++i) {
        const Index row = (from + i) % data.rows;
        if (data.labels[row] == detail::class_of_chain(chain, classes_)) return row;
      }
    }
    return from;
  }

  void prepare(Data data, Index iteration, TileRange range) {
    if constexpr (Start::persistent) {
      if (start_.reinitialised == 0) return;
      for (Index c = range.first * kLanes<Scalar>; c < (range.first + range.count) * kLanes<Scalar>; ++c) {
        if (fresh_.uniform(static_cast<std::uint32_t>(c), static_cast<std::uint64_t>(iteration)) <
            start_.reinitialised) {
          start_chain(c, data, kReinitialised + iteration);
        }
      }
    } else {
      std::copy_n(data.tiles.data(), data.tiles.size(), chains_.positions().data());
    }
  }

  template <class Exec>
  void take_steps(const E& energy, TileRange range, Exec& executor) {
    const Index groups = (range.count + kTilesAtOnce<E> - 1) / kTilesAtOnce<E>;
    const auto group_of = [range](Index group) -> TileRange {
      const Index first = range.first + group * kTilesAtOnce<E>;
      return {first, std::min(kTilesAtOnce<E>, range.first + range.count - first)};
    };
    const auto initialise = [&](const auto& of_group, TileRange tiles, Index worker) {
      kernel_.init(of_group, chains_.state(tiles.first, tiles.count), memory_.workspace(worker));
    };
    const auto advance_by = [&](const auto& of_group, TileRange tiles, auto& on) {
      advance(of_group, kernel_, chains_, tiles, steps_done_, steps(), step_size_, noise_, memory_, on, Unobserved{});
    };
    if constexpr (Start::persistent && ClassConditional<E>) {
      if (start_.by_class) {
        // A group at a time, whose classes depend on where it lies.
        executor.run(groups, [&](Index group, Index worker) {
          const TileRange tiles = group_of(group);
          const detail::OfTheirClasses<E> conditional{&energy, tiles.first * kLanes<Scalar>,
                                                      static_cast<Scalar>(temperature_of(kernel_))};
          detail::OnWorker here{worker};
          initialise(conditional, tiles, worker);
          advance_by(conditional, tiles, here);
        });
        return;
      }
    }
    executor.run(groups, [&](Index group, Index worker) { initialise(energy, group_of(group), worker); });
    advance_by(energy, range, executor);
  }

  // Kernel steps and jumps of a range of tiles; adapts the step size.
  template <class Exec>
  [[gnu::noinline]] BatchReport move(const E& energy, Data data, TileRange range, Exec& executor) {
    BatchReport report;
    report.step_size = step_size_.value();
    const auto failed = chains_.failed().subspan(range.first, range.count);
    std::fill_n(failed.data(), failed.size(), Scalar(0));
    take_steps(energy, range, executor);
    steps_done_ += steps();
    if (kernel_.measures_acceptance()) {
      report.acceptance = mean_acceptance(memory_, range, steps());
      step_size_.update(report.acceptance, 0.05 * static_cast<double>(steps()));
    }
    if constexpr (Start::persistent && AnchoredEnergy<E>) {
      if (jumps_ > 0) {
        jump_.set_centres(data.tiles, std::min(centres_, data.rows));
        advance(energy, jump_, chains_, range, jumps_done_, jumps_, step_size_, jump_noise_, memory_, executor,
                Unobserved{});
        jumps_done_ += jumps_;
        report.jump_acceptance = mean_acceptance(memory_, range, jumps_);
      }
    }
    report.chains = range.count * kLanes<Scalar>;
    report.failed_chains = static_cast<Index>(
        std::count_if(failed.data(), failed.data() + failed.size(), [](Scalar f) { return f != Scalar(0); }));
    return report;
  }

  // Counters of chains started anew lie beyond those of restarts.
  static constexpr Index kReinitialised = Index{1} << 32;

  // Beyond so many coordinates no proposal about a centre is ever accepted.
  static constexpr Index kCentredDims = 4;

  K kernel_;
  Start start_;
  Index moved_, classes_;  // no classes where the energy knows of none
  Chains<Scalar, E::dim> chains_;
  RunMemory<Scalar> memory_;
  StepSize step_size_;
  MixtureJump<Scalar, E::dim> jump_;
  Index jumps_ = 0, centres_ = 0;  // none where nothing can jump
  Stream noise_, jump_noise_, fresh_;
  Index steps_done_ = 0, jumps_done_ = 0, restarts_ = 0;
};

// The chains of a negative phase; one that needs others than these says so by a specialisation.
template <class E, class K, class Start>
struct NegativeChainsOf {
  using Type = NegativeChains<E, K, Start>;
};

}  // namespace ebm
