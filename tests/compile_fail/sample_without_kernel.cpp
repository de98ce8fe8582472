// expect: (satisfaction of .*|because .)Kernel<
// What sample takes offers init and step.
#include <ebm/energies/banana.hpp>
#include <ebm/samplers/sample.hpp>

struct StandStill {
  static constexpr bool exact = true, reversible = true;
  bool measures_acceptance() const { return false; }
};

ebm::Rng rng;
auto draws = ebm::sample(ebm::Banana<float>(), StandStill{}, {}, rng);
