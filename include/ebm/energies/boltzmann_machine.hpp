// BoltzmannMachine: fully visible, a weight between every two units; Ackley, Hinton & Sejnowski 1985.
//
//   E(x) = -sum_(i<j) W_ij x_i x_j - sum_i b_i x_i,   x in {0, 1}
//
// The mechanism is that of Ising (energies/pairwise.hpp) with other states, on the complete graph or on a sparser one.
// With spins in place of bits, it is Ising on complete(units).
#pragma once

#include <ebm/energies/pairwise.hpp>

namespace ebm {

template <class S>
class BoltzmannMachine : public PairwiseEnergy<S, Units::bits> {
 public:
  using PairwiseEnergy<S, Units::bits>::PairwiseEnergy;

  // All weights and biases zero, to be trained.
  explicit BoltzmannMachine(Index units) : BoltzmannMachine(complete(units)) {}

  static BoltzmannMachine from(const Tensors& tensors) {
    return BoltzmannMachine(PairwiseEnergy<S, Units::bits>::from(tensors));
  }

 private:
  explicit BoltzmannMachine(PairwiseEnergy<S, Units::bits> energy)
      : PairwiseEnergy<S, Units::bits>(std::move(energy)) {}
};

}  // namespace ebm
