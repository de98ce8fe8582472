// Sgd: stochastic gradient descent with momentum (Polyak 1964) and weight decay.
//
//   v = momentum v + g + decay theta,   theta -= rate v
#pragma once

#include <ebm/concepts/optimizer.hpp>
#include <ebm/core/archive.hpp>
#include <ebm/core/errors.hpp>

namespace ebm {

struct Sgd {
  double learning_rate = 0.05;
  double momentum = 0.0;
  double weight_decay = 0.0;

  template <class Scalar>
  struct State {
    FlatVector<Scalar> velocity;

    void transfer(Archive& archive) { archive("velocity", velocity); }
  };

  void check() const {
    require(learning_rate > 0, "learning_rate", learning_rate, "more than 0");
    require(momentum >= 0 && momentum < 1, "momentum", momentum, "0 to less than 1");
    require(weight_decay >= 0, "weight_decay", weight_decay, "at least 0");
  }

  template <class Scalar>
  State<Scalar> make_state(std::size_t size) const {
    return {FlatVector<Scalar>(momentum == 0 ? 0 : size)};
  }

  template <class Scalar>
  void step(State<Scalar>& state, const FlatVector<Scalar>& gradient, FlatVector<Scalar>& parameters,
            double rate) const {
    using V = Pack<Scalar>;
    const V keep(momentum), decay(weight_decay), minus_rate(-rate);
    if (momentum == 0) {  // the velocity is the gradient itself
      for (Index i = 0; i < parameters.padded_size(); i += V::size) {
        const V theta = V::load(parameters.data() + i);
        fma(minus_rate, fma(decay, theta, V::load(gradient.data() + i)), theta).store(parameters.data() + i);
      }
      return;
    }
    for (Index i = 0; i < parameters.padded_size(); i += V::size) {
      const V theta = V::load(parameters.data() + i);
      const V velocity = fma(keep, V::load(state.velocity.data() + i), fma(decay, theta, V::load(gradient.data() + i)));
      velocity.store(state.velocity.data() + i);
      fma(minus_rate, velocity, theta).store(parameters.data() + i);
    }
  }
};

}  // namespace ebm
