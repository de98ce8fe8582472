// Metropolis: one site at a time, for any discrete energy; Metropolis, Rosenbluth, Rosenbluth, Teller & Teller 1953.
//
// A proposal picks a site at random and one of its other states, each with the same probability, and is accepted with
// probability min(1, exp(-(E(x') - E(x)) / T)). A step makes as many proposals as there are sites. Each proposal
// satisfies detailed balance, and so does a step, being a power of one. Sites visited in order would not, and where
// nearly every proposal is accepted (high temperature) they would all flip back and forth.
//
// The chains of a tile share the sites, which are drawn independently of the states: each chain by itself is as said.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/core/tile_noise.hpp>
#include <ebm/samplers/chains.hpp>

namespace ebm {

namespace detail {

// min(1, exp(-beta difference)); zero where the difference is no number.
template <class V>
EBM_INLINE V metropolis_probability(V difference, V beta) {
  const V exponent = minimum(-beta * difference, V(0));
  return select(difference == difference, exp(exponent), V(0));
}

// The number of another state than the present one; each of them for an equal share of the uniforms in (0, 1].
template <class V>
EBM_INLINE V other_state(V uniform, V present, Index count) {
  V next = present + V(1);
  for (Index k = 1; k < count - 1; ++k) {
    const V share(static_cast<double>(k) / static_cast<double>(count - 1));
    next = select(uniform > share, present + V(static_cast<double>(k + 1)), next);
  }
  const V last(static_cast<double>(count - 1));
  return select(next > last, next - V(static_cast<double>(count)), next);
}

}  // namespace detail

struct Metropolis {
  double temperature = 1.0;

  static constexpr bool exact = true;       // leaves exp(-E / T) invariant
  static constexpr bool reversible = true;  // satisfies detailed balance
  static constexpr bool tracks_energy = false;

  bool measures_acceptance() const { return true; }

  template <DiscreteEnergy E>
  Index uniforms_per_step(const E& energy) const {
    return uniforms_per_proposal(energy) * dimension_of(energy);
  }

  template <DiscreteEnergy E>
  void init(const E&, const ChainStateOf<E>&, Workspace&) const {}

  // As many proposals as there are sites; adds the mean of their acceptance probabilities.
  template <DiscreteEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    Workspace::Scope scope(workspace);
    const Index count = state.position.count(), sites = state.position.dim(), uses = uniforms_per_proposal(energy);
    const auto energies = workspace.tiles<Scalar, 1>(energy.states().count, 1);
    const auto uniforms = workspace.tiles<Scalar, Dynamic>(count, uses);
    for (Index proposal = 0; proposal < sites; ++proposal) {
      for (Index k = 0; k < uses; ++k) {
        for (Index t = 0; t < count; ++t)
          std::copy_n(noise.uniforms(t, proposal * uses + k), kLanes<Scalar>, uniforms.coordinate(t, k));
      }
      for (Index t = 0; t < count; ++t) {
        const double fraction = 1.0 - static_cast<double>(uniforms.coordinate(t, 0)[0]);
        const Index site = std::min(sites - 1, static_cast<Index>(fraction * static_cast<double>(sites)));
        propose(energy, state.position.subspan(t, 1), site, uniforms.subspan(t, 1),
                static_cast<Scalar>(1.0 / static_cast<double>(sites)), acceptance.tile_data(t), energies, workspace);
      }
    }
  }

 private:
  // A site, whether to accept, and which other state, if there are several.
  template <class E>
  static Index uniforms_per_proposal(const E& energy) {
    return energy.states().count > 2 ? 3 : 2;
  }

  template <class E>
  void propose(const E& energy, detail::MutableTiles<E> x, Index site,
               TileSpan<const typename E::Scalar, Dynamic> uniforms, typename E::Scalar share,
               typename E::Scalar* acceptance, LanesSpan<typename E::Scalar> energies, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    using V = Pack<Scalar>;
    const StateSet states = energy.states();
    conditional_energies(energy, detail::ConstTiles<E>(x), site, energies, workspace);
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
      Scalar* at = x.coordinate(0, site) + p;
      const auto energy_of = [&](Index k) { return V::load(energies.tile_data(k) + p); };
      const V old = V::load(at);
      V present(0), old_energy = energy_of(0);
      for (Index k = 1; k < states.count; ++k) {
        const auto is_k = old == V(static_cast<Scalar>(states.value(k)));
        present = select(is_k, V(static_cast<double>(k)), present);
        old_energy = select(is_k, energy_of(k), old_energy);
      }
      const V other = states.count == 2
                          ? V(1) - present
                          : detail::other_state(V::load(uniforms.coordinate(0, 2) + p), present, states.count);
      V proposed(states.value(0)), new_energy = energy_of(0);
      for (Index k = 1; k < states.count; ++k) {
        const auto is_k = other == V(static_cast<double>(k));
        proposed = select(is_k, V(static_cast<Scalar>(states.value(k))), proposed);
        new_energy = select(is_k, energy_of(k), new_energy);
      }
      const V probability = detail::metropolis_probability(new_energy - old_energy, V(1.0 / temperature));
      fma(probability, V(share), V::load(acceptance + p)).store(acceptance + p);
      select(V::load(uniforms.coordinate(0, 1) + p) <= probability, proposed, old).store(at);
    }
  }
};

}  // namespace ebm
