// expect: ebm::network: at most one ebm::HiddenLayers
// A file of weights says how many layers there are, not which list they are of.
#include <ebm/energies/network.hpp>

ebm::Rng rng;
auto network = ebm::network<float>(rng, ebm::Features{2}, ebm::HiddenLayers{{20}}, ebm::HiddenLayers<ebm::Tanh>{{20}});
