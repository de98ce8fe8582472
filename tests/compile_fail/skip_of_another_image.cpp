// expect: ebm::Skip: the layers must keep the image.s height and width
#include <ebm/energies/network.hpp>
#include <ebm/networks/skip.hpp>

ebm::Rng rng;
auto network = ebm::network<float>(rng, ebm::Image<6, 6>{}, ebm::Skip<ebm::Conv<5, 3>>{});
