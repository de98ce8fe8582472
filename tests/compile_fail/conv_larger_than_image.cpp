// expect: ebm::Conv: the kernel is larger than the image with its padding
#include <ebm/energies/network.hpp>

ebm::Rng rng;
auto network = ebm::network<float>(rng, ebm::Image<6, 6>{}, ebm::Conv<8, 5>{}, ebm::Silu{}, ebm::Conv<8, 3>{});
