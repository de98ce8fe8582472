// Adam, and with a weight decay AdamW.
//
//   m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2
//   theta -= rate (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) + decay theta)
//
// Kingma & Ba 2015, algorithm 1; decoupled decay: Loshchilov & Hutter 2019, algorithm 2, with lambda = rate decay.
#pragma once

#include <ebm/concepts/optimizer.hpp>
#include <ebm/core/archive.hpp>
#include <ebm/core/errors.hpp>

namespace ebm {

struct Adam {
  double learning_rate = 5e-3;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.0;

  template <class Scalar>
  struct State {
    FlatVector<Scalar> mean, square;
    double decay1 = 1, decay2 = 1;  // beta1^t, beta2^t after t steps

    void transfer(Archive& archive) {
      archive("mean", mean), archive("square", square), archive("decay1", decay1), archive("decay2", decay2);
    }
  };

  void check() const {
    require(learning_rate > 0, "learning_rate", learning_rate, "more than 0");
    require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "0 to less than 1");
    require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "0 to less than 1");
    require(epsilon > 0, "epsilon", epsilon, "more than 0");
    require(weight_decay >= 0, "weight_decay", weight_decay, "at least 0");
  }

  template <class Scalar>
  State<Scalar> make_state(std::size_t size) const {
    return {FlatVector<Scalar>(size), FlatVector<Scalar>(size)};
  }

  template <class Scalar>
  void step(State<Scalar>& state, const FlatVector<Scalar>& gradient, FlatVector<Scalar>& parameters,
            double rate) const {
    using V = Pack<Scalar>;
    const V keep1(beta1), new1(1.0 - beta1), keep2(beta2), new2(1.0 - beta2);
    const V unbias1(1.0 / ebm::fma(-beta1, state.decay1, 1.0)), unbias2(1.0 / ebm::fma(-beta2, state.decay2, 1.0)),
        tiny(epsilon), minus_rate(-rate), decay(weight_decay);
    for (Index i = 0; i < parameters.padded_size(); i += V::size) {
      const V g = V::load(gradient.data() + i), theta = V::load(parameters.data() + i);
      const V m = fma(keep1, V::load(state.mean.data() + i), new1 * g);
      const V v = fma(keep2, V::load(state.square.data() + i), new2 * (g * g));
      m.store(state.mean.data() + i);
      v.store(state.square.data() + i);
      const V direction = fma(decay, theta, m * unbias1 / (sqrt(v * unbias2) + tiny));
      fma(minus_rate, direction, theta).store(parameters.data() + i);
    }
    state.decay1 *= beta1, state.decay2 *= beta2;
  }
};

}  // namespace ebm
