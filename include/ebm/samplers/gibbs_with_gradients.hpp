// GibbsWithGradients: flips of one site, chosen where the gradient says that the energy falls.
//
//   q(i | x) = softmax_i(d_i(x) / 2),   d_i = -(x_i' - x_i) dE/dx_i / T        x' is x with site i flipped
//   accepted with min(1, exp((E(x) - E(x')) / T) q(i | x') / q(i | x))
//
// Grathwohl, Swersky, Hashemi, Duvenaud & Maddison 2021, algorithm 1, for energies of two states that have a gradient
// as functions of real coordinates. d_i is what the energy changes by to first order: exactly so where it is linear in
// each coordinate, and then the proposals are the locally balanced ones of Zanella 2020. The acceptance keeps the law
// exact in any case. For an energy with hidden units the temperature is that of the visible units' marginal.
#pragma once

#include <ebm/samplers/proposed_tiles.hpp>

namespace ebm {

namespace detail {

// h_i = d_i / 2 = (x_i - centre) dE/dx_i / T of one tile, where centre lies between the two states.
template <class Scalar>
class FlipScores {
 public:
  using V = Pack<Scalar>;

  FlipScores(StateSet states, double temperature)
      : centre_(states.first + 0.5 * states.spacing), inverse_temperature_(1.0 / temperature) {}

  // h_i + sum.
  EBM_INLINE V add_score(const Scalar* x, const Scalar* gradient, V sum) const {
    return fma(V::load(x) - centre_, V::load(gradient) * inverse_temperature_, sum);
  }
  EBM_INLINE V flipped(V x) const { return (centre_ + centre_) - x; }

  // cumulative[i][lane] = sum over k <= i of exp(h_k - max h); returns max h.
  EBM_INLINE V accumulate(const Scalar* x, const Scalar* gradient, Index dim, Scalar* cumulative) const {
    V largest = add_score(x, gradient, V(0)), sum(0);
    for (Index i = 1; i < dim; ++i)
      largest = maximum(largest, add_score(x + i * kLanes<Scalar>, gradient + i * kLanes<Scalar>, V(0)));
    for (Index i = 0; i < dim; ++i) {
      sum = sum + exp(add_score(x + i * kLanes<Scalar>, gradient + i * kLanes<Scalar>, -largest));
      sum.store(cumulative + i * kLanes<Scalar>);
    }
    return largest;
  }

  // log of the Metropolis ratio of a move between states that differ at one site; `cumulative` is scratch.
  EBM_INLINE V log_ratio(const Scalar* x, const Scalar* gradient, V energy, const Scalar* y, const Scalar* new_gradient,
                         V new_energy, Index dim, Scalar* cumulative) const {
    const Scalar* total = cumulative + (dim - 1) * kLanes<Scalar>;
    const V largest = accumulate(x, gradient, dim, cumulative);
    const V log_total = largest + log(V::load(total));
    const V new_largest = accumulate(y, new_gradient, dim, cumulative);
    const V new_log_total = new_largest + log(V::load(total));
    V forth(0), back(0);
    for (Index i = 0; i < dim; ++i) {
      const Index at = i * kLanes<Scalar>;
      const auto same = V::load(x + at) == V::load(y + at);
      forth = select(same, forth, add_score(x + at, gradient + at, forth));
      back = select(same, back, add_score(y + at, new_gradient + at, back));
    }
    return fma(energy - new_energy, inverse_temperature_, (back - new_log_total) - (forth - log_total));
  }

 private:
  V centre_, inverse_temperature_;
};

}  // namespace detail

struct GibbsWithGradients {
  double temperature = 1.0;

  static constexpr bool exact = true;       // leaves exp(-E / T) invariant
  static constexpr bool reversible = true;  // satisfies detailed balance
  static constexpr Index uniforms_per_step = 2;

  bool measures_acceptance() const { return true; }

  template <DifferentiableEnergy E>
    requires DiscreteEnergy<E>
  void init(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) const {
    detail::require_two_states(energy.states());
    evaluate_chains(energy, state, workspace);
  }

  // One proposal for every chain; adds each lane's acceptance probability. Proposals that are not finite are rejected,
  // and unless their energy is +infinity the chain counts as failed.
  template <DifferentiableEnergy E>
    requires DiscreteEnergy<E>
  void step(const E& energy, const ChainStateOf<E>& state, double, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    using V = Pack<Scalar>;
    const Index count = state.position.count(), dim = state.position.dim();
    const detail::FlipScores<Scalar> scores(energy.states(), temperature);
    Workspace::Scope scope(workspace);
    const auto y = workspace.tiles<Scalar, E::dim>(count, dim),
               new_gradient = workspace.tiles<Scalar, E::dim>(count, dim);
    const auto new_energy = workspace.tiles<Scalar, 1>(count, 1);
    Scalar* cumulative = workspace.take<Scalar>(dim * kLanes<Scalar>);
    for (Index t = 0; t < count; ++t) {
      const Scalar* uniforms = noise.uniforms(t, 0);
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const Scalar *x = state.position.tile_data(t) + p, *sums = cumulative + p;
        scores.accumulate(x, state.gradient.tile_data(t) + p, dim, cumulative + p);
        const V mark = V::load(uniforms + p) * V::load(sums + (dim - 1) * kLanes<Scalar>);
        V below(0);  // the sum before the site; the chosen one is the first whose own sum reaches the mark
        for (Index i = 0; i < dim; ++i) {
          const Index at = i * kLanes<Scalar>;
          const V sum = V::load(sums + at), old = V::load(x + at);
          const auto chosen = (below < mark) & (mark <= sum);
          select(chosen, scores.flipped(old), old).store(y.tile_data(t) + p + at);
          below = sum;
        }
      }
    }
    evaluate(energy, y, new_energy, new_gradient, workspace);
    for (Index t = 0; t < count; ++t) {
      const Scalar* uniforms = noise.uniforms(t, 1);
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const V proposed = V::load(new_energy.tile_data(t) + p);
        const V ratio = scores.log_ratio(state.position.tile_data(t) + p, state.gradient.tile_data(t) + p,
                                         V::load(state.energy.tile_data(t) + p), y.tile_data(t) + p,
                                         new_gradient.tile_data(t) + p, proposed, dim, cumulative + p);
        detail::metropolis_test(state, detail::ProposedTiles<E>{y, new_gradient, new_energy}, t, p, ratio,
                                V::load(uniforms + p), acceptance.tile_data(t) + p);
      }
    }
  }
};

}  // namespace ebm
