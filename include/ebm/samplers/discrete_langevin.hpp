// Dula and Dmala: Langevin dynamics on two states for each site, all sites at once, without and with a Metropolis test.
//
//   q(x' | x) = prod_i softmax over x_i' of -(x_i' - x_i) dE/dx_i / (2 T) - (x_i' - x_i)^2 / (4 epsilon T)
//
// so that site i flips with probability 1 / (1 + exp(-l_i)), with s the distance of the two states, c their centre and
//   l_i = (x_i - c) dE/dx_i / T - s^2 / (4 epsilon T)
// Zhang, Liu & Liu 2022, eqs. 3-4; their step alpha is 2 epsilon T: it is the Langevin proposal of this library,
// restricted to the states.
//
// Dmala accepts with min(1, exp((E(x) - E(x')) / T) q(x | x') / q(x' | x)) and is exact; it tunes epsilon to an
// acceptance of 0.574 (Sun, Dai & Schuurmans 2022). Where sites do not depend on each other no step is too large.
// Dula leaves the test out. It samples exp(-E / T) only in the limit of small steps, for quadratic energies: flips of
// sites that depend on each other are made at once. Left to itself it tunes epsilon until the test that is not made
// would accept 0.97.
#pragma once

#include <ebm/samplers/proposed_tiles.hpp>
#include <ebm/samplers/step_size.hpp>

namespace ebm {

namespace detail {

// l_i, and what two states' l say about a move from one to the other.
template <class Scalar>
class FlipLogits {
 public:
  using V = Pack<Scalar>;

  FlipLogits(StateSet states, double step_size, double temperature)
      : centre_(states.first + 0.5 * states.spacing),
        inverse_temperature_(1.0 / temperature),
        minus_cost_(-states.spacing * states.spacing / (4.0 * step_size * temperature)) {}

  EBM_INLINE V logit(const Scalar* x, const Scalar* gradient) const {
    return fma(V::load(x) - centre_, V::load(gradient) * inverse_temperature_, minus_cost_);
  }
  EBM_INLINE V flipped(V x) const { return (centre_ + centre_) - x; }

  // log of the Metropolis ratio of a move from x to y, whatever the number of sites at which they differ.
  EBM_INLINE V log_ratio(const Scalar* x, const Scalar* gradient, V energy, const Scalar* y, const Scalar* new_gradient,
                         V new_energy, Index dim) const {
    V sum(0);
    for (Index i = 0; i < dim; ++i) {
      const Index at = i * kLanes<Scalar>;
      const V forth = logit(x + at, gradient + at), back = logit(y + at, new_gradient + at);
      const auto same = V::load(x + at) == V::load(y + at);
      sum = sum + (log1p_exp(select(same, forth, -forth)) - log1p_exp(select(same, back, -back)));
    }
    return fma(energy - new_energy, inverse_temperature_, sum);
  }

 private:
  V centre_, inverse_temperature_, minus_cost_;
};

// Beyond these a step costs next to nothing, or nothing ever flips: the acceptance no longer says where to go.
inline constexpr StepBounds kFlipSteps{1e-2, 1e2};

// Uniforms of a step: one for each site, one for the test, up to a whole block.
template <class Scalar>
Index flip_uniforms(Index dim) {
  return (dim + kNoiseBlock<Scalar>) / kNoiseBlock<Scalar> * kNoiseBlock<Scalar>;
}

// Proposes for every chain of the state; decide(y, gradients, energies, tile, first lane, log ratio, uniform) does the
// rest.
template <class E, class Decide>
void discrete_langevin_transition(const E& energy, const ChainStateOf<E>& state, double step_size, double temperature,
                                  TileNoise<typename E::Scalar, E::dim>& noise, bool wants_ratio, Workspace& workspace,
                                  Decide decide) {
  using Scalar = typename E::Scalar;
  using V = Pack<Scalar>;
  const Index count = state.position.count(), dim = state.position.dim(), uniforms = flip_uniforms<Scalar>(dim);
  const FlipLogits<Scalar> logits(energy.states(), step_size, temperature);
  Workspace::Scope scope(workspace);
  const auto y = workspace.tiles<Scalar, E::dim>(count, dim),
             new_gradient = workspace.tiles<Scalar, E::dim>(count, dim);
  const auto new_energy = workspace.tiles<Scalar, 1>(count, 1);
  Scalar* uniform = workspace.take<Scalar>(count * uniforms * kLanes<Scalar>);
  for (Index t = 0; t < count; ++t) {
    const Scalar *x = state.position.tile_data(t), *slope = state.gradient.tile_data(t);
    Scalar* u = uniform + t * uniforms * kLanes<Scalar>;
    noise.fill(t, 0, uniforms, u);
    for (Index i = 0; i < y.stride(); i += V::size) {
      const auto flips = V::load(u + i) <= logistic(logits.logit(x + i, slope + i));
      select(flips, logits.flipped(V::load(x + i)), V::load(x + i)).store(y.tile_data(t) + i);
    }
  }
  evaluate(energy, y, new_energy, new_gradient, workspace);
  for (Index t = 0; t < count; ++t) {
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
      const V log_ratio =
          wants_ratio ? logits.log_ratio(state.position.tile_data(t) + p, state.gradient.tile_data(t) + p,
                                         V::load(state.energy.tile_data(t) + p), y.tile_data(t) + p,
                                         new_gradient.tile_data(t) + p, V::load(new_energy.tile_data(t) + p), dim)
                      : V(0);
      decide(ProposedTiles<E>{y, new_gradient, new_energy}, t, p, log_ratio,
             V::load(uniform + (t * uniforms + dim) * kLanes<Scalar> + p));
    }
  }
}

}  // namespace detail

struct Dmala {
  std::optional<double> step_size = {};  // epsilon; left out, it is tuned
  double target_acceptance = 0.574;
  double temperature = 1.0;

  static constexpr bool exact = true;       // leaves exp(-E / T) invariant
  static constexpr bool reversible = true;  // satisfies detailed balance
  static constexpr StepBounds step_bounds = detail::kFlipSteps;

  bool measures_acceptance() const { return true; }

  template <DiscreteEnergy E>
  Index uniforms_per_step(const E& energy) const {
    return detail::flip_uniforms<typename E::Scalar>(dimension_of(energy));
  }

  template <DifferentiableEnergy E>
    requires DiscreteEnergy<E>
  void init(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) const {
    detail::require_two_states(energy.states());
    evaluate_chains(energy, state, workspace);
  }

  // One proposal for every chain; adds each lane's acceptance probability.
  template <DifferentiableEnergy E>
    requires DiscreteEnergy<E>
  void step(const E& energy, const ChainStateOf<E>& state, double epsilon, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using V = Pack<typename E::Scalar>;
    detail::discrete_langevin_transition(
        energy, state, epsilon, temperature, noise, true, workspace,
        [&](const detail::ProposedTiles<E>& proposed, Index t, Index p, V log_ratio, V uniform) {
          detail::metropolis_test(state, proposed, t, p, log_ratio, uniform, acceptance.tile_data(t) + p);
        });
  }
};

struct Dula {
  std::optional<double> step_size = {};  // epsilon; left out, it is tuned
  double target_acceptance = 0.97;       // of the Metropolis test that is not made
  double temperature = 1.0;

  static constexpr bool exact = false;
  static constexpr bool reversible = false;
  static constexpr StepBounds step_bounds = detail::kFlipSteps;

  bool measures_acceptance() const { return !step_size; }

  // The same proposals with the test, by which a step size is tuned.
  Dmala adjusted() const { return {step_size, target_acceptance, temperature}; }

  template <DiscreteEnergy E>
  Index uniforms_per_step(const E& energy) const {
    return adjusted().uniforms_per_step(energy);
  }

  template <DifferentiableEnergy E>
    requires DiscreteEnergy<E>
  void init(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) const {
    adjusted().init(energy, state, workspace);
  }

  // One step of every chain. A chain whose new energy or gradient would not be finite stays and counts as failed.
  template <DifferentiableEnergy E>
    requires DiscreteEnergy<E>
  void step(const E& energy, const ChainStateOf<E>& state, double epsilon, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using V = Pack<typename E::Scalar>;
    const bool measured = measures_acceptance();
    detail::discrete_langevin_transition(
        energy, state, epsilon, temperature, noise, measured, workspace,
        [&](const detail::ProposedTiles<E>& proposed, Index t, Index p, V log_ratio, V) {
          if (measured) detail::add_lanes(detail::acceptance_probability(log_ratio), acceptance.tile_data(t) + p);
          const auto sound = is_finite(proposed.soundness(t, p));
          detail::mark_failed(sound, state.failed.tile_data(t) + p);
          proposed.take(sound, state, t, p);
        });
  }
};

}  // namespace ebm
