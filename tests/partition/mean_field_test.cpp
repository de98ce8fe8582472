#include <ebm/partition/bethe.hpp>
#include <ebm/partition/mean_field.hpp>
#include <ebm/partition/tap.hpp>

#include <ebm/energies/boltzmann_machine.hpp>
#include <ebm/energies/ising.hpp>
#include <ebm/partition/enumeration.hpp>

#include "partition/machines.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using ebm::Index;
using ebm::PartitionVerdict;
using ebm::SpinPairs;

static_assert(ebm::HasSpinPairs<ebm::Ising<float>>);
static_assert(ebm::HasSpinPairs<ebm::BernoulliRbm<double>>);
static_assert(!ebm::HasSpinPairs<SpinRing>);

namespace {

// Random couplings of standard deviation `sd` on pairs that occur with the given share, and random fields.
SpinPairs random_model(Index spins, double share, double sd, std::uint64_t seed) {
  const ebm::Stream stream(seed);
  SpinPairs model(std::vector<double>(static_cast<std::size_t>(spins)), {}, 0.7);
  std::uint64_t n = 0;
  for (double& field : model.fields) field = 0.3 * stream.normal(0, n++);
  for (Index a = 0; a < spins; ++a) {
    for (Index b = 0; b < a; ++b, ++n) {
      if (stream.uniform(1, n) < share) model.pairs.push_back({a, b, sd * stream.normal(2, n)});
    }
  }
  return model;
}
SpinPairs random_tree(Index spins, std::uint64_t seed) {
  SpinPairs model = random_model(spins, 0, 0, seed);
  const ebm::Stream stream(seed);
  for (Index i = 1; i < spins; ++i) {
    const auto n = static_cast<std::uint64_t>(i);
    model.pairs.push_back({i, stream.integer(3, n, n), 1.5 * stream.normal(4, n)});
  }
  return model;
}

}  // namespace

TEST_CASE("energies keep their log Z as pairs of spins") {
  const auto rbm = deterministic_rbm<double>(6, 4);
  CHECK_THAT(SpinPairs(rbm).exact_log_partition(), WithinAbs(7.405922288899, 1e-10));
  const ebm::Ising<double> torus(ebm::torus(4, 4), 0.4);
  CHECK_THAT(SpinPairs(torus).exact_log_partition(), WithinAbs(14.561093024, 1e-8));
  const ebm::BoltzmannMachine<double> machine(ebm::complete(7), 0.3, -0.2);
  CHECK_THAT(SpinPairs(machine).exact_log_partition(), WithinAbs(ebm::log_partition(machine).value, 1e-10));
  // Holding spins splits the sum.
  const SpinPairs model = random_model(8, 0.6, 1, 3);
  std::vector<double> parts;
  for (int s = 0; s < 8; ++s)
    parts.push_back(model.clamped(std::vector<double>{s & 1 ? 1.0 : -1.0, s & 2 ? 1.0 : -1.0, s & 4 ? 1.0 : -1.0})
                        .exact_log_partition());
  CHECK_THAT(ebm::log_sum_exp(parts), WithinAbs(model.exact_log_partition(), 1e-10));
}

TEST_CASE("mean field bounds log Z from below, exactly where spins are independent") {
  ebm::Rng rng(1);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const SpinPairs model = random_model(12, 0.5, 0.2 * static_cast<double>(seed % 5 + 1), seed);
    const auto bound = ebm::mean_field(model, {}, rng);
    const double truth = model.exact_log_partition();
    CHECK(bound.lower <= truth + 1e-10);
    CHECK(bound.lower > truth - 12);
    CHECK(bound.lower_confidence == 1);
    CHECK_THAT(to_text(bound), ContainsSubstring("upper bound none"));
  }
  const SpinPairs independent = random_model(12, 0, 0, 5);
  CHECK_THAT(ebm::mean_field(independent, {}, rng).value, WithinAbs(independent.exact_log_partition(), 1e-10));
  const auto rbm = deterministic_rbm<float>(20, 10);
  CHECK(ebm::mean_field(rbm, {}, rng).lower < 22.7485);
}

// The error of TAP is of third order in the couplings, that of mean field of second.
TEST_CASE("TAP gains an order in weak couplings") {
  ebm::Rng rng(2);
  double field_errors[2], tap_errors[2];
  for (const int half : {0, 1}) {
    SpinPairs model = random_model(10, 1, half ? 0.05 : 0.1, 7);
    const double truth = model.exact_log_partition();
    field_errors[half] = truth - ebm::mean_field(model, {}, rng).value;
    const auto second = ebm::tap(model, {}, rng);
    CHECK(second.verdict == PartitionVerdict::estimated);
    tap_errors[half] = std::abs(truth - second.value);
    CHECK(tap_errors[half] < 0.2 * field_errors[half]);
  }
  CHECK_THAT(field_errors[0] / field_errors[1], WithinAbs(4, 1));
  CHECK(tap_errors[0] / tap_errors[1] > 6);
}

// log Z of a chain of spins by its 2 x 2 transfer matrices, whose order the numbering of the spins hides.
TEST_CASE("belief propagation is exact on long chains in any numbering, however few the sweeps") {
  constexpr Index spins = 3000;
  const ebm::Stream stream(11);
  const std::vector<Index> number = stream.permutation(spins);
  SpinPairs chain(std::vector<double>(spins), {}, 0.3);
  double up = 0, down = 0;  // log of the sum over all spins before, by the value of the last
  for (Index i = 0; i < spins; ++i) {
    const auto n = static_cast<std::uint64_t>(i);
    const double j = i > 0 ? 3.0 + stream.normal(1, n) : 0, h = 0.01 * stream.normal(2, n);
    const Index at = number[static_cast<std::size_t>(i)];
    chain.fields[static_cast<std::size_t>(at)] = h;
    if (i > 0) {
      chain.pairs.push_back({at, number[static_cast<std::size_t>(i - 1)], j});
      const double next_up = ebm::log_add_exp(up + j, down - j), next_down = ebm::log_add_exp(up - j, down + j);
      up = next_up, down = next_down;
    }
    up += h, down -= h;
  }
  // A coupling of 0 closes no loop.
  chain.pairs.push_back({number[0], number[spins - 1], 0.0});
  const double truth = 0.3 + ebm::log_add_exp(up, down);
  const auto once = ebm::bethe(chain, {.most_sweeps = 1});
  CHECK(once.verdict == PartitionVerdict::exact);
  CHECK_THAT(once.value, WithinAbs(truth, 1e-8));
  CHECK_THAT(ebm::bethe(chain).value, WithinAbs(truth, 1e-8));
  // Two trees, and a spin alone.
  SpinPairs forest({0.1, -0.2, 0.3, 0.4, 0.5}, {{4, 1, 0.7}, {0, 3, -1.1}});
  CHECK(ebm::bethe(forest, {.most_sweeps = 1}).verdict == PartitionVerdict::exact);
  CHECK_THAT(ebm::bethe(forest).value, WithinAbs(forest.exact_log_partition(), 1e-12));
  // Two pairs of the same spins are a loop.
  forest.pairs.push_back({1, 4, 0.2});
  CHECK(ebm::bethe(forest).verdict != PartitionVerdict::exact);
}

TEST_CASE("belief propagation is exact on trees, and says so") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const SpinPairs tree = random_tree(14, seed);
    const auto result = ebm::bethe(tree);
    CHECK(result.verdict == PartitionVerdict::exact);
    CHECK_THAT(result.value, WithinAbs(tree.exact_log_partition(), 1e-10));
    // One pair more makes a loop: close, and no longer exact.
    SpinPairs loop = tree;
    loop.pairs.push_back({0, 13, 1.0});
    const auto close = ebm::bethe(loop);
    CHECK(close.verdict != PartitionVerdict::exact);
  }
  // A ring of six in a field is off by less than a tenth, and not right.
  const ebm::Ising<double> ring(ebm::ring(6), 0.6, 0.2);
  const auto loopy = ebm::bethe(ring);
  CHECK(loopy.verdict == PartitionVerdict::estimated);
  CHECK_THAT(loopy.value, WithinAbs(SpinRing::log_partition(), 0.1));
  CHECK(std::abs(loopy.value - SpinRing::log_partition()) > 1e-4);
  // Below the critical temperature the fixed point with a magnetisation is found.
  const ebm::Ising<double> cold(ebm::torus(4, 4), 0.5);
  CHECK_THAT(ebm::bethe(cold).value, WithinAbs(17.105367119 - std::log(2.0), 0.2));
}

TEST_CASE("messages that do not settle are flagged") {
  Index flagged = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    flagged += !ebm::bethe(random_model(14, 1, 2, seed), {.most_sweeps = 300}).reliable();
  CHECK(flagged >= 1);
}

// What the ELBO loses: log p(v) = log Z(v) - log Z with hidden spins that depend on each other.
TEST_CASE("the ELBO is below the likelihood") {
  ebm::Rng rng(3);
  const SpinPairs model = random_model(12, 0.7, 0.6, 9);
  const double log_z = model.exact_log_partition();
  double loss = 0, total = 0;
  for (int s = 0; s < 16; ++s) {
    std::vector<double> v;
    for (int i = 0; i < 4; ++i) v.push_back((s >> i) & 1 ? 1.0 : -1.0);
    const SpinPairs hidden = model.clamped(v);
    const double exact = hidden.exact_log_partition() - log_z, elbo = ebm::mean_field(hidden, {}, rng).lower - log_z;
    CHECK(elbo <= exact + 1e-10);
    total += std::exp(exact), loss += std::exp(exact) * (exact - elbo);
  }
  CHECK_THAT(total, WithinAbs(1, 1e-9));
  CHECK(loss > 0.05);
}
