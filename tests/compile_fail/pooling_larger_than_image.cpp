// expect: ebm pooling: the window is larger than the image
#include <ebm/energies/network.hpp>
#include <ebm/networks/max_pool.hpp>

ebm::Rng rng;
auto network = ebm::network<float>(rng, ebm::Image<6, 3>{}, ebm::MaxPool<4>{});
