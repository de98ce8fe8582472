// Optimizer: turns a gradient into a step of the parameters.
//
//   learning_rate, and  step(state, gradient, parameters, rate)  with  state = make_state<Scalar>(size)
// `rate` is the learning rate after the schedule. States are plain values: a copy is a checkpoint.
#pragma once

#include <ebm/core/flat_vector.hpp>

namespace ebm {

template <class O>
concept Optimizer = std::same_as<decltype(O::learning_rate), double> &&
    requires(const O& optimizer, const FlatVector<float>& gradient, FlatVector<float>& parameters) {
  { optimizer.check() } -> std::same_as<void>;
  optimizer.template make_state<float>(std::size_t{1});
};

}  // namespace ebm
