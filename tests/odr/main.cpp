#include <ebm/ebm.hpp>

ebm::Draws<float, 2> draws_of_another_unit(const ebm::Banana<float>& energy, std::uint64_t seed);

// The same sampling in both units: what one made the other reads, and it is the same.
int main() {
  const ebm::Banana<float> energy;
  ebm::Rng rng(7);
  const auto draws = ebm::sample(energy, ebm::Mala{}, {.chains = 20, .steps = 10, .warmup = 10}, rng);
  const auto others = draws_of_another_unit(energy, 7), different = draws_of_another_unit(energy, 8);
  const bool same = others.points == draws.points && others.energies == draws.energies;
  return same && different.points != draws.points && ebm::energies(energy, others.points).allFinite() ? 0 : 1;
}
