// expect: ebm: mixed gradients are those of affine layers and smooth activations only
#include <ebm/energies/network_energy.hpp>

using Net = ebm::Network<float, ebm::Features<6>, ebm::Dense<2>, ebm::LeakyRelu, ebm::Dense<1>>;
template class ebm::NetworkEnergy<Net>;
