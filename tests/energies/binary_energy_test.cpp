#include <ebm/energies/binary_energy.hpp>

#include <ebm/energies/banana.hpp>
#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/objectives/pseudo_likelihood.hpp>
#include <ebm/samplers/gibbs_with_gradients.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"
#include "support/small_discrete.hpp"

namespace {

using namespace ebm;
using Inner = Mlp<float, 9, 32, 32>;
using Binary = BinaryEnergy<Inner>;

static_assert(DiscreteEnergy<Binary> && DifferentiableEnergy<Binary> && TrainableEnergy<Binary>);
static_assert(!ebm::detail::kWantsFrame<Binary> && ebm::detail::kWantsFrame<Inner>);
static_assert(!TrainableEnergy<BinaryEnergy<Banana<float>>> && DifferentiableEnergy<BinaryEnergy<Banana<float>>>);
static_assert(kTilesAtOnce<Binary> == kTilesAtOnce<Inner>);

// KL(truth || model) in nats, by enumeration.
template <class E>
double divergence(const Values<double>& truth, const E& model) {
  const auto all = small_discrete::all_states<float>(9, model.states());
  const Values<double> p = small_discrete::probabilities(energies(model, all));
  return (truth.array() * (truth.array() / p.array()).log()).sum();
}

}  // namespace

TEST_CASE("BinaryEnergy: values, gradients and parameters are those of the energy inside") {
  const Inner network{Rng{4}};
  const BinaryEnergy energy{network};
  const auto points = small_discrete::all_states<float>(9, kBits);
  CHECK(energies(energy, points) == energies(network, points));
  CHECK(gradients(energy, points) == gradients(network, points));
  CHECK(energy.parameters().size() == network.parameters().size());
  CHECK(energy.states() == kBits);
  const BinaryEnergy spins{network, kSpins};
  CHECK(spins.states() == kSpins);
  CHECK_THROWS_AS((BinaryEnergy{network, StateSet{0, 1, 3}}), ValueError);
}

TEST_CASE("BinaryEnergy: a network learns a Boltzmann machine's law, by samples and by pseudo-likelihood") {
  const small_discrete::SmallRbm<float> machine(9, 4, 1.2, 6);
  const auto all = small_discrete::all_states<float>(9, kBits);
  const Values<double> truth = small_discrete::probabilities(energies(machine, all));
  const auto points = small_discrete::draw(all, truth, 20000, 5);
  Rng rng{4};
  Trainer sampled{BinaryEnergy{Inner{rng}}, ContrastiveDivergence{GibbsWithGradients{}, Persistent{}},
                  Adam{.learning_rate = 3e-3}};
  const double before = divergence(truth, sampled.energy());
  CHECK(sampled.fit(points, {.iterations = 2000}, rng).status == TrainingStatus::healthy);
  CHECK(before > 1);
  CHECK(divergence(truth, sampled.energy()) < 0.015);

  Trainer predicted{BinaryEnergy{Inner{rng}}, PseudoLikelihood{}, Adam{.learning_rate = 3e-3}};
  CHECK(predicted.fit(points, {.iterations = 2000}, rng).status == TrainingStatus::healthy);
  CHECK(divergence(truth, predicted.energy()) < 0.015);
}
