#include <ebm/objectives/probability_flow.hpp>

#include "objectives/site_objectives.hpp"
#include "support/catch.hpp"

namespace {

using namespace site_objectives;

double flow_loss(const std::vector<double>& energies, std::size_t present) {
  double sum = -1;
  for (const double e : energies) sum += std::exp((energies[present] - e) / 2);
  return sum;
}
static_assert(ebm::Objective<ebm::ProbabilityFlow, Pairwise<float>>);

}  // namespace

TEST_CASE("ProbabilityFlow: loss and gradient are those of the formula, for bits, spins and three states") {
  const ebm::ProbabilityFlow objective;
  for (const ebm::StateSet& states : {ebm::kBits, ebm::kSpins, kThree}) {
    const Pairwise<double> energy(5, states, 0.6, 3);
    CHECK(worst_error(objective, energy, some_states(21, 5, states), flow_loss) < 1e-8);
  }
  CHECK(worst_error(objective, SmallRbm<double>(5, 3, 0.8, 4), some_states(21, 5, ebm::kBits), flow_loss) < 1e-8);
  CHECK(worst_error(WrongSignObjective<ebm::detail::FlowLoss>{}, Pairwise<double>(5, ebm::kSpins, 0.6, 3),
                    some_states(21, 5, ebm::kSpins), flow_loss) > 1e-2);
}

TEST_CASE("ProbabilityFlow: the gradient vanishes at the truth under exact weights, and nowhere near it") {
  check_gradient_at_truth<ebm::detail::FlowLoss>(1e-10);
}

TEST_CASE("ProbabilityFlow: the same bits for any number of workers, of all sites and of some") {
  check_same_for_any_number_of_workers<float>(ebm::ProbabilityFlow{});
  check_same_for_any_number_of_workers<float>(ebm::ProbabilityFlow{.sampled_sites = 2});
}

TEST_CASE("ProbabilityFlow: the trainer recovers a model from its draws") { check_recovery(ebm::ProbabilityFlow{}); }
