// expect: ebm::Residual: the layers must give the shape that they take
#include <ebm/energies/network.hpp>
#include <ebm/networks/residual.hpp>

ebm::Rng rng;
auto network = ebm::network<float>(rng, ebm::Features<6>{}, ebm::Residual<ebm::Dense<5>, ebm::Silu>{});
