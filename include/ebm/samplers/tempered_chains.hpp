// Chains at several temperatures that exchange places: the state of parallel tempering.
//
//   x at beta and y at beta' are swapped with probability min(1, exp(u(x) + u'(y) - u(y) - u'(x)))
//
// where exp(-u) is the law that the kernel leaves invariant at inverse temperature beta: u = beta E, and the exponent
// is (beta - beta')(E(x) - E(y)) (Swendsen & Wang 1986; Geyer 1991). A kernel that tempers the joint distribution with
// hidden units (Gibbs on a Boltzmann machine) has another u, which such an energy offers as value_at.
//
// Pairs (0, 1), (2, 3), ... and (1, 2), (3, 4), ... take turns (Syed, Bouchard-Cote, Deligiannidis & Doucet 2022):
// then states travel through the ladder, where random pairs would make them diffuse. Level 0 is the cold one.
// Every level has a kernel of its own, that of the caller at another temperature, and a step size of its own.
#pragma once

#include <ebm/samplers/advance.hpp>
#include <ebm/samplers/gibbs.hpp>
#include <ebm/samplers/tempering_ladder.hpp>

namespace ebm {

// Whether a kernel at temperature T samples the joint distribution of visible and hidden units at T, if there are
// hidden ones: Gibbs, and a kernel that says K::tempers_joint.
template <class K>
inline constexpr bool kTempersJoint = std::same_as<K, Gibbs> || requires { requires K::tempers_joint; };

// A kernel whose temperature can be set.
template <class K, class E>
concept TemperableKernel = Kernel<K, E> && std::same_as<decltype(K::temperature), double>;

template <Energy E, class K>
  requires TemperableKernel<K, E>
class TemperedChains {
 public:
  using Scalar = typename E::Scalar;

  // As many chains at each level, rounded up to whole tiles; ladder[0] > ladder[1] > ... are the inverse temperatures,
  // relative to the kernel's own. Positions are the caller's to set; initialise() then takes them up.
  TemperedChains(const E& energy, const K& kernel, std::vector<double> ladder, Index chains, Rng& rng, Index workers)
      : kernel_(kernel),
        ladder_(std::move(ladder)),
        tiles_(tiles_for<Scalar>(chains)),
        chains_(levels() * tiles_, dimension_of(energy)),
        memory_(workers, chains_.tiles()),
        step_sizes_(ladder_.size(), StepSize(kernel, 0.1, {})),
        moves_(rng.stream()),
        swaps_(rng.stream()),
        replica_(ladder_.size() * lanes()),
        phase_(replica_.size(), kUnseen) {
    require(chains >= 1, "chains", static_cast<double>(chains), "at least 1");
    require(ladder_.size() >= 2, "temperatures", static_cast<double>(ladder_.size()), "at least 2");
    for (std::size_t level = 1; level < ladder_.size(); ++level)
      require(ladder_[level] >= 0 && ladder_[level] < ladder_[level - 1], "inverse temperature", ladder_[level],
              "at least 0 and less than the one before");
    for (std::size_t i = 0; i < replica_.size(); ++i) replica_[i] = static_cast<std::uint32_t>(i / lanes());
    set_kernels();
    reset_statistics();
  }

  void transfer(Archive& archive) {
    archive("ladder", ladder_), archive("chains", chains_), archive("replica", replica_), archive("phase", phase_);
    archive("accepted", accepted_), archive("attempts", attempts_), archive("steps_done", steps_done_);
    archive("swaps_done", swaps_done_), archive("last_steps", last_steps_), archive("round_trips", round_trips_);
    for (std::size_t level = 0; level < step_sizes_.size(); ++level)
      archive(joined({"step_size.", count_text(static_cast<Index>(level))}), step_sizes_[level]);
    for (const std::uint32_t level : replica_)
      require(level < ladder_.size(), "replica", static_cast<double>(level), "fewer than there are levels");
    set_kernels();
  }

  Index levels() const { return static_cast<Index>(ladder_.size()); }
  Index tiles_per_level() const { return tiles_; }
  Index dim() const { return chains_.dim(); }
  // Inverse temperatures, relative to that of the kernel given.
  std::span<const double> ladder() const { return ladder_; }
  TileSpan<Scalar, E::dim> positions(Index level) { return chains_.positions().subspan(level * tiles_, tiles_); }
  TileSpan<const Scalar, E::dim> positions(Index level) const {
    return chains_.positions().subspan(level * tiles_, tiles_);
  }
  TileSpan<const Scalar, E::dim> cold() const { return positions(0); }
  ChainState<Scalar, E::dim> state(Index level) { return chains_.state(level * tiles_, tiles_); }
  const StepSize& step_size(Index level) const { return step_sizes_[static_cast<std::size_t>(level)]; }
  RunMemory<Scalar>& memory() { return memory_; }

  // To be called when positions were set, or when the energy has changed.
  template <class Exec>
  void initialise(const E& energy, Exec& executor) {
    for_each_group(executor, [&](Index level, TileRange range, Index worker) {
      kernel(level).init(energy, chains_.state(range.first, range.count), memory_.workspace(worker));
    });
  }

  // Kernel steps at every level.
  template <class Exec>
  void advance(const E& energy, Index steps, Exec& executor) {
    for_each_group(executor, [&](Index level, TileRange range, Index worker) {
      OnWorker here{worker};
      ebm::advance(energy, kernel(level), chains_, range, steps_done_, steps, step_size(level), moves_, memory_, here,
                   Unobserved{});
    });
    steps_done_ += steps;
    last_steps_ = steps;
  }

  // Lets every level's step size follow the acceptance of the last advance.
  void tune(double gain) {
    if (!kernel_.measures_acceptance()) return;
    for (Index level = 0; level < levels(); ++level) {
      StepSize& size = step_sizes_[static_cast<std::size_t>(level)];
      size.update(mean_acceptance(memory_, {level * tiles_, tiles_}, last_steps_), gain);
    }
  }

  // One round of swaps: every other pair of neighbouring levels, those that were not tried in the last round.
  template <class Exec>
  void swap(const E& energy, Exec& executor) {
    const Index first = swaps_done_ % 2, pairs = (levels() - first) / 2;
    executor.run(pairs * tiles_, [&](Index task, Index worker) {
      swap_tiles(energy, first + 2 * (task / tiles_), task % tiles_, memory_.workspace(worker));
    });
    for (Index level = first; level + 1 < levels(); level += 2) ++attempts_[static_cast<std::size_t>(level)];
    ++swaps_done_;
    follow_replicas();
  }

  // Mean acceptance of each pair of neighbours since the statistics were reset.
  std::vector<double> swap_rates() const {
    std::vector<double> rates(attempts_.size(), 0.0);
    for (std::size_t pair = 0; pair < rates.size(); ++pair) {
      for (std::size_t t = 0; t < static_cast<std::size_t>(tiles_); ++t)
        rates[pair] += accepted_[pair * static_cast<std::size_t>(tiles_) + t];
      rates[pair] /= static_cast<double>(lanes()) * static_cast<double>(std::max<Index>(1, attempts_[pair]));
    }
    return rates;
  }
  // How often a state has gone from the cold level to the hottest and back since then, in all ladders together.
  Index round_trips() const { return round_trips_; }

  void reset_statistics() {
    accepted_.assign((ladder_.size() - 1) * static_cast<std::size_t>(tiles_), 0.0);
    attempts_.assign(ladder_.size() - 1, 0);
    round_trips_ = 0;
  }

  // Moves the temperatures between the ends to where all pairs would swap equally often, by the rates measured since
  // the last reset; resets them.
  void adapt_ladder() {
    std::vector<double> rejection = swap_rates();
    for (std::size_t pair = 0; pair < rejection.size(); ++pair) {
      if (attempts_[pair] == 0) return;
      rejection[pair] = 1.0 - rejection[pair];
    }
    ladder_ = equalised_ladder(ladder_, rejection);
    set_kernels();
    reset_statistics();
  }

 private:
  static constexpr unsigned char kUnseen = 0, kFromCold = 1, kFromHot = 2;

  // Runs what is left of a task in the worker that it was given to.
  struct OnWorker {
    Index worker;
    Index workers() const { return 1; }
    template <class F>
    void run(Index tasks, F&& f) const {
      for (Index task = 0; task < tasks; ++task) f(task, worker);
    }
  };

  std::size_t lanes() const { return static_cast<std::size_t>(tiles_ * kLanes<Scalar>); }
  const K& kernel(Index level) const { return kernels_[static_cast<std::size_t>(level)]; }
  double beta(Index level) const { return ladder_[static_cast<std::size_t>(level)] / kernel_.temperature; }

  void set_kernels() {
    kernels_.assign(ladder_.size(), kernel_);
    for (std::size_t level = 0; level < ladder_.size(); ++level)
      kernels_[level].temperature = kernel_.temperature / ladder_[level];
  }

  // f(level, range of a few tiles, worker).
  template <class Exec, class F>
  void for_each_group(Exec& executor, F f) {
    const Index groups = (tiles_ + kTilesAtOnce<E> - 1) / kTilesAtOnce<E>;
    executor.run(levels() * groups, [&](Index task, Index worker) {
      const Index level = task / groups, first = task % groups * kTilesAtOnce<E>;
      f(level, TileRange{level * tiles_ + first, std::min(kTilesAtOnce<E>, tiles_ - first)}, worker);
    });
  }

  // Tile t of a level and of the one above.
  void swap_tiles(const E& energy, Index level, Index t, Workspace& workspace) {
    using V = Pack<Scalar>;
    const Index cold = level * tiles_ + t, hot = cold + tiles_;
    Workspace::Scope scope(workspace);
    const auto u = workspace.tiles<Scalar, 1>(4, 1);
    constexpr bool joint = kTempersJoint<K> && HasTemperedValues<E>;
    if constexpr (joint) {
      for (Index k = 0; k < 4; ++k) {
        const auto x = chains_.positions().subspan(k % 2 == 0 ? cold : hot, 1);
        energy.value_at(detail::ConstTiles<E>(x), beta(level + k / 2), u.subspan(k, 1), workspace);
      }
    } else if constexpr (!kTracksEnergy<K>) {
      for (const Index tile : {cold, hot})
        evaluate(energy, chains_.positions().subspan(tile, 1), chains_.energies().subspan(tile, 1), workspace);
    }
    Scalar* uniforms = workspace.take<Scalar>(kNoiseBlock<Scalar> * kLanes<Scalar>);
    fill_uniforms(swaps_, cold, swaps_done_ * kNoiseBlock<Scalar>, kNoiseBlock<Scalar>, uniforms);
    Lanes<Scalar> probability, swapped;
    const V difference(beta(level) - beta(level + 1));
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
      const auto at = [p](Scalar* from) { return V::load(from + p); };
      const V log_ratio =
          joint ? (at(u.tile_data(0)) - at(u.tile_data(1))) + (at(u.tile_data(3)) - at(u.tile_data(2)))
                : difference * (at(chains_.energies().tile_data(cold)) - at(chains_.energies().tile_data(hot)));
      const V accept = select(log_ratio == log_ratio, exp(minimum(log_ratio, V(0))), V(0));
      const auto taken = at(uniforms) <= accept;
      accept.store(probability.data() + p);
      select(taken, V(1), V(0)).store(swapped.data() + p);
      const auto exchange = [&](Scalar* a, Scalar* b) {
        const V x = V::load(a), y = V::load(b);
        select(taken, y, x).store(a);
        select(taken, x, y).store(b);
      };
      const auto a = chains_.state(cold, 1), b = chains_.state(hot, 1);
      for (Index i = 0; i < dim(); ++i) exchange(a.position.coordinate(0, i) + p, b.position.coordinate(0, i) + p);
      exchange(a.energy.data() + p, b.energy.data() + p);
      if constexpr (kTracksEnergy<K>) {
        for (Index i = 0; i < dim(); ++i) exchange(a.gradient.coordinate(0, i) + p, b.gradient.coordinate(0, i) + p);
      }
    }
    accepted_[static_cast<std::size_t>(cold)] += static_cast<double>(sum_lanes(probability.data()));
    for (Index l = 0; l < kLanes<Scalar>; ++l) {
      if (swapped(l) != Scalar(0))
        std::swap(replica_[static_cast<std::size_t>(cold * kLanes<Scalar> + l)],
                  replica_[static_cast<std::size_t>(hot * kLanes<Scalar> + l)]);
    }
  }

  // Which end of the ladder every state has last been at.
  void follow_replicas() {
    const std::size_t hottest = (ladder_.size() - 1) * lanes();
    for (std::size_t lane = 0; lane < lanes(); ++lane) {
      unsigned char& at_cold = phase_[replica_[lane] * lanes() + lane];
      round_trips_ += at_cold == kFromHot;
      at_cold = kFromCold;
      unsigned char& at_hot = phase_[replica_[hottest + lane] * lanes() + lane];
      if (at_hot == kFromCold) at_hot = kFromHot;
    }
  }

  K kernel_;
  std::vector<double> ladder_;
  Index tiles_;
  std::vector<K> kernels_ = {};
  Chains<Scalar, E::dim> chains_;
  RunMemory<Scalar> memory_;
  std::vector<StepSize> step_sizes_;
  Stream moves_, swaps_;
  std::vector<std::uint32_t> replica_;  // [level][lane]: the level at which the state that is there began
  std::vector<unsigned char> phase_;    // [replica][lane]
  std::vector<double> accepted_ = {};   // [pair][tile]
  std::vector<Index> attempts_ = {};    // [pair]
  Index steps_done_ = 0, swaps_done_ = 0, last_steps_ = 1, round_trips_ = 0;
};

}  // namespace ebm
