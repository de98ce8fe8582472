#include <ebm/samplers/gibbs.hpp>

#include <ebm/samplers/sample.hpp>

#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"

using namespace ebm;
using exact_transitions::Matrix;
using small_discrete::Pairwise;

namespace {

static_assert(Kernel<Gibbs, Pairwise<float>> && ResampledEnergy<Pairwise<double>> && !GibbsEnergy<Pairwise<double>>);

// Sites drawn from their conditional distributions one after the other, by enumeration; `from_old` conditions every
// site on the state before the sweep, which is the mistake of drawing sites at the same time that depend on each other.
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

// Energies of two bits that are NaN, or infinite, for a state of the second one.
struct Broken {
  using Scalar = float;
  static constexpr int dim = 2;
  float of_zero, of_one;

  StateSet states() const { return kBits; }
  void value(TileSpan<const float, 2> x, LanesSpan<float> values, Workspace&) const {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index l = 0; l < kLanes<float>; ++l)
        values.tile_data(t)[l] = x.coordinate(t, 1)[l] == 0.0f ? of_zero : of_one;
    }
  }
};

// The same in one block, which it leaves alone.
struct BrokenBlock : Broken {
  void gibbs_sweep(TileSpan<float, 2>, double, TileNoise<float, 2>&, Workspace&) const {}
  Index gibbs_uniforms() const { return kNoiseBlock<float>; }
};
static_assert(GibbsEnergy<BrokenBlock> && !GibbsEnergy<Broken>);

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

TEST_CASE("chains whose energies are not finite keep their state and are marked", "[gibbs]") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const auto [of_zero, of_one, diverged] = GENERATE_COPY(table<float, float, bool>({{nan, nan, true},
                                                                                    {0.0f, nan, true},
                                                                                    {nan, 0.0f, true},
                                                                                    {inf, inf, true},
                                                                                    {0.0f, -inf, true},
                                                                                    {0.0f, inf, false},
                                                                                    {inf, 0.0f, false},
                                                                                    {0.0f, 1.0f, false}}));
  Rng rng{4};
  Points<float, 2> initial(1, 2);
  const float allowed = of_zero < of_one ? 0.0f : 1.0f;
  initial << 0, diverged ? 1.0f : allowed;
  const auto draws =
      sample(Broken{of_zero, of_one}, Gibbs{}, {.chains = 20, .steps = 5, .warmup = 0, .initial = initial}, rng);
  CHECK(draws.diverged_chains() == (diverged ? 20 : 0));
  if (diverged || of_zero + of_one == inf) CHECK((draws.points.col(1).array() == initial(0, 1)).all());
}

TEST_CASE("chains of blocks are marked by the energies of their draws", "[gibbs]") {
  Rng rng{4};
  Points<float, 2> initial(20, 2);
  initial.setZero();
  initial.col(1).head(3).setOnes();
  const SampleOptions<float, 2> options{.chains = 20, .steps = 4, .warmup = 0, .initial = initial};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto draws = sample(BrokenBlock{{0, nan}}, Gibbs{}, options, rng);
  CHECK(draws.diverged_chains() == 3);
  CHECK(draws.status[2] == ChainStatus::diverged);
  CHECK(sample(BrokenBlock{{0, 1}}, Gibbs{}, options, rng).diverged_chains() == 0);
}
