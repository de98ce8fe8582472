// expect: ebm::network: no layer, or none for features of this shape
// A dense layer has no pixels for a convolution to pass over.
#include <ebm/energies/network.hpp>

ebm::Rng rng;
auto network = ebm::network<float>(rng, ebm::Image<6, 6>{}, ebm::Dense<8>{}, ebm::Conv<8, 3>{});
