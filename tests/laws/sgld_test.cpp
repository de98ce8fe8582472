#include <ebm/samplers/sample.hpp>
#include <ebm/samplers/sgld.hpp>

#include "samplers/run_kernel.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

using namespace ebm;
using run_kernel::run;
using statistics::Moments;
using targets::Normal;
using targets::UnequalPair;

// All chains are independent and Gaussian with a known mean and variance. A score of 6 is exceeded by chance with a
// probability below 1e-8, in any of this file's comparisons below 1e-6.

namespace {

constexpr Index kChains = 1 << 14;

// The law of x_k from a point x_0 on E = lambda x^2 / 2: an autoregression of order one.
struct Law {
  double mean, variance;

  void step(double lambda, double epsilon, double temperature) {
    const double factor = 1 - epsilon * lambda;
    mean *= factor, variance = factor * factor * variance + 2 * epsilon * temperature;
  }
};

template <class K>
double score(const K& kernel, double lambda, double epsilon, Index steps, double start) {
  Law law{start, 0};
  for (Index k = 0; k < steps; ++k) law.step(lambda, epsilon, kernel.temperature);
  const Points<float, 2> points = Points<float, 2>::Constant(kChains, 2, static_cast<float>(start));
  const auto outcome = run(Normal<float, 2>{lambda}, kernel, points, steps, epsilon);
  return std::max(Moments(outcome.points.col(0)).normal_score(law.mean, law.variance),
                  Moments(outcome.points.col(1)).normal_score(law.mean, law.variance));
}

enum class Bug { noise_not_rooted, half_drift, temperature_squared };

// Sgld with a bug, by way of other settings of the same transition.
struct WrongSgld {
  Bug bug;
  double temperature = 1;

  static constexpr bool exact = false;
  static constexpr bool reversible = false;

  bool measures_acceptance() const { return false; }

  template <DifferentiableEnergy E>
  void init(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) const {
    evaluate_chains(energy, state, workspace);
  }
  template <DifferentiableEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double epsilon, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    Sgld kernel{.step_size = epsilon, .temperature = temperature};
    if (bug == Bug::noise_not_rooted) kernel.temperature = epsilon / 2;
    if (bug == Bug::half_drift) epsilon /= 2, kernel.temperature *= 2;
    if (bug == Bug::temperature_squared) kernel.temperature *= temperature;
    kernel.step(energy, state, epsilon, noise, acceptance, workspace);
  }
};

}  // namespace

TEST_CASE("k steps of Langevin dynamics on a Gaussian have the mean and variance of their autoregression") {
  STATIC_REQUIRE(!Sgld::exact);
  for (const double lambda : {0.5, 2.0, 100.0}) {
    for (const double relative_step : {0.05, 0.3, 1.0, 1.6}) {
      for (const double temperature : {0.3, 1.0, 2.5}) {
        const double epsilon = relative_step / lambda, start = 3 / std::sqrt(lambda);
        const Sgld kernel{.step_size = epsilon, .temperature = temperature};
        CAPTURE(lambda, epsilon, temperature);
        CHECK(score(kernel, lambda, epsilon, 1, start) < 6);
        CHECK(score(kernel, lambda, epsilon, 4, start) < 6);
      }
    }
  }
}

TEST_CASE("the stationary variance of Langevin dynamics is T / (lambda (1 - epsilon lambda / 2))") {
  for (const double relative_step : {0.1, 0.5, 1.5}) {
    for (const double temperature : {0.5, 1.0}) {
      constexpr double lambda = 4;
      const double epsilon = relative_step / lambda, stationary = temperature / (lambda * (1 - relative_step / 2));
      Law law{1, 0};
      for (int k = 0; k < 200; ++k) law.step(lambda, epsilon, temperature);
      CHECK(law.variance == Approx(stationary));
      CHECK(score(Sgld{.step_size = epsilon, .temperature = temperature}, lambda, epsilon, 200, 1.0) < 6);
    }
  }
}

TEST_CASE("the check of these laws catches wrong noise, drift and temperature") {
  for (const Index steps : {1, 4, 100}) {
    CHECK(score(WrongSgld{Bug::noise_not_rooted}, 2.0, 0.1, steps, 1.0) > 12);
    CHECK(score(WrongSgld{Bug::half_drift}, 2.0, 0.1, steps, 1.0) > 12);
    CHECK(score(WrongSgld{Bug::temperature_squared, 0.5}, 2.0, 0.1, steps, 1.0) > 12);
  }
}

TEST_CASE("one step of Langevin dynamics follows the gradient wherever it starts") {
  const UnequalPair<float> energy;
  for (const double x : {-1.3, 0.1, 1.0}) {
    Points<float, 2> start(kChains, 2);
    start.col(0).setConstant(static_cast<float>(x)), start.col(1).setConstant(-0.2f);
    const Points<float, 2> gradient = gradients(energy, start.topRows(1));
    const auto outcome = run(energy, Sgld{.step_size = 0.1, .temperature = 0.7}, start, 1, 0.1);
    for (Index i = 0; i < 2; ++i) {
      const double mean = static_cast<double>(start(0, i)) - 0.1 * static_cast<double>(gradient(0, i));
      CHECK(Moments(outcome.points.col(i)).normal_score(mean, 2 * 0.1 * 0.7) < 6);
    }
  }
}

TEST_CASE("a step and a noise of their own sample the temperature that they imply") {
  const Sgld kernel = Sgld::from_step_noise(0.2, 0.1);
  CHECK(kernel.temperature == Approx(0.025));
  Law law{0, 0};
  for (int k = 0; k < 100; ++k) law.step(1.0, 0.2, 0.025);
  CHECK(law.variance == Approx(0.1 * 0.1 / (2 * 0.2 * (1 - 0.1))));
  CHECK(score(kernel, 1.0, 0.2, 100, 0.0) < 6);
}

TEST_CASE("a schedule's steps are those that run, through the warm-up and after it") {
  const PolynomialDecay schedule{.first = 0.5, .last = 0.01, .steps = 30};
  constexpr double lambda = 1.5;
  Rng rng{5};
  const auto draws = sample(
      Normal<float, 1>{lambda}, Sgld{.temperature = 2.0, .schedule = schedule},
      {.chains = kChains, .steps = 20, .warmup = 10, .thin = 5, .initial = Points<float, 1>::Constant(1, 1, 2.0f)},
      rng);
  REQUIRE(draws.draws_per_chain == 4);
  CHECK(draws.step_size == schedule(10));
  REQUIRE(draws.weights.size() == 4);
  Law law{2, 0};
  for (Index k = 0; k < 30; ++k) {
    law.step(lambda, schedule(k), 2.0);
    if (k < 10 || (k - 10) % 5 != 4) continue;
    const Index draw = (k - 10) / 5;
    CHECK(draws.weights(draw) == schedule(k));
    Values<float> of_draw(kChains);
    for (Index c = 0; c < kChains; ++c) of_draw(c) = draws.chain(c)(draw, 0);
    CHECK(Moments(of_draw).normal_score(law.mean, law.variance) < 6);
  }
}
