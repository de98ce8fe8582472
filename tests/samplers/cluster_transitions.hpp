// Transition matrices of cluster kernels by going through all sets of bonds, and the checks that they must pass.
#pragma once

#include <ebm/energies/ising.hpp>
#include <ebm/energies/potts.hpp>
#include <ebm/samplers/clusters.hpp>
#include <ebm/samplers/sample.hpp>

#include "energies/discrete_checks.hpp"

namespace cluster_transitions {

using namespace ebm;
using discrete_checks::numbers;
using exact_transitions::Matrix;

// Calls f(cluster of each node, probability) for every set of bonds that a state may give; clusters are named after
// their first node.
template <class E, class F>
void for_each_bonds(const E& energy, const Eigen::RowVectorXd& state, double temperature, F f) {
  const Graph& graph = energy.graph();
  for (Index bonds = 0; bonds < Index{1} << graph.edges(); ++bonds) {
    double probability = 1;
    std::vector<Index> cluster;
    for (Index i = 0; i < graph.nodes(); ++i) cluster.push_back(i);
    for (Index e = 0; e < graph.edges(); ++e) {
      const auto [a, b] = graph.edge(e);
      const double bond = state(a) == state(b) ? detail::bond_probability(energy.agreement(e), 1 / temperature) : 0.0;
      probability *= (bonds >> e) % 2 == 1 ? bond : 1 - bond;
      if ((bonds >> e) % 2 == 0) continue;
      const Index p = cluster[static_cast<std::size_t>(a)], q = cluster[static_cast<std::size_t>(b)];
      for (Index& name : cluster) name = name == std::max(p, q) ? std::min(p, q) : name;
    }
    if (probability > 0) f(cluster, probability);
  }
}

template <class E, class K>
void check(const E& energy, const K& kernel, const Matrix& step, const Matrix& wrong) {
  const auto all = small_discrete::all_states<typename E::Scalar>(energy.dimension(), energy.states());
  const Values<double> p =
      small_discrete::probabilities(Values<double>(energies(energy, all).template cast<double>() / kernel.temperature));
  CHECK(exact_transitions::row_error(step) < 1e-12);
  CHECK(exact_transitions::invariance_error(p, step) < 1e-12);
  CHECK(exact_transitions::balance_error(p, step) < 1e-12);
  CHECK(exact_transitions::invariance_error(p, wrong) > 1e-5);
  const Index chains = 8000;
  const Matrix found = exact_transitions::frequencies(energy, kernel, 0, chains, 3);
  CHECK(exact_transitions::largest_deviation(found, step, chains) < exact_transitions::deviation_bound(step));
  CHECK(exact_transitions::largest_deviation(found, wrong, chains) > exact_transitions::deviation_bound(wrong));
}

// A ring of spins without and with fields, and three Potts states.
struct Models {
  Values<double> couplings = numbers(5, 1, 0.5, 1).cwiseAbs();
  Ising<double> spins{ring(5), couplings, Values<double>::Zero(5)};
  Ising<double> in_fields{ring(5), couplings, numbers(5, 1, 0.4, 2)};
  Potts<double> potts{complete(3), 3, couplings.topRows(3), numbers(3, 3, 0.6, 4)};
};

// Of chains that start with all spins up on a cold lattice, those that are up in the end; five sigma of them are 0.11.
template <class K>
double share_up(const K& kernel) {
  const Ising<float> cold(torus(16, 16), 0.6);
  Rng rng(4);
  const Points<float> up = Points<float>::Ones(1, 256);
  const auto draws = sample(cold, kernel, {.chains = 512, .steps = 61, .warmup = 0, .thin = 61, .initial = up}, rng);
  Index positive = 0;
  for (Index row = 0; row < draws.points.rows(); ++row) positive += draws.points.row(row).sum() > 0;
  return static_cast<double>(positive) / static_cast<double>(draws.points.rows());
}

inline Ising<float> frustrated() {
  return {ring(4), (Values<double>(4) << 1, 1, -0.25, 1).finished(), Values<double>::Zero(4)};
}

}  // namespace cluster_transitions
