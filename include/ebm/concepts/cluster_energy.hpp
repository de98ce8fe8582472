// ClusterEnergy: a discrete energy whose edges do nothing but prefer equal states at their ends, plus fields at the
// nodes, as Ising and Potts.
//
//   graph() -> const Graph&
//   agreement(edge) -> double              E with different states at the edge's ends, minus E with equal ones
//   node_energy(node, state) -> double     what the fields add to E
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/graph.hpp>

namespace ebm {

template <class E>
concept ClusterEnergy = DiscreteEnergy<E> && requires(const E& e) {
  { e.graph() } -> std::same_as<const Graph&>;
  { e.agreement(Index{}) } -> std::same_as<double>;
  { e.node_energy(Index{}, Index{}) } -> std::same_as<double>;
};

}  // namespace ebm
