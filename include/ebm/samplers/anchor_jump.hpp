// AnchorJump: independent proposals from the Gaussian anchor of an energy E = f + |x|^2 / (2 tau^2).
//
//   z ~ N(0, T tau^2 I),   accepted with probability min(1, exp((f(x) - f(z)) / T))
//
// An independence sampler (Metropolis & Hastings; Tierney 1994, section 2.3.1): exact, and able to carry chains between modes that
// local steps never connect. It evaluates no gradients: those of chains that moved are left to the next kernel's init.
#pragma once

#include <ebm/samplers/langevin.hpp>

namespace ebm {

template <class E>
concept AnchoredEnergy = Energy<E> && requires(const E& e) {
  { e.anchor_variance() } -> std::same_as<double>;
};

struct AnchorJump {
  double temperature = 1.0;

  static constexpr bool exact = true;
  static constexpr bool reversible = true;

  bool measures_acceptance() const { return true; }

  template <AnchoredEnergy E>
  void init(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) const {
    evaluate(energy, state.position, state.energy, workspace);
  }

  template <AnchoredEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    using V = Pack<Scalar>;
    const Index count = state.position.count(), dim = state.position.dim();
    Workspace::Scope scope(workspace);
    const auto z = workspace.tiles<Scalar, E::dim>(count, dim);
    const auto new_energy = workspace.tiles<Scalar, 1>(count, 1);
    const V spread(std::sqrt(temperature * energy.anchor_variance()));
    for (Index t = 0; t < count; ++t) {
      const Scalar* xi = noise.normals(t);
      for (Index i = 0; i < z.stride(); i += V::size) (spread * V::load(xi + i)).store(z.tile_data(t) + i);
    }
    evaluate(energy, z, new_energy, workspace);
    const V half_precision(0.5 / energy.anchor_variance()), inverse_temperature(1.0 / temperature);
    for (Index t = 0; t < count; ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        V square(0);
        for (Index i = 0; i < dim; ++i) {
          const V to = V::load(z.coordinate(t, i) + p), from = V::load(state.position.coordinate(t, i) + p);
          square = fma(to, to, fma(-from, from, square));
        }
        const V proposed = V::load(new_energy.tile_data(t) + p), old = V::load(state.energy.tile_data(t) + p);
        const V ratio = fma(half_precision, square, old - proposed) * inverse_temperature;
        const V probability = select(is_finite(proposed), detail::acceptance_probability(ratio), V(0));
        detail::add_lanes(probability, acceptance.tile_data(t) + p);
        const auto taken = (V::load(noise.uniforms(t) + p) <= probability) & is_finite(proposed);
        for (Index i = 0; i < dim; ++i) {
          Scalar* x = state.position.coordinate(t, i) + p;
          select(taken, V::load(z.coordinate(t, i) + p), V::load(x)).store(x);
        }
        select(taken, proposed, old).store(state.energy.tile_data(t) + p);
      }
    }
  }
};

}  // namespace ebm
