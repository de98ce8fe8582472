// Wolff: one cluster grown from a random site goes to another state; Wolff 1989.
//
// From the site on, every edge between a node of the cluster and an equal one outside binds it with probability
// 1 - exp(-agreement / T). The cluster proposes one of the other states, each with the same probability. Without fields
// it is always taken; fields enter by a Metropolis test, min(1, exp(-change of the node energies / T)), so that the
// kernel is exact with them too, but slow where they are strong: SwendsenWang is better there. Detailed balance holds.
// Couplings below zero are refused.
#pragma once

#include <ebm/core/tile_noise.hpp>
#include <ebm/samplers/chains.hpp>
#include <ebm/samplers/clusters.hpp>

namespace ebm {

struct Wolff {
  double temperature = 1.0;

  static constexpr bool exact = true;       // leaves exp(-E / T) invariant
  static constexpr bool reversible = true;  // satisfies detailed balance
  static constexpr bool tracks_energy = false;

  bool measures_acceptance() const { return true; }

  // For the site, the state and the test; then one for each edge that may bind, which only some of them come to use.
  template <ClusterEnergy E>
  Index uniforms_per_step(const E& energy) const {
    return kFirstEdge + (energy.graph().edges() + kChunk - 1) / kChunk * kChunk;
  }

  template <ClusterEnergy E>
  void init(const E& energy, const ChainStateOf<E>&, Workspace&) const {
    detail::require_agreement(energy);
  }

  template <ClusterEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    constexpr Index lanes = kLanes<Scalar>;
    const Index nodes = energy.graph().nodes();
    const StateSet states = energy.states();
    const bool fields = detail::has_fields(energy);
    for (Index t = 0; t < state.position.count(); ++t) {
      Workspace::Scope scope(workspace);
      Uniforms<E> uniforms(noise, t, uniforms_per_step(energy), workspace);
      std::int32_t* cluster = workspace.take<std::int32_t>(nodes);
      std::uint8_t* member = workspace.take<std::uint8_t>(nodes);
      std::fill_n(member, nodes, std::uint8_t{0});
      const auto x = state.position.subspan(t, 1);
      for (Index l = 0; l < lanes; ++l) {
        const double fraction = 1.0 - uniforms(0, l);
        const Index site = std::min(nodes - 1, static_cast<Index>(fraction * static_cast<double>(nodes)));
        const Index size = grow(energy, detail::ConstTiles<E>(x), l, site, uniforms, cluster, member);
        const Index old = detail::state_number(static_cast<double>(x.coordinate(0, site)[l]), states);
        const Index shift = static_cast<Index>((1.0 - uniforms(1, l)) * static_cast<double>(states.count - 1));
        const Index proposed = (old + 1 + std::min(shift, states.count - 2)) % states.count;
        double change = 0;
        for (Index i = 0; fields && i < size; ++i)
          change += energy.node_energy(cluster[i], proposed) - energy.node_energy(cluster[i], old);
        const double probability = ebm::exp(std::min(0.0, -change / temperature));
        acceptance.tile_data(t)[l] += static_cast<Scalar>(probability);
        const bool accepted = uniforms(2, l) <= probability;
        for (Index i = 0; i < size; ++i) {
          member[cluster[i]] = 0;
          if (accepted) x.coordinate(0, cluster[i])[l] = static_cast<Scalar>(states.value(proposed));
        }
      }
    }
  }

 private:
  static constexpr Index kFirstEdge = 4, kChunk = 64;

  // The uniforms of a tile's step, made when they are first asked for.
  template <class E>
  class Uniforms {
   public:
    using Scalar = typename E::Scalar;

    Uniforms(TileNoise<Scalar, E::dim>& noise, Index t, Index count, Workspace& workspace)
        : noise_(noise), tile_(t), values_(workspace.take<Scalar>(count * kLanes<Scalar>)) {
      noise_.fill(tile_, 0, made_, values_);
    }
    double operator()(Index which, Index lane) {
      for (; which >= made_; made_ += kChunk) noise_.fill(tile_, made_, kChunk, values_ + made_ * kLanes<Scalar>);
      return static_cast<double>(values_[which * kLanes<Scalar> + lane]);
    }

   private:
    TileNoise<Scalar, E::dim>& noise_;
    Index tile_, made_ = kFirstEdge;
    Scalar* values_;
  };

  // Fills `cluster` with the nodes that are bound to the site in one lane, and marks them; returns their number. An
  // edge is asked once at most: from the end that joined first, while the other is outside.
  template <class E>
  Index grow(const E& energy, detail::ConstTiles<E> x, Index lane, Index site, Uniforms<E>& uniforms,
             std::int32_t* cluster, std::uint8_t* member) const {
    Index size = 1, which = kFirstEdge;
    const auto state = x.coordinate(0, site)[lane];
    cluster[0] = static_cast<std::int32_t>(site), member[site] = 1;
    for (Index i = 0; i < size; ++i) {
      for (const auto [node, edge] : energy.graph().neighbours(cluster[i])) {
        if (member[node] != 0 || x.coordinate(0, node)[lane] != state) continue;
        if (uniforms(which++, lane) > detail::bond_probability(energy.agreement(edge), 1.0 / temperature)) continue;
        cluster[size++] = node, member[node] = 1;
      }
    }
    return size;
  }
};

}  // namespace ebm
