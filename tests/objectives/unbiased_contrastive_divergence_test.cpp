#include <ebm/objectives/unbiased_contrastive_divergence.hpp>

#include <ebm/energies/rbm.hpp>

#include "objectives/site_objectives.hpp"
#include "support/catch.hpp"

namespace {

using namespace ebm;
using small_discrete::Pairwise;

static_assert(Objective<UnbiasedContrastiveDivergence, Pairwise<float>>);
static_assert(Objective<UnbiasedContrastiveDivergence, BernoulliRbm<float>>);

// Mean over the points of dE/dtheta, minus the model's, by enumeration.
template <class E>
std::vector<double> exact_gradient(const E& energy, const Points<double, Dynamic>& points) {
  const auto all = small_discrete::all_states<double>(energy.dimension(), energy.states());
  const Values<double> p = small_discrete::probabilities(energies(energy, all));
  std::vector<double> result(energy.parameters().size(), 0.0);
  const auto add = [&](const Points<double, Dynamic>& rows, auto weight) {
    using Scalar = typename E::Scalar;
    objectives::Batch<Scalar, Dynamic> batch(rows, Scalar(energy.states().first));
    const Index tiles = tiles_for<Scalar>(rows.rows());
    std::vector<Lanes<Scalar>> weights(static_cast<std::size_t>(tiles), Lanes<Scalar>::Zero()), values = weights;
    for (Index row = 0; row < rows.rows(); ++row)
      weights[static_cast<std::size_t>(row / kLanes<Scalar>)](row % kLanes<Scalar>) = static_cast<Scalar>(weight(row));
    std::vector<Scalar> gradient(result.size(), Scalar(0));
    Workspace workspace;
    energy.add_parameter_gradient(batch.view().tiles, {weights[0].data(), tiles}, {values[0].data(), tiles}, gradient,
                                  workspace);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += static_cast<double>(gradient[i]);
  };
  add(points, [&](Index) { return 1.0 / static_cast<double>(points.rows()); });
  add(all.template cast<double>(), [&](Index row) { return -p(row); });
  return result;
}

struct Scores {
  double worst = 0;         // of all gradient entries and of the model's mean energy
  double meeting_time = 0;  // mean
  Index failed = 0;
};

// Means of many estimates against the exact values, in their standard errors.
template <class E>
Scores scores(const E& energy, UnbiasedContrastiveDivergence objective, int estimates) {
  using Scalar = typename E::Scalar;
  const auto points = site_objectives::some_states(24, energy.dimension(), energy.states());
  const auto exact = exact_gradient(energy, points);
  objectives::Batch<Scalar, E::dim> batch(points);
  Rng rng(7);
  Serial serial;
  auto estimator = objective.estimator(energy, batch.view(), rng, 1);
  FlatVector<Scalar> gradient(exact.size());
  std::vector<double> sum(exact.size() + 1), square(sum.size());
  Scores result;
  for (int iteration = 0; iteration < estimates; ++iteration) {
    const auto report = estimator.estimate(energy, batch.view(), iteration, gradient, serial);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      const double value = i < exact.size() ? static_cast<double>(gradient.data()[i]) : report.sample_energy;
      sum[i] += value, square[i] += value * value;
    }
    result.meeting_time += estimator.mean_meeting_time() / estimates;
    result.failed += report.failed_chains;
  }
  const auto all = small_discrete::all_states<double>(energy.dimension(), energy.states());
  const Values<double> e = energies(energy, all).template cast<double>();
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const double mean = sum[i] / estimates,
                 wanted = i < exact.size() ? exact[i] : small_discrete::probabilities(e).dot(e);
    const double error = std::sqrt(std::max(0.0, square[i] / estimates - mean * mean) / estimates);
    result.worst = std::max(result.worst, std::abs(mean - wanted) / (1e-9 + error));
  }
  return result;
}

}  // namespace

// Each case has at most 40 scores; one beyond 6 by chance has a probability below 1e-7.
TEST_CASE("UnbiasedContrastiveDivergence: the mean of its estimates is the exact gradient, where CD's is not") {
  const auto check = [](const auto& energy, int estimates) {
    for (const Index steps : {1, 3}) {
      const Scores found = scores(energy, {.steps = steps}, estimates);
      CHECK(found.worst < 6);
      CHECK(found.meeting_time > 1.5);
      CHECK(found.failed == 0);
    }
    const Scores cut = scores(energy, {.steps = 1, .most_steps = 1}, estimates);  // CD-1
    CHECK(cut.worst > 12);
    CHECK(cut.failed > 0);
  };
  check(Pairwise<double>(5, kSpins, 0.4, 3), 4000);
  check(Pairwise<double>(4, site_objectives::kThree, 0.5, 3), 4000);
  Rng rng(2);
  BernoulliRbm<double> rbm{5, 3, rng};
  std::vector<double> theta(rbm.parameters().size());
  for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = 1.5 * Stream(4).normal(0, i);
  rbm.set_parameters(theta);
  check(rbm, 4000);
}

TEST_CASE("UnbiasedContrastiveDivergence: the same bits for any number of workers") {
  const small_discrete::SmallRbm<float> energy(6, 4, 0.7, 5);
  const auto points = site_objectives::some_states(131, 6, kBits);
  const auto serial = site_objectives::estimate(UnbiasedContrastiveDivergence{}, energy, points);
  const auto pooled = site_objectives::estimate(UnbiasedContrastiveDivergence{}, energy, points, 0, ThreadPool{3});
  CHECK(serial.gradient == pooled.gradient);
  CHECK(serial.report.sample_energy == pooled.report.sample_energy);
}

TEST_CASE("UnbiasedContrastiveDivergence: the estimate does not depend on how many steps are summed at a time") {
  const Pairwise<double> energy(6, kSpins, 1.2, 5);
  const auto points = site_objectives::some_states(70, 6, kSpins);
  for (const Index steps : {1, 3}) {
    const auto run = [&](Index memory, Index most_steps) {
      const UnbiasedContrastiveDivergence objective{.steps = steps, .most_steps = most_steps, .memory = memory};
      return site_objectives::estimate(objective, energy, points);
    };
    const auto distance = [](const auto& a, const auto& b) {
      double worst = std::abs(a.report.sample_energy - b.report.sample_energy);
      for (std::size_t i = 0; i < a.gradient.size(); ++i)
        worst = std::max(worst, std::abs(a.gradient[i] - b.gradient[i]));
      return worst;
    };
    const auto whole = run(Index{1} << 30, 1000), cut = run(Index{1} << 30, steps + 2);
    for (const Index memory : {1, 2 * 6 * 70 * 2, 1 << 16}) {
      CHECK(distance(run(memory, 1000), whole) < 1e-12);
      CHECK(distance(run(memory, steps + 2), cut) < 1e-12);
      CHECK(run(memory, steps + 2).report.failed_chains == cut.report.failed_chains);
    }
    CHECK(distance(whole, cut) > 1e-3);
    CHECK(cut.report.failed_chains > 0);
    CHECK(cut.report.data_energy == whole.report.data_energy);
  }
}

TEST_CASE("UnbiasedContrastiveDivergence: the trainer recovers a model from its draws") {
  site_objectives::check_recovery(UnbiasedContrastiveDivergence{});
}

TEST_CASE("UnbiasedContrastiveDivergence: settings that make no sense are refused") {
  const Pairwise<double> energy(3, kSpins, 0.5, 8);
  const auto points = site_objectives::some_states(5, 3, kSpins);
  CHECK_THROWS_AS(site_objectives::estimate(UnbiasedContrastiveDivergence{.steps = 0}, energy, points), ValueError);
  CHECK_THROWS_AS(site_objectives::estimate(UnbiasedContrastiveDivergence{.steps = 3, .most_steps = 2}, energy, points),
                  ValueError);
  CHECK_THROWS_AS(site_objectives::estimate(UnbiasedContrastiveDivergence{.memory = 0}, energy, points), ValueError);
}
