#include <ebm/partition/annealed_importance_sampling.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/ising.hpp>
#include <ebm/partition/square_lattice.hpp>

#include "partition/machines.hpp"
#include "partition/perfect_path.hpp"
#include "support/catch.hpp"
#include "support/statistics.hpp"

using namespace ebm::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using ebm::annealed_importance_sampling;
using ebm::Index;
using ebm::PartitionVerdict;
using ebm::TileRange;

namespace {

// The planted bug: moves before it weighs.
struct WrongOrder : PerfectPath {
  void anneal(State& state, TileRange range, double from, double to, double* weights, const ebm::Stream& stream,
              Index step, ebm::Workspace& workspace) const {
    move(state, range, to, stream, step, workspace);
    weigh(state, range, from, to, weights, workspace);
  }
};

statistics::Moments moments_of(const std::vector<double>& weights, double truth) {
  Eigen::VectorXd centred(static_cast<Index>(weights.size()));
  for (Index c = 0; c < centred.size(); ++c) centred[c] = weights[static_cast<std::size_t>(c)] - truth;
  return statistics::Moments(centred);
}

}  // namespace

static_assert(ebm::AnnealingPath<PerfectPath>);

// Means and variances of log w - log(Z / Z_0), each within 5 % of what is known; standard errors are 1 % or less.
TEST_CASE("with perfect transitions the log weights have the known mean and variance") {
  struct Known {
    double sd;
    Index steps;
    double mean, variance;
  };
  for (const Known known : {Known{3, 10, -0.154, 0.235}, Known{3, 100, -0.0171, 0.0341}, Known{0.1, 10, -3.99, 49.8},
                            Known{0.1, 100, -0.283, 0.803}}) {
    CAPTURE(known.sd, known.steps);
    ebm::Rng rng(1);
    const ebm::AnnealingOptions options{
        .temperatures = known.steps, .chains = 40'000, .spacing = ebm::TemperatureSpacing::linear};
    const PerfectPath path{known.sd};
    const auto result = annealed_importance_sampling(path, options, rng);
    const auto weights = moments_of(result.forward_weights, std::log(known.sd));
    const double error = std::sqrt(known.variance / 40'000);
    CHECK_THAT(weights.mean, WithinAbs(known.mean, 6 * error + 0.01 * std::abs(known.mean)));
    CHECK_THAT(weights.variance, WithinAbs(known.variance, 0.1 * known.variance));
    CHECK(result.contains(path.log_partition()));
    const WrongOrder wrong{{known.sd}};
    const auto biased =
        moments_of(annealed_importance_sampling(wrong, options, rng).forward_weights, std::log(known.sd));
    CHECK(std::abs(biased.mean - known.mean) > 6 * error + 0.01 * std::abs(known.mean));
  }
}

TEST_CASE("adaptive temperatures spread the variance evenly, and cost less of it") {
  ebm::Rng rng(2);
  const PerfectPath path{0.03};
  const auto variance = [&](ebm::TemperatureSpacing spacing) {
    return annealed_importance_sampling(path, {.temperatures = 100, .chains = 4000, .spacing = spacing}, rng)
        .weight_variance;
  };
  CHECK(variance(ebm::TemperatureSpacing::adaptive) < 0.5 * variance(ebm::TemperatureSpacing::linear));
  const auto betas = ebm::adapted_inverse_temperatures(50, {0, 0.5, 1}, {9, 9, 9});
  for (std::size_t k = 0; k < betas.size(); ++k) CHECK_THAT(betas[k], WithinAbs(static_cast<double>(k) / 50, 1e-12));
  const auto geometric = ebm::geometric_inverse_temperatures(4, 1e-3);
  CHECK_THAT(geometric[1], WithinAbs(1e-3, 1e-15));
  CHECK_THAT(geometric[2], WithinAbs(1e-2, 1e-14));
  CHECK(geometric.front() == 0);
  CHECK(geometric.back() == 1);
}

TEST_CASE("a Boltzmann machine between two bounds") {
  for (const bool exact : {true, false}) {
    ebm::Rng rng(3);
    const auto result = annealed_importance_sampling(deterministic_rbm<float>(20, 10),
                                                     {.temperatures = 200, .exact_starts = exact}, rng);
    CHECK(result.verdict == (exact ? PartitionVerdict::bounded : PartitionVerdict::estimated));
    CHECK(result.contains(22.748514440354));
    CHECK_THAT(result.value, WithinAbs(22.748514440354, 6 * result.standard_error + 1e-3));
    CHECK(result.standard_error < 0.01);
    CHECK(result.upper - result.lower < 1);
  }
}

TEST_CASE("the same bits for any number of threads") {
  ebm::ThreadPool pool(3);
  ebm::Rng one(4), other(4);
  const auto rbm = deterministic_rbm<float>(20, 10);
  const auto a = annealed_importance_sampling(rbm, {.temperatures = 50}, one);
  const auto b = annealed_importance_sampling(rbm, {.temperatures = 50}, other, pool);
  CHECK(a.forward_weights == b.forward_weights);
  CHECK(a.reverse_weights == b.reverse_weights);
}

// Forward runs alone are nats too low here with a standard error of a hundredth. 24 machines: should one sandwich in a
// hundred fail, six do with a probability below 1e-7, and here none may.
TEST_CASE("where chains do not mix the sandwich holds, and the verdict says so") {
  Index misled = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    for (const auto& rbm : {planted_rbm<float>(60, 12, 4, 0.6, seed), planted_rbm<float>(40, 13, 8, 0.8, seed),
                            planted_rbm<float>(30, 12, 5, 0.5, seed)}) {
      CAPTURE(seed, rbm.visible());
      const double truth = ebm::log_partition(rbm).value;
      ebm::Rng rng(seed);
      const auto bounds = annealed_importance_sampling(rbm, {.temperatures = 100}, rng);
      CHECK(bounds.contains(truth));
      const auto forward = ebm::summarise_weights(bounds.forward_weights);
      misled += bounds.forward < truth - 2 && forward.standard_error < 0.1;
      if (std::abs(bounds.value - truth) > 0.5) CHECK(!bounds.reliable());
      const auto blind = annealed_importance_sampling(rbm, {.temperatures = 100, .exact_starts = false}, rng);
      if (std::abs(blind.value - truth) > 0.5) {
        CHECK(!blind.reliable());
        CHECK_THAT(to_text(blind), ContainsSubstring("*** WARNING"));
      }
      CHECK(blind.upper_confidence == 0);
    }
  }
  CHECK(misled >= 8);
}

// Data that know the modes make good starts where nothing exact can be had.
TEST_CASE("reverse runs can start from points") {
  const auto rbm = planted_rbm<float>(60, 12, 4, 0.6, 1);
  ebm::Points<double> modes(12, 60);
  for (Index k = 0; k < 12; ++k) {
    for (Index i = 0; i < 60; ++i) modes(k, i) = rbm.weight(i, k) > 0;
  }
  ebm::Rng rng(5);
  const auto result =
      annealed_importance_sampling(rbm, {.temperatures = 100, .exact_starts = false, .starts = modes}, rng);
  CHECK(!result.reliable());
  CHECK_THROWS_AS(annealed_importance_sampling(
                      rbm, {.exact_starts = false, .starts = ebm::Points<double>(modes.leftCols(9))}, rng),
                  ebm::ShapeError);
}

TEST_CASE("discrete energies of a user") {
  ebm::Rng rng(6);
  const auto ring = annealed_importance_sampling(SpinRing{}, {.temperatures = 100}, rng);
  CHECK(ring.verdict == PartitionVerdict::bounded);
  CHECK(ring.contains(SpinRing::log_partition()));
  CHECK_THAT(ring.value, WithinAbs(SpinRing::log_partition(), 6 * ring.standard_error));
  const auto triple = annealed_importance_sampling(PottsTriple{}, {.temperatures = 100, .chains = 400}, rng);
  CHECK(triple.contains(PottsTriple::log_partition()));
  CHECK_THAT(triple.value, WithinAbs(PottsTriple::log_partition(), 6 * triple.standard_error + 1e-5));
  // A base of its own: the ring's field.
  ebm::Points<double> field(6, 2);
  field.col(0).setConstant(0.2), field.col(1).setConstant(-0.2);
  const ebm::DiscretePath<SpinRing> path(SpinRing{}, field);
  CHECK_THAT(path.base_log_partition(), WithinAbs(6 * std::log(2 * std::cosh(0.2)), 1e-12));
  const auto from_field = annealed_importance_sampling(path, {.temperatures = 100}, rng);
  CHECK(from_field.contains(SpinRing::log_partition()));
  CHECK_THAT(from_field.value, WithinAbs(SpinRing::log_partition(), 6 * from_field.standard_error));
}

// Exact draws of the small one come from its transfer matrix; the large one, above its critical point, has none.
TEST_CASE("lattices") {
  ebm::Rng rng(8);
  const ebm::Ising<float> small(ebm::torus(6, 6), 0.3), large(ebm::torus(16, 16), 0.3);
  const auto narrow = annealed_importance_sampling(small, {.temperatures = 200}, rng);
  CHECK(narrow.verdict == PartitionVerdict::bounded);
  CHECK(narrow.contains(ebm::kaufman(6, 6, 0.3).log_partition));
  const auto wide = annealed_importance_sampling(large, {.temperatures = 200}, rng);
  CHECK(wide.verdict == PartitionVerdict::estimated);
  CHECK_THAT(wide.value, WithinAbs(ebm::kaufman(16, 16, 0.3).log_partition, 6 * wide.standard_error + 1e-2));
}

TEST_CASE("continuous energies") {
  ebm::Rng rng(7);
  const auto gaussian = ebm::Gaussian<double, 3>::diagonal({1, 2, -1}, {0.5, 2, 1});
  const auto same = annealed_importance_sampling(gaussian, {.temperatures = 10}, rng);
  CHECK_THAT(same.value, WithinAbs(gaussian.log_partition(), 1e-9));
  const ebm::GaussianPath<ebm::Gaussian<double, 3>> path(gaussian, ebm::Gaussian<double, 3>(), rng);
  const auto bounded = annealed_importance_sampling(path, {.temperatures = 400}, rng);
  CHECK(bounded.verdict == PartitionVerdict::bounded);
  CHECK(bounded.contains(gaussian.log_partition()));
  CHECK_THAT(bounded.value, WithinAbs(gaussian.log_partition(), 6 * bounded.standard_error));
}
