// What gradient-informed kernels of discrete states have proposed for the tiles of a group, and the Metropolis test
// that moves the chains there.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/samplers/langevin.hpp>

namespace ebm::detail {

inline void require_two_states(StateSet states) {
  require(states.count == 2, "states", static_cast<double>(states.count), "2 for each coordinate");
}

template <class E>
struct ProposedTiles {
  using Scalar = typename E::Scalar;
  using V = Pack<Scalar>;

  TileSpan<Scalar, E::dim> position, gradient;
  LanesSpan<Scalar> energy;

  // Finite where energy and gradient are.
  V soundness(Index t, Index p) const {
    return sum_of_coordinates<V>(gradient.tile_data(t) + p, gradient.dim()) + V::load(energy.tile_data(t) + p);
  }

  // Moves the lanes of the mask.
  template <class Mask>
  void take(Mask taken, const ChainStateOf<E>& state, Index t, Index p) const {
    const auto move = [&](const Scalar* from, Scalar* to) { select(taken, V::load(from), V::load(to)).store(to); };
    for (Index i = 0; i < position.dim(); ++i) {
      move(position.coordinate(t, i) + p, state.position.coordinate(t, i) + p);
      move(gradient.coordinate(t, i) + p, state.gradient.coordinate(t, i) + p);
    }
    move(energy.tile_data(t) + p, state.energy.tile_data(t) + p);
  }
};

// Accepts with min(1, exp(log ratio)) and adds that probability. A proposal of infinite energy is rejected as the law
// demands; one whose energy is -infinity or no number, or whose gradient is not finite, is rejected too, and the chain
// counts as failed.
template <class E>
void metropolis_test(const ChainStateOf<E>& state, const ProposedTiles<E>& proposed, Index t, Index p,
                     Pack<typename E::Scalar> log_ratio, Pack<typename E::Scalar> uniform,
                     typename E::Scalar* acceptance) {
  using Scalar = typename E::Scalar;
  using V = Pack<Scalar>;
  const auto forbidden = V::load(proposed.energy.tile_data(t) + p) == V(std::numeric_limits<Scalar>::infinity());
  const auto sound = is_finite(proposed.soundness(t, p));
  const V probability = select(sound, acceptance_probability(log_ratio), V(0));
  add_lanes(probability, acceptance);
  mark_failed((sound & (log_ratio == log_ratio)) | forbidden, state.failed.tile_data(t) + p);
  proposed.take(uniform <= probability, state, t, p);
}

}  // namespace ebm::detail
