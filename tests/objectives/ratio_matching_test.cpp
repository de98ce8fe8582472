#include <ebm/objectives/ratio_matching.hpp>

#include "objectives/site_objectives.hpp"
#include "support/catch.hpp"

namespace {

using namespace site_objectives;

double quadratic_loss(const std::vector<double>& energies, std::size_t present) {
  double total = 0, sum = 0;
  for (const double e : energies) total += std::exp(-e);
  for (std::size_t k = 0; k < energies.size(); ++k) {
    const double error = std::exp(-energies[k]) / total - (k == present ? 1 : 0);
    sum += 0.5 * error * error;
  }
  return sum;
}
static_assert(ebm::Objective<ebm::RatioMatching, Pairwise<float>>);

}  // namespace

TEST_CASE("RatioMatching: loss and gradient are those of the formula, for bits, spins and three states") {
  const ebm::RatioMatching objective;
  for (const ebm::StateSet& states : {ebm::kBits, ebm::kSpins, kThree}) {
    const Pairwise<double> energy(5, states, 0.6, 3);
    CHECK(worst_error(objective, energy, some_states(21, 5, states), quadratic_loss) < 1e-8);
  }
  CHECK(worst_error(objective, SmallRbm<double>(5, 3, 0.8, 4), some_states(21, 5, ebm::kBits), quadratic_loss) < 1e-8);
  CHECK(worst_error(WrongSignObjective<ebm::detail::ConditionalQuadraticLoss>{},
                    Pairwise<double>(5, ebm::kSpins, 0.6, 3), some_states(21, 5, ebm::kSpins), quadratic_loss) > 1e-2);
}

TEST_CASE("RatioMatching: of two states the loss is that of Hyvarinen") {
  const Pairwise<double> energy(5, ebm::kSpins, 0.6, 3);
  const auto points = some_states(30, 5, ebm::kSpins);
  double sum = 0;
  for (ebm::Index i = 0; i < 5; ++i) {
    auto flipped = points;
    flipped.col(i) *= -1;
    const ebm::Values<double> ratio = (energies(energy, flipped) - energies(energy, points)).array().exp();
    sum += (1 / (1 + ratio.array())).square().mean();
  }
  CHECK(estimate(ebm::RatioMatching{}, energy, points).report.data_energy == Approx(sum).epsilon(1e-12));
}

TEST_CASE("RatioMatching: the gradient vanishes at the truth under exact weights, and nowhere near it") {
  check_gradient_at_truth<ebm::detail::ConditionalQuadraticLoss>(1e-10);
}

TEST_CASE("RatioMatching: the same bits for any number of workers, of all sites and of some") {
  check_same_for_any_number_of_workers<float>(ebm::RatioMatching{});
  check_same_for_any_number_of_workers<float>(ebm::RatioMatching{.sampled_sites = 2});
}

TEST_CASE("RatioMatching: the trainer recovers a model from its draws") { check_recovery(ebm::RatioMatching{}); }

TEST_CASE("RatioMatching: what is no state is refused in the first minibatch and in later ones") {
  const Pairwise<double> energy(3, ebm::kSpins, 0.5, 8);
  const auto points = some_states(5, 3, ebm::kSpins);
  auto bad = points;
  bad(4, 1) = 0;
  CHECK_THROWS_AS(estimate(ebm::RatioMatching{}, energy, bad), ebm::ValueError);
  ebm::Rng rng(1);
  ebm::Serial serial;
  objectives::Batch<double, ebm::Dynamic> first(points), later(bad);
  auto estimator = ebm::RatioMatching{}.estimator(energy, first.view(), rng, 1);
  ebm::FlatVector<double> gradient(energy.parameters().size());
  CHECK(std::isfinite(estimator.estimate(energy, first.view(), 0, gradient, serial).data_energy));
  CHECK_THROWS_AS(estimator.estimate(energy, later.view(), 1, gradient, serial), ebm::ValueError);
}
