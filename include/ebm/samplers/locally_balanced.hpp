// LocallyBalanced: changes of one site, chosen by what they do to the energy, for any discrete energy.
//
//   q(x' | x) = exp(-(E(x') - E(x)) / 2T) / Z(x),   Z(x) the sum over all x' that differ from x at one site
//   accepted with min(1, Z(x) / Z(x'))
//
// Zanella 2020, with the balancing function sqrt(t). Any number of states, no gradient: the exact differences come from
// site_energies (concepts/site_energies.hpp), for all sites of x and of x'. Gibbs with gradients estimates them from
// one gradient, and is the same kernel where the energy is linear in each coordinate.
#pragma once

#include <ebm/concepts/site_energies.hpp>
#include <ebm/samplers/langevin.hpp>

#include <numeric>

namespace ebm {

namespace detail {

// Weights of all changes of a tile, from the energies that site_energies gives.
template <class Scalar>
class ChangeWeights {
 public:
  using V = Pack<Scalar>;

  ChangeWeights(StateSet states, double temperature) : states_(states), minus_half_beta_(-0.5 / temperature) {}

  // energies[i q + k] of a pack of lanes become cumulative weights, in order, scaled by the largest; returns log Z.
  // The present value of a site has no weight.
  EBM_INLINE V accumulate(const Scalar* x, Index dim, Scalar* energies) const {
    constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
    V largest(-infinity), sum(0);
    for (Index i = 0; i < dim; ++i) {
      const V old = V::load(x + i * kLanes<Scalar>);
      Scalar* of_site = energies + i * states_.count * kLanes<Scalar>;
      V present(std::numeric_limits<Scalar>::quiet_NaN());
      for (Index k = 0; k < states_.count; ++k)
        present = select(old == V(states_.value(k)), V::load(of_site + k * kLanes<Scalar>), present);
      for (Index k = 0; k < states_.count; ++k) {
        Scalar* at = of_site + k * kLanes<Scalar>;
        const V score = select(old == V(states_.value(k)), V(-infinity), minus_half_beta_ * (V::load(at) - present));
        largest = maximum(score, largest);
        score.store(at);
      }
    }
    for (Index n = 0; n < dim * states_.count; ++n) {
      Scalar* at = energies + n * kLanes<Scalar>;
      sum = sum + exp(V::load(at) - largest);
      sum.store(at);
    }
    return largest + log(sum);
  }

  // y <- x with the first change whose cumulative weight reaches the uniform's share of all.
  EBM_INLINE void choose(const Scalar* x, const Scalar* cumulative, V uniform, Index dim, Scalar* y) const {
    const Index changes = dim * states_.count;
    const V mark = uniform * V::load(cumulative + (changes - 1) * kLanes<Scalar>);
    V below(0);
    for (Index i = 0; i < dim; ++i) {
      V value = V::load(x + i * kLanes<Scalar>);
      for (Index k = 0; k < states_.count; ++k) {
        const V sum = V::load(cumulative + (i * states_.count + k) * kLanes<Scalar>);
        value = select((below < mark) & (mark <= sum), V(states_.value(k)), value);
        below = sum;
      }
      value.store(y + i * kLanes<Scalar>);
    }
  }

 private:
  StateSet states_;
  V minus_half_beta_;
};

}  // namespace detail

struct LocallyBalanced {
  double temperature = 1.0;

  static constexpr bool exact = true;       // leaves exp(-E / T) invariant
  static constexpr bool reversible = true;  // satisfies detailed balance
  static constexpr bool tracks_energy = false;
  static constexpr Index uniforms_per_step = 2;

  bool measures_acceptance() const { return true; }

  template <DiscreteEnergy E>
  void init(const E&, const ChainStateOf<E>&, Workspace&) const {}

  // One proposal for every chain; adds each lane's acceptance probability. Chains whose energies are no numbers stay
  // and count as failed.
  template <DiscreteEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    using V = Pack<Scalar>;
    const Index dim = state.position.dim();
    const detail::ChangeWeights<Scalar> weights(energy.states(), temperature);
    Workspace::Scope scope(workspace);
    const auto energies = workspace.tiles<Scalar, 1>(dim * energy.states().count, 1),
               log_z = workspace.tiles<Scalar, 1>(1, 1);
    const auto y = workspace.tiles<Scalar, E::dim>(1, dim);
    const std::span<Index> sites(workspace.take<Index>(dim), static_cast<std::size_t>(dim));
    std::iota(sites.begin(), sites.end(), Index{0});
    for (Index t = 0; t < state.position.count(); ++t) {
      const auto x = state.position.subspan(t, 1);
      const Scalar* choices = noise.uniforms(t, 0);
      site_energies(energy, detail::ConstTiles<E>(x), sites, energies, workspace);
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        weights.accumulate(x.data() + p, dim, energies.data() + p).store(log_z.data() + p);
        weights.choose(x.data() + p, energies.data() + p, V::load(choices + p), dim, y.data() + p);
      }
      const Scalar* tests = noise.uniforms(t, 1);
      site_energies(energy, detail::ConstTiles<E>(y), sites, energies, workspace);
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const V log_ratio = V::load(log_z.data() + p) - weights.accumulate(y.data() + p, dim, energies.data() + p);
        const V probability = detail::acceptance_probability(log_ratio);
        detail::add_lanes(probability, acceptance.tile_data(t) + p);
        detail::mark_failed(log_ratio == log_ratio, state.failed.tile_data(t) + p);
        const auto taken = V::load(tests + p) <= probability;
        for (Index i = 0; i < dim; ++i) {
          Scalar* to = x.coordinate(0, i) + p;
          select(taken, V::load(y.coordinate(0, i) + p), V::load(to)).store(to);
        }
      }
    }
  }
};

}  // namespace ebm
