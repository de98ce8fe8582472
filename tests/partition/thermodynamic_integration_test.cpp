#include <ebm/partition/bridge_sampling.hpp>
#include <ebm/partition/sequential_monte_carlo.hpp>
#include <ebm/partition/thermodynamic_integration.hpp>

#include "partition/machines.hpp"
#include "partition/perfect_path.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using Catch::Matchers::WithinAbs;
using ebm::Index;
using ebm::PartitionVerdict;

namespace {

// The planted bug: slopes that forget the factor 1/2.
struct WrongSlopes : PerfectPath {
  void slopes(const State& state, ebm::TileRange range, double beta, double* slopes, ebm::Workspace& workspace) const {
    PerfectPath::slopes(state, range, beta, slopes, workspace);
    for_each(state, range, [&](std::size_t c) { slopes[c] *= 2; });
  }
};

// Within six standard errors, which are of use.
void check(const ebm::PartitionEstimate& estimate, double truth, double useful, double bias = 0) {
  CHECK(estimate.verdict == PartitionVerdict::estimated);
  CHECK(estimate.standard_error < useful);
  CHECK_THAT(estimate.value, WithinAbs(truth, 8 * estimate.standard_error + bias));
  CHECK(estimate.contains(truth));
}

}  // namespace

// Moves are independent draws; the trapezium rule on 200 intervals is wrong by less than 1e-3.
TEST_CASE("from one Gaussian to another") {
  const PerfectPath path{0.2};
  ebm::Rng rng(1);
  const ebm::LadderOptions options{.temperatures = 200, .chains = 256};
  const auto integrated = ebm::thermodynamic_integration(path, options, rng);
  check(integrated, path.log_partition(), 0.02, 1e-3);
  CHECK(integrated.upper - integrated.lower < 0.3);
  CHECK(integrated.upper - integrated.lower > 0.01);
  check(ebm::bridge_sampling(path, {.temperatures = 10, .chains = 256}, rng), path.log_partition(), 0.02);
  check(ebm::sequential_monte_carlo(path, {}, rng), path.log_partition(), 0.02);
  const auto wrong = ebm::thermodynamic_integration(WrongSlopes{{0.2}}, options, rng);
  CHECK(std::abs(wrong.value - path.log_partition()) > 8 * wrong.standard_error + 1e-3);
}

// Few temperatures: the bounds lie apart, and hold.
TEST_CASE("sums over either end of the intervals bound the integral") {
  ebm::Rng rng(2);
  const auto rbm = deterministic_rbm<float>(20, 10);
  for (const Index temperatures : {2, 8, 40}) {
    const auto estimate = ebm::thermodynamic_integration(rbm, {.temperatures = temperatures}, rng);
    CHECK(estimate.contains(22.748514440354));
    CHECK(estimate.upper - estimate.lower > 0.05);
    CHECK(estimate.upper - estimate.lower < 20.0 / static_cast<double>(temperatures));
  }
}

TEST_CASE("Boltzmann machines and a user's discrete energies by all of them") {
  ebm::Rng rng(3);
  const auto rbm = deterministic_rbm<float>(20, 10);
  check(ebm::thermodynamic_integration(rbm, {}, rng), 22.748514440354, 0.02, 1e-2);
  check(ebm::bridge_sampling(rbm, {.temperatures = 10}, rng), 22.748514440354, 0.02);
  check(ebm::sequential_monte_carlo(rbm, {}, rng), 22.748514440354, 0.02);
  check(ebm::thermodynamic_integration(SpinRing{}, {}, rng), SpinRing::log_partition(), 0.02, 1e-2);
  check(ebm::bridge_sampling(SpinRing{}, {.temperatures = 10}, rng), SpinRing::log_partition(), 0.02);
  check(ebm::sequential_monte_carlo(SpinRing{}, {}, rng), SpinRing::log_partition(), 0.02);
}

// Small populations with a fixed temperature: the mean of Z / Z_0 over 64 runs of 16 populations of 16 chains, and
// log of each, whose mean is lower.
TEST_CASE("the mean of exp(log Z) over populations is Z") {
  const PerfectPath path{0.2};
  std::vector<double> log_ratios;
  for (std::uint64_t seed = 1; seed <= 64; ++seed) {
    ebm::Rng rng(seed);
    std::vector<double> betas{0, 1};
    for (int p = 0; p < 16; ++p) {
      ebm::Serial serial;
      log_ratios.push_back(ebm::detail::run_population(path, {.chains = 16, .moves = 1}, betas, rng, serial).log_ratio);
    }
  }
  const auto summary = ebm::summarise_weights(log_ratios);
  CHECK_THAT(summary.log_mean, WithinAbs(std::log(0.2), 6 * summary.standard_error));
  CHECK(summary.mean_log < std::log(0.2) - 6 * std::sqrt(summary.variance / 1024));
}

TEST_CASE("ways up and down that differ are told") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto rbm = planted_rbm<float>(60, 12, 4, 0.6, seed);
    ebm::Rng rng(seed);
    for (const bool exact : {true, false}) {
      CHECK(!ebm::thermodynamic_integration(rbm, {.exact_starts = exact}, rng).reliable());
      CHECK(!ebm::bridge_sampling(rbm, {.exact_starts = exact}, rng).reliable());
    }
    const auto populations = ebm::sequential_monte_carlo(rbm, {}, rng);
    CHECK(!populations.reliable());
    CHECK(populations.lower < ebm::log_partition(rbm).value);
    CHECK(populations.upper == std::numeric_limits<double>::infinity());
  }
}
