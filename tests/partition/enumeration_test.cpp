#include <ebm/partition/enumeration.hpp>

#include <ebm/energies/ising.hpp>
#include <ebm/energies/softmax_rbm.hpp>
#include <ebm/partition/square_lattice.hpp>

#include "partition/machines.hpp"
#include "support/catch.hpp"
#include "support/small_discrete.hpp"

using namespace ebm::testing;
using Catch::Matchers::WithinAbs;
using ebm::Index;
using ebm::LayerEnumeration;
using ebm::StateEnumeration;

static_assert(ebm::RestrictedBoltzmannMachine<ebm::BernoulliRbm<float>>);
static_assert(!ebm::RestrictedBoltzmannMachine<SpinRing>);

namespace {

// Largest score of observed counts against probabilities.
double largest_score(const std::vector<double>& counts, const std::vector<double>& probabilities, double total) {
  double score = 0;
  for (std::size_t s = 0; s < counts.size(); ++s) {
    const double p = probabilities[s];
    score = std::max(score, std::abs(counts[s] - total * p) / std::sqrt(total * p * (1 - p)));
  }
  return score;
}

}  // namespace

TEST_CASE("log Z of machines that are known") {
  CHECK_THAT(LayerEnumeration(deterministic_rbm<double>(6, 4)).log_partition(), WithinAbs(7.405922288899, 1e-9));
  CHECK_THAT(LayerEnumeration(deterministic_rbm<double>(12, 8)).log_partition(), WithinAbs(14.402735860894, 1e-9));
  CHECK_THAT(LayerEnumeration(deterministic_rbm<double>(20, 10)).log_partition(), WithinAbs(22.748514440354, 1e-9));
  const auto result = log_partition(deterministic_rbm<float>(20, 10));
  CHECK(result.verdict == ebm::PartitionVerdict::exact);
  CHECK(result.contains(22.748514440354));
  CHECK(result.upper - result.lower < 1e-3);
}

TEST_CASE("sums that would take days are refused, and say what does not") {
  using Catch::Matchers::ContainsSubstring;
  const auto wide = deterministic_rbm<float>(40, 31);
  CHECK_THROWS_WITH(LayerEnumeration(wide).log_partition(),
                    ContainsSubstring("units of the smaller layer: 31, wanted at most 30"));
  CHECK_THROWS_WITH(ebm::log_partition(wide), ContainsSubstring("annealed_importance_sampling"));
  CHECK_THROWS_AS(LayerEnumeration(wide).draw(1, ebm::Stream(1), [](Index, const auto&) {}), ebm::ValueError);
}

// Squares of spins are 1: one of them shifts the energy until log Z is next to nothing, and so is 4 eps |log Z|.
TEST_CASE("the interval of a float energy follows its energies, not log Z") {
  int missed_by_log_z = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    small_discrete::Pairwise<float> energy(12, ebm::kSpins, 0.1, seed);
    energy.theta[12] += static_cast<float>(StateEnumeration(energy).log_partition());
    small_discrete::Pairwise<double> same(12, ebm::kSpins, 0.1, seed);
    std::copy(energy.theta.begin(), energy.theta.end(), same.theta.begin());
    const double truth = StateEnumeration(same).log_partition();
    const auto result = ebm::log_partition(energy);
    CHECK(std::abs(truth) < 1e-5);
    CHECK(result.contains(truth));
    CHECK(result.upper - result.lower < 1e-4);
    missed_by_log_z += std::abs(result.value - truth) > 4 * 0x1p-23 * std::abs(result.value);
  }
  CHECK(missed_by_log_z > 0);
}

// Few and many units in either layer, more than one block of the Gray code.
TEST_CASE("the smaller layer and all visible states say the same") {
  for (const auto [visible, hidden] : {std::array<Index, 2>{1, 1}, {2, 3}, {5, 2}, {3, 9}, {12, 15}, {15, 14}}) {
    CAPTURE(visible, hidden);
    const auto rbm = deterministic_rbm<double>(visible, hidden);
    CHECK_THAT(LayerEnumeration(rbm).log_partition(), WithinAbs(StateEnumeration(rbm).log_partition(), 1e-10));
  }
}

TEST_CASE("states of a user's discrete energies") {
  const StateEnumeration<SpinRing> ring{SpinRing{}};
  CHECK_THAT(ring.log_partition(), WithinAbs(SpinRing::log_partition(), 1e-12));
  CHECK_THAT(ebm::log_partition(PottsTriple{}).value, WithinAbs(PottsTriple::log_partition(), 1e-6));
  double sum = 0, magnetisation = 0;
  for (Index s = 0; s < ring.states(); ++s) {
    sum += ring.probability(s);
    magnetisation += ring.probability(s) * ring.point(s)[4];
  }
  CHECK_THAT(sum, WithinAbs(1, 1e-12));
  CHECK_THAT(ring.mean()[4], WithinAbs(magnetisation, 1e-12));
  CHECK_THAT(ring.second_moments()(2, 2), WithinAbs(1, 1e-12));
  const double product = ring.expectation([](const auto& x) { return x[1] * x[3]; });
  CHECK_THAT(ring.second_moments()(1, 3), WithinAbs(product, 1e-12));
  CHECK_THROWS_AS(StateEnumeration(deterministic_rbm<float>(30, 2)), ebm::ValueError);
}

TEST_CASE("what has a shorter sum is not gone through state by state") {
  const ebm::Ising<float> lattice(ebm::torus(7, 6), 0.4);
  CHECK_THAT(ebm::log_partition(lattice).value, WithinAbs(ebm::kaufman(7, 6, 0.4).log_partition, 1e-4));
  ebm::Rng rng(1);
  const ebm::SoftmaxRbm<double> softmax(5, 3, 4, rng, {.weight_sd = 1});
  CHECK_THAT(ebm::log_partition(softmax).value, WithinAbs(StateEnumeration(softmax).log_partition(), 1e-9));
}

// 64 states, 27 and 32; by chance a score above 6 has a probability of 2e-9 each.
TEST_CASE("draws have the exact law, whichever layer is enumerated") {
  constexpr Index draws = 40'000;
  const auto check = [&](const auto& energy, auto draw) {
    const StateEnumeration all(energy);
    std::vector<double> counts(static_cast<std::size_t>(all.states())), exact, tilted;
    draw(all, counts);
    double norm = 0;
    for (Index s = 0; s < all.states(); ++s) exact.push_back(all.probability(s)), norm += std::pow(exact.back(), 1.1);
    for (const double p : exact) tilted.push_back(std::pow(p, 1.1) / norm);
    CHECK(largest_score(counts, exact, draws) < 6);
    CHECK(largest_score(counts, tilted, draws) > 6);  // beta 1.1 instead of 1 is seen
  };
  check(SpinRing{}, [](const auto& all, auto& counts) {
    all.draw(draws, ebm::Stream(1), [&](Index, Index s) { ++counts[static_cast<std::size_t>(s)]; });
  });
  for (const auto [visible, hidden] : {std::array<Index, 2>{5, 4}, {4, 5}, {5, 2}, {2, 5}}) {
    CAPTURE(visible, hidden);
    auto rbm = deterministic_rbm<double>(visible, hidden);
    std::vector<double> stronger(rbm.parameters().begin(), rbm.parameters().end());
    for (double& parameter : stronger) parameter *= 4;
    rbm.set_parameters(stronger);
    check(rbm, [&](const auto&, auto& counts) {
      LayerEnumeration(rbm).draw(draws, ebm::Stream(2), [&](Index, const std::vector<char>& v) {
        std::size_t s = 0;
        for (std::size_t i = v.size(); i-- > 0;) s = 2 * s + static_cast<std::size_t>(v[i]);
        ++counts[s];
      });
    });
  }
}
