// expect: ebm: score matching needs an energy that has gradients and add_mixed_gradient
#include <ebm/energies/anchored.hpp>
#include <ebm/energies/network_energy.hpp>
#include <ebm/objectives/conditional_score_matching.hpp>

using Energy = ebm::Anchored<ebm::NetworkEnergy<ebm::Network<float, ebm::Features<2>, ebm::Dense<1>>>>;
auto estimator(const Energy& energy, ebm::Minibatch<float, 2> data, ebm::Rng& rng) {
  return ebm::ConditionalScoreMatching{}.estimator(energy, data, rng, 1);
}
