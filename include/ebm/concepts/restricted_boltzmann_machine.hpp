// RestrictedBoltzmannMachine: a discrete energy of bits v with hidden units that are summed out.
//
//   E(v, h) = -b'v - c'h - v'W h with units of 0 and 1,   E(v) = -log sum_h exp(-E(v, h))
//
//   visible(), hidden() -> Index;   weight(i, j), visible_bias(i), hidden_bias(j) -> a number
#pragma once

#include <ebm/concepts/discrete_energy.hpp>

namespace ebm {

template <class E>
concept RestrictedBoltzmannMachine = DiscreteEnergy<E> && requires(const E& e, Index i) {
  { e.visible() } -> std::same_as<Index>;
  { e.hidden() } -> std::same_as<Index>;
  { e.weight(i, i) } -> std::convertible_to<double>;
  { e.visible_bias(i) } -> std::convertible_to<double>;
  { e.hidden_bias(i) } -> std::convertible_to<double>;
};

}  // namespace ebm
