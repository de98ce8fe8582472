#include <ebm/objectives/markov_chain_likelihood.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/regression_energy.hpp>

#include "objectives/minibatch.hpp"
#include "objectives/polynomial_of_target.hpp"
#include "support/catch.hpp"

namespace {

using objectives::Four, objectives::PolynomialOfTarget, objectives::gradient_of;

// Of targets in an interval, as regression has it.
struct OnInterval : PolynomialOfTarget {
  double limit;
  ebm::TargetInterval targets() const { return {-limit, limit}; }
};

// The gradient of the mean of -log p(y | x), and the standard deviation of one chain's part in it, by the midpoint
// rule.
struct Exact {
  Four gradient{}, spread{};

  Exact(const PolynomialOfTarget& energy, const ebm::Points<double, 2>& points, double limit) {
    const double share = 1.0 / static_cast<double>(points.rows());
    for (ebm::Index row = 0; row < points.rows(); ++row) {
      const double x = points(row, 0);
      double total = 0;
      Four first{}, second{};
      for (int cell = 0; cell < 6000; ++cell) {
        const double y = limit * ((cell + 0.5) / 3000 - 1), mass = std::exp(-energy.energy(x, y));
        const Four slopes = energy.energy_slopes(x, y);
        total += mass;
        for (std::size_t i = 0; i < 4; ++i) first[i] += mass * slopes[i], second[i] += mass * slopes[i] * slopes[i];
      }
      const Four of_data = energy.energy_slopes(x, points(row, 1));
      for (std::size_t i = 0; i < 4; ++i) {
        const double mean = first[i] / total;
        gradient[i] += share * (of_data[i] - mean);
        spread[i] += share * (second[i] / total - mean * mean);
      }
    }
    for (double& each : spread) each = std::sqrt(each);
  }
};

// The largest error in standard errors.
template <class Objective, class Energy>
double largest_deviation(const Objective& objective, const Energy& energy, double limit = 12) {
  ebm::Points<double, 2> points = objectives::normals<double, 2>(5);
  points.col(1) = points.col(1).cwiseMax(-limit).cwiseMin(limit).eval();
  const Exact exact(energy, points, limit);
  ebm::Serial serial;
  const Four gradient = gradient_of(objective, energy, points, serial);
  double largest = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double error = exact.spread[i] / std::sqrt(5.0 * static_cast<double>(objective.chains));
    largest = std::max(largest, std::abs(gradient[i] - exact.gradient[i]) / error);
  }
  return largest;
}

}  // namespace

TEST_CASE("the gradient of long chains is that of -log p(y | x)") {
  // Four means, each off by 5.5 standard errors with probability 3.8e-8.
  const PolynomialOfTarget energy({1.3, 0.2, -0.7, 0.4});
  const ebm::Mala kernel{.step_size = 0.3};
  CHECK(largest_deviation(ebm::MarkovChainLikelihood<>{.kernel = kernel, .chains = 2000, .steps = 60}, energy) < 5.5);
  CHECK(largest_deviation(
            ebm::MarkovChainLikelihood<>{.kernel = kernel, .chains = 2000, .steps = 60, .start_noise = 0.5}, energy) <
        5.5);
  // Chains that remember where they started.
  CHECK(largest_deviation(ebm::MarkovChainLikelihood<>{.kernel = kernel, .chains = 2000, .steps = 1}, energy) > 10);
}

TEST_CASE("chains of an exact kernel stay within the targets") {
  // No density on the whole line: its energy falls for ever.
  const OnInterval energy{PolynomialOfTarget({-0.8, 0.2, -0.7, 0}), 1.5};
  const ebm::MarkovChainLikelihood<> objective{.kernel = {.step_size = 0.5}, .chains = 2000, .steps = 100};
  CHECK(largest_deviation(objective, energy, 1.5) < 5.5);
  CHECK(largest_deviation(objective, OnInterval{energy, 1.7}, 1.5) > 10);
}

TEST_CASE("without the test chains sample what Langevin steps of that size sample") {
  // Of lambda = 1 with epsilon = 0.3 the variance is 1 / (1 - 0.15); its estimate from 20000 chains has a relative
  // standard error of 0.01.
  const PolynomialOfTarget energy({1, 0, 0, 0});
  const auto points = objectives::normals<double, 2>(5);
  ebm::Serial serial;
  const ebm::MarkovChainLikelihood<ebm::Sgld> objective{.kernel = {.step_size = 0.3}, .chains = 4000, .steps = 40};
  const double variance = points.col(1).array().square().mean() - 2 * gradient_of(objective, energy, points, serial)[0];
  CHECK(variance == Approx(1 / 0.85).epsilon(0.055));
  CHECK_FALSE(variance == Approx(1.0).epsilon(0.055));
}

TEST_CASE("likelihood by chains gives the same bits for any number of workers") {
  const PolynomialOfTarget energy({1.3, 0.2, -0.7, 0.4});
  const auto points = objectives::normals<double, 2>(70);
  ebm::Serial serial;
  ebm::ThreadPool pool(3);
  CHECK(gradient_of(ebm::MarkovChainLikelihood<>{}, energy, points, serial) ==
        gradient_of(ebm::MarkovChainLikelihood<>{}, energy, points, pool));
}

TEST_CASE("a step size that is left open is tuned to the kernel's acceptance") {
  const PolynomialOfTarget energy({400, 0.2, -0.7, 0});
  auto points = objectives::normals<double, 2>(32);
  points.col(1) = (0.05 * points.col(1).array() + 0.2 - 0.7 * points.col(0).array()).eval();
  objectives::Batch<double, 2> batch(points, 0.0);
  ebm::Rng rng(2);
  ebm::Serial serial;
  ebm::FlatVector<double> gradient(4);
  auto estimator = ebm::MarkovChainLikelihood<>{}.estimator(energy, batch.view(), rng, 1);
  double acceptance = 0;
  for (ebm::Index iteration = 0; iteration < 60; ++iteration) {
    const auto report = estimator.estimate(energy, batch.view(), iteration, gradient, serial);
    CHECK(report.failed_chains == 0);
    acceptance = report.acceptance;
  }
  CHECK(acceptance == Approx(0.574).margin(0.05));
}

TEST_CASE("options of likelihood by chains that mean nothing are refused") {
  const PolynomialOfTarget energy({1, 0, 0, 0});
  const auto points = objectives::normals<double, 2>(5);
  ebm::Serial serial;
  CHECK_THROWS_AS(gradient_of(ebm::MarkovChainLikelihood<>{.chains = 0}, energy, points, serial), ebm::ValueError);
  CHECK_THROWS_AS(gradient_of(ebm::MarkovChainLikelihood<>{.steps = 0}, energy, points, serial), ebm::ValueError);
  CHECK_THROWS_AS(gradient_of(ebm::MarkovChainLikelihood<>{.start_noise = -1}, energy, points, serial),
                  ebm::ValueError);
  CHECK_THROWS_AS(gradient_of(ebm::MarkovChainLikelihood<>{.kernel = {.temperature = 2}}, energy, points, serial),
                  ebm::ValueError);
}
