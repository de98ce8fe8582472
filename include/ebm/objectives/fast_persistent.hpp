// FastPersistent: persistent chains that are driven through the states by weights of their own.
//
//   chains move under theta + phi,     phi <- decay phi - learning_rate gradient
//
// Fast weights phi forget within some twenty iterations; they raise the energy of the states where the chains are, so
// that chains leave modes which they would not leave under theta (Tieleman & Hinton 2009: fast persistent contrastive
// divergence). The gradient is that at theta. The samples are not exactly those of the model, which biases what is
// learned; the bias goes with the learning rate of the fast weights.
#pragma once

#include <ebm/concepts/storable_energy.hpp>
#include <ebm/objectives/negative_chains.hpp>

namespace ebm {

struct FastPersistent {
  Index chains = 1024;
  std::optional<Index> steps = {};  // kernel steps an iteration; left out, 6 for exact kernels and 20 for others
  Index moved = 0;                  // chains moved an iteration, in turn; 0: as many as the batch has rows
  double learning_rate = 0.02;      // of the fast weights
  double decay = 0.95;              // of the fast weights, an iteration

  static constexpr bool persistent = true;

  Persistent chains_options() const { return {.chains = chains, .steps = steps, .moved = moved, .jumps = 0}; }

  void check() const {
    chains_options().check();
    require(learning_rate >= 0, "learning_rate", learning_rate, "at least 0");
    require(decay >= 0 && decay < 1, "decay", decay, "0 to less than 1");
  }
};

template <TrainableEnergy E, class K>
class FastNegativeChains {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  FastNegativeChains(const K& kernel, const FastPersistent& start, const E& energy, Data data, Rng& rng, Index workers)
      : start_(start),
        chains_(kernel, start.chains_options(), energy, data, rng, workers),
        driving_(energy),
        fast_(energy.parameters().size()),
        sum_(energy.parameters().size()) {}

  const Chains<Scalar, E::dim>& chains() const { return chains_.chains(); }
  const StepSize& step_size() const { return chains_.step_size(); }
  RunMemory<Scalar>& memory() { return chains_.memory(); }
  void transfer(Archive& archive) {
    archive("chains", chains_), archive("fast", fast_);
    transfer_energy(archive, "driving", driving_);
  }
  Index moved_tiles() const { return chains_.moved_tiles(); }
  Index sample_count(Data data) const { return chains_.sample_count(data); }

  template <class Exec>
  void renew(const E& energy, Data data, Exec& executor) {
    fast_.set_zero();
    chains_.renew(energy, data, executor);
  }

  template <class Exec>
  TileSpan<const Scalar, E::dim> next_samples(const E& energy, Data data, Index iteration, Exec& executor,
                                              BatchReport& report) {
    using V = Pack<Scalar>;
    const auto theta = energy.parameters();
    std::copy(theta.begin(), theta.end(), sum_.data());
    for (Index i = 0; i < sum_.padded_size(); i += V::size)
      (V::load(sum_.data() + i) + V::load(fast_.data() + i)).store(sum_.data() + i);
    driving_.set_parameters(sum_.span());
    return chains_.next_samples(driving_, data, iteration, executor, report);
  }

  // The fast weights follow the gradient of this iteration.
  void learn(const FlatVector<Scalar>& gradient) {
    using V = Pack<Scalar>;
    const V keep(start_.decay), minus_rate(-start_.learning_rate);
    for (Index i = 0; i < fast_.padded_size(); i += V::size)
      fma(minus_rate, V::load(gradient.data() + i), keep * V::load(fast_.data() + i)).store(fast_.data() + i);
  }

 private:
  FastPersistent start_;
  NegativeChains<E, K, Persistent> chains_;
  E driving_;  // theta + phi
  FlatVector<Scalar> fast_, sum_;
};

template <class E, class K>
struct NegativeChainsOf<E, K, FastPersistent> {
  using Type = FastNegativeChains<E, K>;
};

}  // namespace ebm
