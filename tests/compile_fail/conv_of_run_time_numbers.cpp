// expect: ebm::network: no layer, or none for features of this shape
// Numbers that are known at run time are no image.
#include <ebm/energies/network.hpp>

ebm::Rng rng;
auto network = ebm::network<float>(rng, ebm::Features{36}, ebm::Conv<8, 3>{}, ebm::Dense<1>{});
