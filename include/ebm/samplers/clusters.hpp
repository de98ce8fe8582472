// What the cluster kernels have in common: bonds between equal states (energies: concepts/cluster_energy.hpp).
//
// Fortuin & Kasteleyn 1972: with a bond on every edge whose ends agree, with probability 1 - exp(-agreement / T),
// states and bonds have a joint distribution in which bonded nodes are equal, and clusters of them free but for the
// fields.
#pragma once

#include <ebm/concepts/cluster_energy.hpp>
#include <ebm/core/lane_math.hpp>

namespace ebm {

namespace detail {

// Of an edge whose ends agree.
inline double bond_probability(double agreement, double beta) { return 1.0 - ebm::exp(-beta * agreement); }

template <ClusterEnergy E>
void require_agreement(const E& energy) {
  for (Index e = 0; e < energy.graph().edges(); ++e)
    require(energy.agreement(e) >= 0, "couplings", energy.agreement(e),
            "none below 0: clusters need edges that prefer equal states (use Gibbs or Metropolis)");
}

template <ClusterEnergy E>
bool has_fields(const E& energy) {
  for (Index i = 0; i < energy.graph().nodes(); ++i) {
    for (Index k = 1; k < energy.states().count; ++k) {
      if (energy.node_energy(i, k) != energy.node_energy(i, 0)) return true;
    }
  }
  return false;
}

// The number of the state that a coordinate is in.
inline Index state_number(double value, StateSet states) {
  return static_cast<Index>((value - states.first) / states.spacing + 0.5);
}

// A state k with probability exp(-beta e_k) / sum_l exp(-beta e_l), from a uniform in (0, 1]; overwrites the energies
// with cumulative weights.
inline Index draw_state(std::span<double> energies, double beta, double uniform) {
  const double smallest = *std::min_element(energies.begin(), energies.end());
  double total = 0;
  for (double& energy : energies) energy = total += ebm::exp(beta * (smallest - energy));
  const double mark = uniform * total;
  Index k = 0;
  while (k + 1 < static_cast<Index>(energies.size()) && energies[static_cast<std::size_t>(k)] < mark) ++k;
  return k;
}

}  // namespace detail

}  // namespace ebm
