// AnchoredEnergy: an energy that contains a Gaussian anchor |x|^2 / (2 tau^2), which holds it far away.
//
//   anchor_variance() -> double            tau^2; infinite where there is no anchor after all
#pragma once

#include <ebm/concepts/energy.hpp>

namespace ebm {

template <class E>
concept AnchoredEnergy = Energy<E> && requires(const E& e) {
  { e.anchor_variance() } -> std::same_as<double>;
};

}  // namespace ebm
