#include <ebm/samplers/gibbs.hpp>

#include <ebm/samplers/sample.hpp>

#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"

using namespace ebm;
using exact_transitions::Matrix;
using small_discrete::Pairwise;

namespace {

static_assert(Kernel<Gibbs, Pairwise<float>> && ResampledEnergy<Pairwise<double>> && !GibbsEnergy<Pairwise<double>>);

// Sites drawn from their conditional distributions one after the other, by enumeration; `from_old` conditions every site
// on the state before the sweep, which is the mistake of drawing sites at the same time that depend on each other.
Matrix sweep(const Pairwise<double>& energy, double temperature, bool from_old) {
  const auto all = small_discrete::all_states<double>(energy.width, energy.set);
  const Values<double> e = energies(energy, all) / temperature;
  Matrix result = Matrix::Identity(all.rows(), all.rows());
  if (from_old) result.setOnes();
  Index stride = 1;
  for (Index site = 0; site < energy.width; ++site, stride *= energy.set.count) {
    Matrix one = Matrix::Zero(all.rows(), all.rows());
    for (Index row = 0; row < all.rows(); ++row) {
      const Index base = row - row / stride % energy.set.count * stride;
      double total = 0;
      for (Index k = 0; k < energy.set.count; ++k) total += std::exp(-e(base + k * stride));
      for (Index k = 0; k < energy.set.count; ++k)
        one(row, base + k * stride) = std::exp(-e(base + k * stride)) / total;
      if (!from_old) continue;
      for (Index to = 0; to < all.rows(); ++to) {
        const Index k = to / stride % energy.set.count;
        result(row, to) *= one(row, base + k * stride);
      }
    }
    if (!from_old) result = result * one;
  }
  return result;
}

}  // namespace

TEST_CASE("site by site, any discrete energy is sampled exactly", "[gibbs]") {
  const StateSet sets[] = {kBits, kSpins, {0, 1, 3}};
  const StateSet states = sets[GENERATE(0, 1, 2)];
  const Pairwise<double> energy(states.count == 3 ? 3 : 4, states, 0.8, 5);
  const double temperature = GENERATE(1.0, 1.6);
  const Matrix exact = sweep(energy, temperature, false), wrong = sweep(energy, temperature, true);
  const auto all = small_discrete::all_states<double>(energy.width, states);
  const Values<double> p = small_discrete::probabilities(Values<double>(energies(energy, all) / temperature));
  CHECK(exact_transitions::invariance_error(p, exact) < 1e-12);
  CHECK(exact_transitions::invariance_error(p, wrong) > 1e-3);
  const Index chains = 4000;
  const Matrix found = exact_transitions::frequencies(energy, Gibbs{.temperature = temperature}, 0, chains, 23);
  CHECK(exact_transitions::largest_deviation(found, exact, chains) < exact_transitions::deviation_bound(exact));
  CHECK(exact_transitions::largest_deviation(found, wrong, chains) > exact_transitions::deviation_bound(wrong));
}

TEST_CASE("a site with one possible state takes it", "[gibbs]") {
  // Weights that underflow but one: the uniform may be 1, and no state of weight 0 is drawn.
  Pairwise<float> energy(2, kBits, 0.0, 1);
  energy.theta[0] = 300, energy.theta[1] = -300;
  Rng rng{4};
  const auto draws = sample(energy, Gibbs{}, {.chains = 64, .steps = 500, .warmup = 1}, rng);
  CHECK(draws.points.col(0).maxCoeff() == 0);
  CHECK(draws.points.col(1).minCoeff() == 1);
}

TEST_CASE("draws of a kernel that does not follow energies come with them all the same", "[gibbs]") {
  const Pairwise<double> energy(5, kBits, 0.7, 2);
  Rng rng{4};
  const auto draws = sample(energy, Gibbs{}, {.chains = 16, .steps = 30, .warmup = 3, .thin = 3}, rng);
  CHECK((draws.energies - energies(energy, draws.points)).cwiseAbs().maxCoeff() == 0);
  CHECK(draws.acceptance.array().isNaN().all());
  CHECK(draws.diverged_chains() == 0);
  CHECK(draws.points.minCoeff() == 0);
  CHECK(draws.points.maxCoeff() == 1);
}
