// PairModel: a discrete energy that is a sum over the edges and nodes of a graph.
//
//   graph() -> const Graph&,   states() -> StateSet                 as Ising, Potts and BoltzmannMachine have them
//   edge_energy(edge, k, l),   node_energy(node, k) -> double       of states number k and l
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/graph.hpp>

namespace ebm {

template <class E>
concept PairModel = DiscreteEnergy<E> && requires(const E& e) {
  { e.graph() } -> std::same_as<const Graph&>;
  { e.edge_energy(Index{}, Index{}, Index{}) } -> std::same_as<double>;
  { e.node_energy(Index{}, Index{}) } -> std::same_as<double>;
};

}  // namespace ebm
