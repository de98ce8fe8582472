// Ising: spins on a graph, with a coupling for every edge and a field at every node; Ising 1925, in units of the
// temperature.
//
//   E(s) = -sum_(ij) J_ij s_i s_j - sum_i h_i s_i,   s in {-1, 1},   every edge once
//
//   ebm::Ising<float> model{ebm::torus(16, 16), 0.44};
//   const auto draws = ebm::sample(model, ebm::Gibbs{}, {.chains = 64, .steps = 1000}, rng);
//
// A Gibbs sweep is chromatic: all nodes of a colour at once (energies/pairwise.hpp). Couplings and fields are
// trainable. For large lattices with one coupling there is IsingLattice (samplers/ising_lattice.hpp).
#pragma once

#include <ebm/energies/pairwise.hpp>

namespace ebm {

template <class S>
class Ising : public PairwiseEnergy<S, Units::spins> {
 public:
  using PairwiseEnergy<S, Units::spins>::PairwiseEnergy;

  static Ising from(const Tensors& tensors) { return Ising(PairwiseEnergy<S, Units::spins>::from(tensors)); }

 private:
  explicit Ising(PairwiseEnergy<S, Units::spins> energy) : PairwiseEnergy<S, Units::spins>(std::move(energy)) {}
};

}  // namespace ebm
