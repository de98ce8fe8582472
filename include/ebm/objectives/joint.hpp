// JointObjective: one network as a classifier and as a density of its inputs.
//
//   loss = label_weight mean over labelled rows of -log p(y | x)  +  weight mean over all rows of -log p(x)
//
// Grathwohl et al. 2020, eq. 7, whose second term is contrastive divergence on E(x) = -log sum_y exp f_y(x). Rows with
// label -1 enter the second term alone. Data are blurred by Gaussian noise, new in each iteration.
//
//   JointObjective<>::jem()         as published: 20 steps of SGLD with step 1 and noise 0.01, 10 000 persistent chains
//                                   of which 5 % start anew from U(-1, 1)^d, data noise 0.03. It samples the
//                                   temperature noise^2 / (2 step) = 5e-5, not 1: densities are exp(-E / 5e-5) / Z.
//   JointObjective<>::calibrated()  5 steps of Metropolis-adjusted Langevin, which samples exp(-E / 0.01) whatever its
//                                   step; 1024 persistent chains from the data, data noise 0.1, weight 0.1. Images want
//                                   to be centred on their mean and held by an anchor of their mean square,
//                                   Anchored{ClassifierEnergy{network}, mean_square / objective.temperature()}:
//                                   chains that come from the data do not see what E is far away from them.
//
// The gradients of the second term are those of E, not of E / T: -log p(x) has T times the weight in nats. p(y | x) is
// the softmax of the logits whatever T is. A smaller weight makes the better classifier: of Fashion-MNIST after 1000
// iterations, accuracy .872 and calibration error .041 (all of it too little confidence) with weight 0.4, .882 and .021
// with 0.1. Chains from noise are no remedy at T = 0.01: they do not come down to the data in time (accuracy .80).
//
// With Persistent{.by_class = true} each chain has a class and samples E_T(x | y), as JEM's class-conditional buffer
// does (objectives/classes_of_chains.hpp). temperature() says at which temperature the samples were drawn.
#pragma once

#include <ebm/core/noise.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/objectives/cross_entropy.hpp>

namespace ebm {

struct JointOptions {
  double weight = 1.0, label_weight = 1.0;
  double data_noise = 0.0;  // standard deviation

  void check() const {
    require(weight > 0, "weight", weight, "more than 0");
    require(label_weight > 0, "label_weight", label_weight, "more than 0");
    require(data_noise >= 0 && data_noise < 1e6, "data_noise", data_noise, "0 or a standard deviation");
  }
};

template <class K = Mala, NegativePhase Start = Persistent>
class JointObjective {
 public:
  JointObjective(ContrastiveDivergence<K, Start> divergence, JointOptions options = {})
      : divergence_(std::move(divergence)), options_(options) {
    options_.check();
  }

  const ContrastiveDivergence<K, Start>& divergence() const { return divergence_; }
  const JointOptions& options() const { return options_; }
  double temperature() const { return temperature_of(divergence_.kernel()); }

  template <Classifier E>
  class Estimator;

  template <Classifier E>
  Estimator<E> estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    detail::require_labels(data.labels);
    return Estimator<E>(*this, energy, data, rng, workers);
  }

  static auto jem() {
    const Persistent start{
        .chains = 10000, .steps = 20, .jumps = 0, .reinitialised = 0.05, .source = ChainSource::uniform};
    return JointObjective<Sgld>(ContrastiveDivergence{Sgld::from_step_noise(1.0, 0.01), start}, {.data_noise = 0.03});
  }
  static auto calibrated() {
    const Persistent start{.chains = 1024, .steps = 5, .jumps = 0, .source = ChainSource::data};
    return JointObjective<Mala>(ContrastiveDivergence{Mala{.temperature = 0.01}, start},
                                {.weight = 0.1, .data_noise = 0.1});
  }

 private:
  ContrastiveDivergence<K, Start> divergence_;
  JointOptions options_;
};

template <class K, NegativePhase Start>
JointObjective(ContrastiveDivergence<K, Start>) -> JointObjective<K, Start>;
template <class K, NegativePhase Start>
JointObjective(ContrastiveDivergence<K, Start>, JointOptions) -> JointObjective<K, Start>;

template <class K, NegativePhase Start>
template <Classifier E>
class JointObjective<K, Start>::Estimator {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  Estimator(const JointObjective& objective, const E& energy, Data data, Rng& rng, Index workers)
      : options_(objective.options_),
        noise_(rng.stream()),
        blurred_(options_.data_noise > 0 ? static_cast<std::size_t>(data.tiles.count() * data.tiles.dim()) : 0),
        divergence_(objective.divergence_.estimator(energy, blur(data, 0), rng, workers)) {}

  decltype(auto) chains() const { return divergence_.chains(); }
  void transfer(Archive& archive) { divergence_.transfer(archive); }

  template <class Exec>
  void recover(const E& energy, Data data, Exec& executor) {
    divergence_.recover(energy, blur(data, 0), executor);
  }

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    return divergence_.estimate(energy, blur(data, iteration + 1), iteration, gradient, executor,
                                {options_.weight, options_.label_weight});
  }

 private:
  // The minibatch with fresh noise, the same for the same `round`.
  Data blur(Data data, Index round) {
    if (blurred_.empty()) return data;
    using V = Pack<Scalar>;
    constexpr Index block = 16;
    alignas(kAlignment) Scalar normals[block * kLanes<Scalar>];
    const V scale(options_.data_noise);
    const Index dim = data.tiles.dim(), blocks = (dim + block - 1) / block;
    const TileSpan<Scalar, E::dim> blurred(blurred_.front().data(), data.tiles.count(), dim);
    for (Index t = 0; t < data.tiles.count(); ++t) {
      for (Index first = 0; first < dim; first += block) {
        fill_normals<Scalar>(noise_, t, round * blocks * block + first, block, normals);
        for (Index i = 0; i < std::min(block, dim - first) * kLanes<Scalar>; i += V::size)
          fma(scale, V::load(normals + i), V::load(data.tiles.coordinate(t, first) + i))
              .store(blurred.coordinate(t, first) + i);
      }
    }
    data.tiles = blurred;
    return data;
  }

  JointOptions options_;
  Stream noise_;
  std::vector<Lanes<Scalar>> blurred_;
  decltype(std::declval<const ContrastiveDivergence<K, Start>&>().estimator(
      std::declval<const E&>(), std::declval<Data>(), std::declval<Rng&>(), Index{1})) divergence_;
};

}  // namespace ebm
