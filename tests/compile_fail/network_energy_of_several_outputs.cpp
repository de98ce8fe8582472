// expect: ebm::NetworkEnergy: the network must have one output
#include <ebm/energies/network_energy.hpp>

ebm::Rng rng;
auto energy = ebm::NetworkEnergy{ebm::network<float>(rng, ebm::Features<6>{}, ebm::Dense<2>{})};
