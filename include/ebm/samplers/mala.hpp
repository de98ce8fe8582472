// Mala: the Metropolis-adjusted Langevin algorithm, an exact sampler of exp(-E / T).
//
// The Langevin proposal (samplers/langevin.hpp) is accepted with probability min(1, ratio). Besag 1994; Roberts &
// Tweedie 1996; the step that makes 0.574 of the proposals accepted is the best one in high dimension (Roberts &
// Rosenthal 1998). Without a step size of its own the kernel tunes it to that acceptance while it is allowed to adapt.
#pragma once

#include <ebm/samplers/langevin.hpp>

#include <optional>

namespace ebm {

struct Mala {
  std::optional<double> step_size = {};  // epsilon; left out, it is tuned
  double target_acceptance = 0.574;
  double temperature = 1.0;

  static constexpr bool exact = true;       // leaves exp(-E / T) invariant
  static constexpr bool reversible = true;  // satisfies detailed balance

  bool measures_acceptance() const { return true; }

  template <DifferentiableEnergy E>
  void init(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) const {
    evaluate_chains(energy, state, workspace);
  }

  // One transition of all chains of the state; adds each lane's acceptance probability. A proposal of infinite energy
  // is rejected as the law demands; one whose energy is -infinity or no number, or whose gradient is not finite, is
  // rejected too, and the chain counts as failed.
  template <DifferentiableEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double epsilon, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    using V = Pack<Scalar>;
    detail::langevin_transition(
        energy, state, epsilon, temperature, noise, true, workspace,
        [&](const detail::LangevinMove<V>& move, Index t, Index p) {
          const auto forbidden = move.proposed_energy == V(std::numeric_limits<Scalar>::infinity());
          const auto sound = is_finite(move.soundness);
          const V probability = select(sound, detail::acceptance_probability(move.log_ratio), V(0));
          detail::add_lanes(probability, acceptance.tile_data(t) + p);
          detail::mark_failed((sound & (move.log_ratio == move.log_ratio)) | forbidden, state.failed.tile_data(t) + p);
          return V::load(noise.uniforms(t) + p) <= probability;
        });
  }
};

}  // namespace ebm
