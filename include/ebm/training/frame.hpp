// The frame that the trainer trains an energy in: for one that wants it (a network: static constexpr bool
// wants_frame = true) standardised coordinates and a Gaussian anchor, for every other energy none.
#pragma once

#include <ebm/energies/anchored.hpp>
#include <ebm/energies/standardised.hpp>

namespace ebm::detail {

template <class E>
inline constexpr bool kWantsFrame = requires {
  requires E::wants_frame;
};

// What is trained, and what the user gets: bare, or in its frame.
template <class E>
using TrainedEnergy = std::conditional_t<kWantsFrame<E>, Anchored<E>, E>;
template <class E>
using FramedEnergy = std::conditional_t<kWantsFrame<E>, Standardised<Anchored<E>>, E>;

template <class E>
  requires kWantsFrame<E> FramedEnergy<E> in_frame(const E& energy, double variance, const AffineFrame<E::dim>& frame) {
    return FramedEnergy<E>(Anchored<E>(energy, variance), frame);
  }

// Before there are data.
template <class E>
FramedEnergy<E> in_unit_frame(const E& energy) {
  if constexpr (kWantsFrame<E>) {
    return in_frame(energy, 4.0, AffineFrame<E::dim>::identity(dimension_of(energy)));
  } else {
    return energy;
  }
}

}  // namespace ebm::detail
