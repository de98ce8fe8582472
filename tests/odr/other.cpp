#include <ebm/ebm.hpp>

ebm::Draws<float, 2> draws_of_another_unit(const ebm::Banana<float>& energy, std::uint64_t seed);

ebm::Draws<float, 2> draws_of_another_unit(const ebm::Banana<float>& energy, std::uint64_t seed) {
  ebm::Rng rng(seed);
  return ebm::sample(energy, ebm::Mala{}, {.chains = 20, .steps = 10, .warmup = 10}, rng);
}
