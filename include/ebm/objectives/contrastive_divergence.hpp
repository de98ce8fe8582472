// ContrastiveDivergence: push the energy of the data down and that of the model's samples up.
//
//   gradient = mean_data dE/dtheta - mean_samples dE/dtheta
//
// the gradient of -log p, if the samples are the model's. Hinton 2002 (chains from the data), Younes 1999 and Tieleman
// 2008 (persistent chains). The samples come from a kernel: an exact one makes persistent chains unbiased in the limit
// of small learning rates, while with Sgld the fixed point is biased by its step: on data of variance m the precision
// becomes (1 - sqrt(1 - 2 epsilon / m)) / epsilon instead of 1 / m.
//
//   ContrastiveDivergence{Sgld{}, Persistent{}, {.energy_regularisation = 0.1}}
//
// energy_regularisation a adds a (mean E(data)^2 + mean E(samples)^2) to the loss (Du & Mordatch 2019). It keeps
// energies small and biases the model: data are weighted by 1 + 2 a E and samples by 1 - 2 a E.
//
// With a kernel of temperature T the model that is learned is exp(-E / T) / Z.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/data_energies.hpp>
#include <ebm/objectives/negative_chains.hpp>
#include <ebm/objectives/parameter_gradient.hpp>
#include <ebm/samplers/sgld.hpp>

namespace ebm {

struct ContrastiveDivergenceOptions {
  double energy_regularisation = 0.0;

  void check() const {
    require(energy_regularisation >= 0, "energy_regularisation", energy_regularisation, "at least 0");
  }
};

template <class K = NaturalKernel, NegativePhase Start = Persistent>
class ContrastiveDivergence {
 public:
  using Options = ContrastiveDivergenceOptions;

  ContrastiveDivergence() = default;
  explicit ContrastiveDivergence(K kernel, Start start = {}, const Options& options = {})
      : kernel_(kernel), start_(start), options_(options) {
    start_.check();
    options_.check();
  }
  explicit ContrastiveDivergence(Start start, const Options& options = {}) requires std::same_as<K, NaturalKernel>
      : ContrastiveDivergence(K{}, start, options) {}

  const K& kernel() const { return kernel_; }
  const Start& start() const { return start_; }
  double temperature() const { return temperature_of(kernel_); }

  template <TrainableEnergy E>
  class Estimator;

  template <TrainableEnergy E>
  Estimator<E> estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return Estimator<E>(*this, energy, data, rng, workers);
  }

 private:
  K kernel_{};
  Start start_{};
  Options options_;
};

template <class K, NegativePhase Start>
ContrastiveDivergence(K, Start) -> ContrastiveDivergence<K, Start>;
template <class K, NegativePhase Start>
ContrastiveDivergence(K, Start, ContrastiveDivergenceOptions) -> ContrastiveDivergence<K, Start>;
template <NegativePhase Start>
ContrastiveDivergence(Start) -> ContrastiveDivergence<NaturalKernel, Start>;
template <NegativePhase Start>
ContrastiveDivergence(Start, ContrastiveDivergenceOptions) -> ContrastiveDivergence<NaturalKernel, Start>;
ContrastiveDivergence()->ContrastiveDivergence<NaturalKernel, Persistent>;

template <class K, NegativePhase Start>
template <TrainableEnergy E>
class ContrastiveDivergence<K, Start>::Estimator {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  Estimator(const ContrastiveDivergence& objective, const E& energy, Data data, Rng& rng, Index workers)
      : regularisation_(objective.options_.energy_regularisation),
        chains_(resolve_kernel<K, E>(objective.kernel_), objective.start_, energy, data, rng, workers),
        weights_(static_cast<std::size_t>(data.tiles.count() + chains_.moved_tiles())),
        values_(weights_.size()) {}

  decltype(auto) chains() const { return chains_.chains(); }
  const StepSize& step_size() const { return chains_.step_size(); }
  void transfer(Archive& archive) { chains_.transfer(archive); }

  // Starts all chains anew, for an energy that they have not followed.
  template <class Exec>
  void recover(const E& energy, Data data, Exec& executor) {
    chains_.renew(energy, data, executor);
  }

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    return estimate(energy, data, iteration, gradient, executor, {});
  }

  // The loss may be weighted, and the cross-entropy of labelled rows added to it (objectives/joint.hpp).
  struct Terms {
    double weight = 1, label_weight = 0;
  };
  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor,
                       Terms terms) {
    BatchReport report;
    const auto samples = chains_.next_samples(energy, data, iteration, executor, report);
    const Index data_tiles = data.tiles.count(), sample_tiles = samples.count();
    const LanesSpan<Scalar> weights(weights_.front().data(), data_tiles + sample_tiles),
        values(values_.front().data(), data_tiles + sample_tiles);
    fill_weights(energy, data, samples, weights, values, executor, terms.weight);
    using Part = typename ParameterGradient<E>::Part;
    const int* labels = terms.label_weight > 0 ? data.labels : nullptr;
    const double labelled = labels ? static_cast<double>(labelled_rows(data)) : 0.0;
    losses_.resize(labels ? static_cast<std::size_t>(data_tiles) : 0);
    const Part parts[] = {
        {data.tiles, weights.subspan(0, data_tiles), values.subspan(0, data_tiles), labels,
         static_cast<Scalar>(terms.label_weight / std::max(labelled, 1.0)), labels ? losses_.front().data() : nullptr},
        {samples, weights.subspan(data_tiles, sample_tiles), values.subspan(data_tiles, sample_tiles)}};
    sum_.sum(energy, parts, gradient, chains_.memory(), executor);
    if constexpr (requires { chains_.learn(gradient); }) chains_.learn(gradient);
    summarise(values, data, report);
    if (labelled > 0) {
      double sum = 0;
      for (Index i = 0; i < data.rows; ++i) sum += static_cast<double>(losses_.front().data()[i]);
      report.label_loss = sum / labelled;
    }
    return report;
  }

 private:
  using ResolvedKernel = decltype(resolve_kernel<K, E>(std::declval<const K&>()));

  // Weights of data and samples; the regularised ones depend on the energies.
  template <class Exec>
  void fill_weights(const E& energy, Data data, TileSpan<const Scalar, E::dim> samples, LanesSpan<Scalar> weights,
                    LanesSpan<Scalar> values, Exec& executor, double weight) {
    const Index data_lanes = data.tiles.count() * kLanes<Scalar>, sample_lanes = samples.count() * kLanes<Scalar>;
    if (regularisation_ > 0) {
      executor.run(data.tiles.count() + samples.count(), [&](Index tile, Index worker) {
        const auto x =
            tile < data.tiles.count() ? data.tiles.subspan(tile, 1) : samples.subspan(tile - data.tiles.count(), 1);
        evaluate(energy, x, values.subspan(tile, 1), chains_.memory().workspace(worker));
      });
    }
    const Index samples_counted = chains_.sample_count(data);
    const double data_share = weight / static_cast<double>(data.rows),
                 sample_share = -weight / static_cast<double>(samples_counted);
    for (Index i = 0; i < data_lanes + sample_lanes; ++i) {
      const bool is_data = i < data_lanes;
      const double share =
          is_data ? (i < data.rows ? data_share : 0.0) : (i - data_lanes < samples_counted ? sample_share : 0.0);
      const double slope = is_data ? 2.0 * regularisation_ : -2.0 * regularisation_;
      const double factor = regularisation_ > 0 ? ebm::fma(slope, static_cast<double>(values.data()[i]), 1.0) : 1.0;
      weights.data()[i] = static_cast<Scalar>(share * factor);
    }
  }

  void summarise(LanesSpan<const Scalar> values, Data data, BatchReport& report) const {
    report.data_energy = detail::mean_of_rows(values.data(), data.rows);
    report.sample_energy = detail::mean_of_rows(values.tile_data(data.tiles.count()), chains_.sample_count(data));
    report.data_energy_sd = detail::sd_of_rows(values.data(), data.rows, report.data_energy);
  }

  double regularisation_;
  typename NegativeChainsOf<E, ResolvedKernel, Start>::Type chains_;
  std::vector<Lanes<Scalar>> weights_, values_, losses_;
  ParameterGradient<E> sum_;
};

}  // namespace ebm
