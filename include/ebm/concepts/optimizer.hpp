// Optimizer: turns gradients into steps of the parameters.
//
//   learning_rate                              before the schedule, a double
//   check()                                    throws where a setting makes no sense
//   make_state<Scalar>(size) -> state          what it remembers between steps, a plain value; for checkpoints, its
//                                              transfer(archive) lists its members (core/archive.hpp)
//   step(state, gradient, parameters, rate)    moves the parameters; `rate` is the learning rate after the schedule
#pragma once

#include <ebm/core/flat_vector.hpp>

#include <utility>

namespace ebm {

// What an optimizer remembers about parameters of a type.
template <class O, class Scalar>
using OptimizerState = decltype(std::declval<const O&>().template make_state<Scalar>(std::size_t{1}));

template <class O, class Scalar = float>
concept Optimizer = std::same_as<decltype(O::learning_rate), double> &&
                    requires(const O& optimizer, OptimizerState<O, Scalar>& state, const FlatVector<Scalar>& gradient,
                             FlatVector<Scalar>& parameters) {
                      { optimizer.check() } -> std::same_as<void>;
                      { optimizer.step(state, gradient, parameters, 0.1) } -> std::same_as<void>;
                    };

}  // namespace ebm
