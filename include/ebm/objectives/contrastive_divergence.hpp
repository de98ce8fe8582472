// ContrastiveDivergence: push the energy of the data down and that of the model's samples up.
//
//   gradient = mean_data dE/dtheta - mean_samples dE/dtheta
//
// the gradient of -log p, if the samples are the model's. Hinton 2002 (chains from the data), Younes 1999 and Tieleman 2008
// (persistent chains). The samples come from a kernel: an exact one makes persistent chains unbiased in the limit of small
// learning rates, while with Sgld the fixed point is biased by its step: on data of variance m the precision becomes
// (1 - sqrt(1 - 2 epsilon / m)) / epsilon instead of 1 / m.
//
// energy_regularisation a adds a (mean E(data)^2 + mean E(samples)^2) to the loss (Du & Mordatch 2019). It keeps energies
// small and biases the model: data are weighted by 1 + 2 a E and samples by 1 - 2 a E.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/negative_phase.hpp>
#include <ebm/objectives/parameter_gradient.hpp>
#include <ebm/samplers/mixture_jump.hpp>
#include <ebm/samplers/sgld.hpp>

namespace ebm {

template <class K = NaturalKernel, NegativePhase Start = Persistent>
class ContrastiveDivergence {
 public:
  ContrastiveDivergence() = default;
  explicit ContrastiveDivergence(K kernel, Start start = {}, double energy_regularisation = 0.0)
      : kernel_(kernel), start_(start), energy_regularisation_(energy_regularisation) {
    start_.check();
    require(energy_regularisation >= 0, "energy_regularisation", energy_regularisation, "at least 0");
  }
  explicit ContrastiveDivergence(Start start) requires std::same_as<K, NaturalKernel>
      : ContrastiveDivergence(K{}, start) {}

  const K& kernel() const { return kernel_; }
  const Start& start() const { return start_; }

  template <TrainableEnergy E>
  class Estimator;

  template <TrainableEnergy E>
  Estimator<E> estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return Estimator<E>(*this, energy, data, rng, workers);
  }

 private:
  K kernel_{};
  Start start_{};
  double energy_regularisation_ = 0.0;
};

template <class K, NegativePhase Start>
ContrastiveDivergence(K, Start) -> ContrastiveDivergence<K, Start>;
template <class K, NegativePhase Start>
ContrastiveDivergence(K, Start, double) -> ContrastiveDivergence<K, Start>;
template <NegativePhase Start>
ContrastiveDivergence(Start) -> ContrastiveDivergence<NaturalKernel, Start>;
ContrastiveDivergence()->ContrastiveDivergence<NaturalKernel, Persistent>;

template <class K, NegativePhase Start>
template <TrainableEnergy E>
class ContrastiveDivergence<K, Start>::Estimator {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  Estimator(const ContrastiveDivergence& objective, const E& energy, Data data, Rng& rng, Index workers)
      : kernel_(resolve_kernel<K, E>(objective.kernel_)),
        start_(objective.start_),
        regularisation_(objective.energy_regularisation_),
        moved_(tiles_for<Scalar>(rows_moved(start_, data.rows))),
        chains_(chain_tiles(start_, moved_), dimension_of(energy)),
        memory_(workers, chains_.tiles()),
        step_size_(kernel_, 0.01, {1e-6, AnchoredEnergy<E> ? 1.0 : 1e6}),
        jump_(kernel_.temperature),
        noise_(rng.stream()),
        jump_noise_(rng.stream()),
        fresh_(rng.stream()),
        weights_(static_cast<std::size_t>(data.tiles.count() + moved_)),
        values_(weights_.size()) {
    restart(data);
  }

  const Chains<Scalar, E::dim>& chains() const { return chains_; }
  Chains<Scalar, E::dim>& chains() { return chains_; }
  StepSize& step_size() { return step_size_; }

  // All chains anew.
  void restart(Data data) {
    ++restarts_;
    for (Index c = 0; c < chains_.tiles() * kLanes<Scalar>; ++c) start_chain(c, data, restarts_);
  }

  // Moves all chains for a while, so that they forget where they started.
  template <class Exec>
  void burn_in(const E& energy, Data data, Index rounds, Exec& executor) {
    for (Index round = 0; round < rounds; ++round) move(energy, data, {0, chains_.tiles()}, executor);
  }

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    const TileRange range{iteration % (chains_.tiles() / moved_) * moved_, moved_};
    prepare_chains(data, iteration, range);
    BatchReport report = move(energy, data, range, executor);
    const Index data_tiles = data.tiles.count();
    const LanesSpan<Scalar> weights(weights_.front().data(), data_tiles + moved_),
        values(values_.front().data(), data_tiles + moved_);
    const auto samples = chains_.positions().subspan(range.first, range.count);
    fill_weights(energy, data, samples, weights, values, executor);
    using Part = typename ParameterGradient<E>::Part;
    const Part parts[] = {{data.tiles, weights.subspan(0, data_tiles), values.subspan(0, data_tiles)},
                          {samples, weights.subspan(data_tiles, moved_), values.subspan(data_tiles, moved_)}};
    sum_.sum(energy, parts, gradient, memory_, executor);
    summarise(values, data, report);
    return report;
  }

 private:
  using ResolvedKernel = decltype(resolve_kernel<K, E>(std::declval<const K&>()));

  static Index rows_moved(const Start& start, Index rows) {
    if constexpr (Start::persistent) {
      return std::min(start.moved > 0 ? start.moved : rows, start.chains);
    } else {
      return rows;
    }
  }
  // Whole groups of moved tiles, so that all chains are moved equally often.
  static Index chain_tiles(const Start& start, Index moved) {
    if constexpr (Start::persistent) {
      return (tiles_for<Scalar>(start.chains) + moved - 1) / moved * moved;
    } else {
      return moved;
    }
  }
  // The chains that count, of those that an iteration moves: chains from the data are as many as the minibatch has rows.
  Index sample_count(Data data) const { return Start::persistent ? moved_ * kLanes<Scalar> : data.rows; }
  Index steps() const { return start_.steps.value_or(ResolvedKernel::exact ? 10 : 20); }
  ChainSource source() const {
    if constexpr (Start::persistent)
      return start_.source.value_or(AnchoredEnergy<E> ? ChainSource::gaussian : ChainSource::data);
    return ChainSource::data;
  }

  void start_chain(Index chain, Data data, Index attempt) {
    const std::uint32_t id = static_cast<std::uint32_t>(chain);
    const std::uint64_t first = static_cast<std::uint64_t>(attempt) * static_cast<std::uint64_t>(chains_.dim());
    const Index row = static_cast<Index>(
        fresh_.integer(id, static_cast<std::uint64_t>(attempt), static_cast<std::uint64_t>(data.rows)));
    for (Index i = 0; i < chains_.dim(); ++i) {
      chains_.positions().coordinate(chain / kLanes<Scalar>, i)[chain % kLanes<Scalar>] =
          source() == ChainSource::data
              ? data.tiles.coordinate(row / kLanes<Scalar>, i)[row % kLanes<Scalar>]
              : static_cast<Scalar>(1.5 * fresh_.normal(id, first + static_cast<std::uint64_t>(i)));
    }
  }

  void prepare_chains(Data data, Index iteration, TileRange range) {
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

  // Kernel steps and jumps of a range of tiles; adapts the step size.
  template <class Exec>
  BatchReport move(const E& energy, Data data, TileRange range, Exec& executor) {
    BatchReport report;
    report.step_size = step_size_.value();
    const auto failed = chains_.failed().subspan(range.first, range.count);
    std::fill_n(failed.data(), failed.size(), Scalar(0));
    const Index groups = (range.count + kTilesAtOnce<E> - 1) / kTilesAtOnce<E>;
    const auto nothing = [](Index, const ChainStateOf<E>&, Index) {};
    executor.run(groups, [&](Index group, Index worker) {
      const Index first = range.first + group * kTilesAtOnce<E>;
      kernel_.init(energy, chains_.state(first, std::min(kTilesAtOnce<E>, range.first + range.count - first)),
                   memory_.workspace(worker));
    });
    advance(energy, kernel_, chains_, range, steps_done_, steps(), step_size_, noise_, memory_, executor, nothing);
    steps_done_ += steps();
    if (kernel_.measures_acceptance()) {
      report.acceptance = mean_acceptance(memory_, range, steps());
      step_size_.update(report.acceptance, 0.05 * static_cast<double>(steps()));
    }
    if constexpr (Start::persistent && AnchoredEnergy<E>) {
      if (start_.jumps > 0 && std::isfinite(energy.anchor_variance())) {
        jump_.set_centres(data.tiles, chains_.dim() <= kCentredDims ? std::min(start_.centres, data.rows) : 0);
        advance(energy, jump_, chains_, range, jumps_done_, start_.jumps, step_size_, jump_noise_, memory_, executor,
                nothing);
        jumps_done_ += start_.jumps;
        report.jump_acceptance = mean_acceptance(memory_, range, start_.jumps);
      }
    }
    report.failed_chains = static_cast<Index>(
        std::count_if(failed.data(), failed.data() + failed.size(), [](Scalar f) { return f != Scalar(0); }));
    return report;
  }

  // Weights of data and samples; the regularised ones depend on the energies.
  template <class Exec>
  void fill_weights(const E& energy, Data data, TileSpan<const Scalar, E::dim> samples, LanesSpan<Scalar> weights,
                    LanesSpan<Scalar> values, Exec& executor) {
    const Index data_lanes = data.tiles.count() * kLanes<Scalar>, sample_lanes = samples.count() * kLanes<Scalar>;
    if (regularisation_ > 0) {
      executor.run(data.tiles.count() + samples.count(), [&](Index tile, Index worker) {
        const auto x =
            tile < data.tiles.count() ? data.tiles.subspan(tile, 1) : samples.subspan(tile - data.tiles.count(), 1);
        evaluate(energy, x, values.subspan(tile, 1), memory_.workspace(worker));
      });
    }
    const double data_share = 1.0 / static_cast<double>(data.rows),
                 sample_share = -1.0 / static_cast<double>(sample_count(data));
    for (Index i = 0; i < data_lanes + sample_lanes; ++i) {
      const bool is_data = i < data_lanes;
      const double share =
          is_data ? (i < data.rows ? data_share : 0.0) : (i - data_lanes < sample_count(data) ? sample_share : 0.0);
      const double slope = is_data ? 2.0 * regularisation_ : -2.0 * regularisation_;
      const double factor = regularisation_ > 0 ? ebm::fma(slope, static_cast<double>(values.data()[i]), 1.0) : 1.0;
      weights.data()[i] = static_cast<Scalar>(share * factor);
    }
  }

  void summarise(LanesSpan<const Scalar> values, Data data, BatchReport& report) const {
    const auto mean = [](const Scalar* first, Index count) {
      double sum = 0;
      for (Index i = 0; i < count; ++i) sum += static_cast<double>(first[i]);
      return sum / static_cast<double>(count);
    };
    report.data_energy = mean(values.data(), data.rows);
    report.sample_energy = mean(values.tile_data(data.tiles.count()), sample_count(data));
    double square = 0;
    for (Index i = 0; i < data.rows; ++i) {
      const double difference = static_cast<double>(values.data()[i]) - report.data_energy;
      square = ebm::fma(difference, difference, square);
    }
    report.data_energy_sd = std::sqrt(square / static_cast<double>(data.rows));
  }

  // Counters of chains started anew lie beyond those of restarts.
  static constexpr Index kReinitialised = Index{1} << 32;

  // Beyond so many coordinates no proposal about a centre is ever accepted.
  static constexpr Index kCentredDims = 4;

  ResolvedKernel kernel_;
  Start start_;
  double regularisation_;
  Index moved_;
  Chains<Scalar, E::dim> chains_;
  RunMemory<Scalar> memory_;
  StepSize step_size_;
  MixtureJump<Scalar, E::dim> jump_;
  Stream noise_, jump_noise_, fresh_;
  std::vector<Lanes<Scalar>> weights_, values_;
  ParameterGradient<E> sum_;
  Index steps_done_ = 0, jumps_done_ = 0, restarts_ = 0;
};

}  // namespace ebm
