// expect: ebm: mixed gradients want the curvature of every activation
#include <ebm/energies/network_energy.hpp>

// Curved below zero, and nothing says how.
struct Elu {
  template <class V>
  static V apply(V x, V& derivative) {
    const V tail = exp(x);
    derivative = select(x < V(0), tail, V(1));
    return select(x < V(0), tail - V(1), x);
  }
};

using Net = ebm::Network<float, ebm::Features<6>, ebm::Dense<2>, Elu, ebm::Dense<1>>;
template class ebm::NetworkEnergy<Net>;
