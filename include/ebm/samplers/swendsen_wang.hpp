// SwendsenWang: bonds given states, then a new state for every cluster of bonded nodes; Swendsen & Wang 1987.
//
//   bond on (ij) with probability [s_i = s_j] (1 - exp(-agreement_ij / T))
//   cluster C to state k with probability ~ exp(-sum_{i in C} node_energy(i, k) / T)
//
// Both are draws from the conditional distributions of Fortuin and Kasteleyn's joint law (samplers/clusters.hpp), so a
// step leaves exp(-E / T) invariant, and satisfies detailed balance as every step through auxiliary variables does.
// Fields are part of the clusters' law, thus exact. Without them it decorrelates in a few steps at the critical
// temperature, where single sites take of the order of L^2. Couplings below zero are refused.
#pragma once

#include <ebm/core/tile_noise.hpp>
#include <ebm/samplers/chains.hpp>
#include <ebm/samplers/clusters.hpp>

namespace ebm {

struct SwendsenWang {
  double temperature = 1.0;

  static constexpr bool exact = true;       // leaves exp(-E / T) invariant
  static constexpr bool reversible = true;  // satisfies detailed balance
  static constexpr bool tracks_energy = false;

  bool measures_acceptance() const { return false; }

  // One for each edge, then one for each node.
  template <ClusterEnergy E>
  Index uniforms_per_step(const E& energy) const {
    return whole_blocks<E>(energy.graph().edges()) + whole_blocks<E>(energy.graph().nodes());
  }

  template <ClusterEnergy E>
  void init(const E& energy, const ChainStateOf<E>&, Workspace&) const {
    detail::require_agreement(energy);
  }

  template <ClusterEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar>, Workspace& workspace) const {
    constexpr Index lanes = kLanes<typename E::Scalar>;
    Workspace::Scope scope(workspace);
    const Graph& graph = energy.graph();
    std::int32_t* parent = workspace.take<std::int32_t>(graph.nodes() * lanes);
    for (Index t = 0; t < state.position.count(); ++t) {
      for (Index i = 0; i < graph.nodes(); ++i) std::fill_n(parent + i * lanes, lanes, static_cast<std::int32_t>(i));
      bind(energy, state.position.subspan(t, 1), noise, t, parent, workspace);
      for (Index i = 0; i < graph.nodes(); ++i) {
        for (Index l = 0; l < lanes; ++l) parent[i * lanes + l] = parent[parent[i * lanes + l] * lanes + l];
      }
      colour(energy, state.position.subspan(t, 1), noise, t, parent, workspace);
    }
  }

 private:
  static constexpr Index kChunk = 64;

  template <class E>
  static Index whole_blocks(Index count) {
    constexpr Index block = kNoiseBlock<typename E::Scalar>;
    return (count + block - 1) / block * block;
  }

  // f(index, uniforms of the lanes) for `count` of them, from `first` on.
  template <class E, class F>
  static void for_each_uniform(TileNoise<typename E::Scalar, E::dim>& noise, Index t, Index first, Index count,
                               Workspace& workspace, F f) {
    constexpr Index lanes = kLanes<typename E::Scalar>;
    Workspace::Scope scope(workspace);
    auto* uniforms = workspace.take<typename E::Scalar>(kChunk * lanes);
    for (Index from = 0; from < count; from += kChunk) {
      const Index some = std::min(kChunk, count - from);
      noise.fill(t, first + from, whole_blocks<E>(some), uniforms);
      for (Index i = 0; i < some; ++i) f(from + i, uniforms + i * lanes);
    }
  }

  // Trees of bonded nodes, each the child of one with a smaller number, for every lane: parent[node][lane].
  template <class E>
  void bind(const E& energy, detail::ConstTiles<E> x, TileNoise<typename E::Scalar, E::dim>& noise, Index t,
            std::int32_t* parent, Workspace& workspace) const {
    constexpr Index lanes = kLanes<typename E::Scalar>;
    const Graph& graph = energy.graph();
    const auto root = [&](Index node, Index l) {
      while (parent[node * lanes + l] != node) {
        std::int32_t& up = parent[node * lanes + l];
        node = up = parent[up * lanes + l];
      }
      return node;
    };
    for_each_uniform<E>(noise, t, 0, graph.edges(), workspace, [&](Index e, const auto* uniforms) {
      const auto [a, b] = graph.edge(e);
      const double probability = detail::bond_probability(energy.agreement(e), 1.0 / temperature);
      const auto *at = x.coordinate(0, a), *bt = x.coordinate(0, b);
      for (Index l = 0; l < lanes; ++l) {
        if (at[l] != bt[l] || !(static_cast<double>(uniforms[l]) <= probability)) continue;
        const Index p = root(a, l), q = root(b, l);
        parent[std::max(p, q) * lanes + l] = static_cast<std::int32_t>(std::min(p, q));
      }
    });
  }

  // A state for every root, and for what hangs from it, from the uniforms of the nodes.
  template <class E>
  void colour(const E& energy, detail::MutableTiles<E> x, TileNoise<typename E::Scalar, E::dim>& noise, Index t,
              const std::int32_t* parent, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    constexpr Index lanes = kLanes<Scalar>;
    Workspace::Scope scope(workspace);
    const Index nodes = energy.graph().nodes(), q = energy.states().count;
    const bool fields = detail::has_fields(energy);
    double* energies = workspace.take<double>((fields ? nodes * lanes : 1) * q);
    std::fill_n(energies, (fields ? nodes * lanes : 1) * q, 0.0);
    for (Index i = 0; fields && i < nodes; ++i) {
      for (Index l = 0; l < lanes; ++l) {
        for (Index k = 0; k < q; ++k) energies[(parent[i * lanes + l] * lanes + l) * q + k] += energy.node_energy(i, k);
      }
    }
    for_each_uniform<E>(noise, t, whole_blocks<E>(energy.graph().edges()), nodes, workspace,
                        [&](Index i, const Scalar* uniforms) {
                          for (Index l = 0; l < lanes; ++l) {
                            const Index root = parent[i * lanes + l];
                            Scalar& value = x.coordinate(0, i)[l];
                            if (root != i) {
                              value = x.coordinate(0, root)[l];
                              continue;
                            }
                            double* of_cluster = fields ? energies + (i * lanes + l) * q : energies;
                            std::fill_n(of_cluster, fields ? 0 : q, 0.0);
                            const Index k = detail::draw_state({of_cluster, static_cast<std::size_t>(q)},
                                                               1.0 / temperature, static_cast<double>(uniforms[l]));
                            value = static_cast<Scalar>(energy.states().value(k));
                          }
                        });
  }
};

}  // namespace ebm
