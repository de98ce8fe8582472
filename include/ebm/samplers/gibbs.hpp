// Gibbs: every coordinate, or block of coordinates, is drawn anew from its conditional distribution given the others.
//
// Geman & Geman 1984. An energy that can resample blocks (GibbsEnergy: a Boltzmann machine by its layers, a lattice by
// its colours) does so; any other discrete energy is swept site by site, in order,
//   p(x_i = k | rest) = exp(-E(x with x_i = k) / T) / sum_l exp(-E(x with x_i = l) / T)
//
// A sweep in a fixed order leaves the distribution invariant without detailed balance. For an energy with hidden units
// the temperature is that of the joint distribution of visible and hidden units.
//
// An energy of +inf forbids a state. A site that is left with no weights (an energy is NaN or -inf, or all are +inf)
// keeps its value, and its chain counts as failed. A GibbsEnergy draws its blocks itself and tells nothing of this;
// sample() sees it by the energies of the draws.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/categories.hpp>
#include <ebm/core/tile_noise.hpp>
#include <ebm/samplers/chains.hpp>

namespace ebm {

struct Gibbs {
  double temperature = 1.0;

  static constexpr bool exact = true;        // leaves exp(-E / T) invariant
  static constexpr bool reversible = false;  // a sweep visits its blocks in order
  static constexpr bool tracks_energy = false;

  bool measures_acceptance() const { return false; }

  template <ResampledEnergy E>
  Index uniforms_per_step(const E& energy) const {
    if constexpr (GibbsEnergy<E>) {
      return energy.gibbs_uniforms();
    } else {
      return dimension_of(energy);
    }
  }

  template <ResampledEnergy E>
  void init(const E&, const ChainStateOf<E>&, Workspace&) const {}

  // One sweep over all blocks, or all sites.
  template <ResampledEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar>, Workspace& workspace) const {
    if constexpr (GibbsEnergy<E>) {
      energy.gibbs_sweep(state.position, 1.0 / temperature, noise, workspace);
    } else {
      Workspace::Scope scope(workspace);
      const auto weights = workspace.tiles<typename E::Scalar, 1>(energy.states().count, 1);
      for (Index site = 0; site < state.position.dim(); ++site) {
        for (Index t = 0; t < state.position.count(); ++t)
          draw_site(energy, state.position.subspan(t, 1), site, noise.uniforms(t, site), state.failed.tile_data(t),
                    weights, workspace);
      }
    }
  }

 private:
  // One site of one tile, from a uniform for each lane: the first state whose cumulative weight reaches it.
  template <class E>
  void draw_site(const E& energy, detail::MutableTiles<E> x, Index site, const typename E::Scalar* uniforms,
                 typename E::Scalar* failed, LanesSpan<typename E::Scalar> weights, Workspace& workspace) const {
    using V = Pack<typename E::Scalar>;
    const StateSet states = energy.states();
    const V minus_beta(-1.0 / temperature);
    conditional_energies(energy, detail::ConstTiles<E>(x), site, weights, workspace);
    for (Index p = 0; p < kLanes<typename E::Scalar>; p += V::size) {
      const detail::DrawnCategory<V> category(weights.data() + p, weights.stride(), states.count, minus_beta,
                                              V::load(uniforms + p));
      V value(states.value(0));
      for (Index k = 1; k < states.count; ++k) value = select(category.number == V(k), V(states.value(k)), value);
      const auto drawn = is_finite(category.total);
      select(drawn, value, V::load(x.coordinate(0, site) + p)).store(x.coordinate(0, site) + p);
      select(drawn, V::load(failed + p), V(1)).store(failed + p);
    }
  }
};

}  // namespace ebm
