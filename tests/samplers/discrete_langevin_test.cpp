#include <ebm/samplers/discrete_langevin.hpp>

#include <ebm/samplers/sample.hpp>

#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"

namespace {

using namespace exact_transitions;
using small_discrete::Pairwise, small_discrete::SmallRbm;

static_assert(ebm::Kernel<ebm::Dmala, Pairwise<float>> && ebm::TunableKernel<ebm::Dmala>);
static_assert(ebm::Kernel<ebm::Dula, Pairwise<float>> && ebm::TunableKernel<ebm::Dula>);

// q(x' | x) from the paper's formula, with alpha = 2 epsilon T and f = -E / T: a softmax over both values of each site.
template <class E>
Matrix proposals(const AllStates<E>& all, StateSet states, double epsilon, double temperature) {
  const double alpha = 2 * epsilon * temperature;
  Matrix q(all.count(), all.count());
  for (Index from = 0; from < all.count(); ++from) {
    for (Index to = 0; to < all.count(); ++to) {
      double product = 1;
      for (Index i = 0; i < all.points.cols(); ++i) {
        const auto weight = [&](double value) {
          const double move = value - all.points(from, i);
          return std::exp(-0.5 * all.gradient(from, i) / temperature * move - move * move / (2 * alpha));
        };
        product *= weight(all.points(to, i)) / (weight(states.value(0)) + weight(states.value(1)));
      }
      q(from, to) = product;
    }
  }
  return q;
}

template <class E>
struct Check {
  AllStates<E> all;
  Matrix q, transition, without_reverse;

  Check(const E& energy, double epsilon, double temperature)
      : all(energy, temperature), q(proposals(all, energy.states(), epsilon, temperature)) {
    using Scalar = typename E::Scalar;
    const ebm::detail::FlipLogits<Scalar> logits(energy.states(), epsilon, temperature);
    transition = metropolis(q, for_each_pair(all, [&](auto* x, auto* gx, auto ex, auto* y, auto* gy, auto ey) {
                              return logits.log_ratio(x, gx, ex, y, gy, ey, energy.dimension());
                            }));
    without_reverse = metropolis(q, for_each_pair(all, [&](auto*, auto*, auto ex, auto*, auto*, auto ey) {
                                   return (ex - ey) * ebm::Pack<Scalar>(1 / temperature);
                                 }));
  }
};

}  // namespace

TEST_CASE("Dmala: the transition matrix is reversible") {
  const auto check = [](const auto& energy, double epsilon, double temperature) {
    const Check exact(energy, epsilon, temperature);
    CHECK(row_error(exact.q) < 1e-12);
    CHECK(invariance_error(exact.all.probability, exact.transition) < 1e-12);
    CHECK(balance_error(exact.all.probability, exact.transition) < 1e-12);
    CHECK(invariance_error(exact.all.probability, exact.without_reverse) > 1e-4);
  };
  check(Pairwise<double>(7, ebm::kSpins, 0.5, 3), 0.8, 1.0);
  check(Pairwise<double>(6, ebm::kBits, 1.5, 3), 0.4, 1.7);
  check(SmallRbm<double>(8, 4, 1.0, 3), 0.3, 1.0);
  check(SmallRbm<double>(5, 3, 2.0, 4), 10.0, 0.6);
}

TEMPLATE_TEST_CASE("Dmala and Dula: a step makes the moves of its matrix, each as often as it should", "", float,
                   double) {
  const SmallRbm<TestType> energy(4, 3, 1.5, 4);
  const Check exact(SmallRbm<double>(4, 3, 1.5, 4), 0.5, 1.3);
  const Matrix adjusted = frequencies(energy, ebm::Dmala{.step_size = 0.5, .temperature = 1.3}, 0.5, 16000, 7);
  CHECK(largest_deviation(adjusted, exact.transition, 16000) < deviation_bound(adjusted));
  CHECK(largest_deviation(adjusted, exact.without_reverse, 16000) > 2 * deviation_bound(adjusted));
  const Matrix unadjusted = frequencies(energy, ebm::Dula{.step_size = 0.5, .temperature = 1.3}, 0.5, 16000, 7);
  CHECK(largest_deviation(unadjusted, exact.q, 16000) < deviation_bound(unadjusted));
  CHECK(largest_deviation(unadjusted, exact.transition, 16000) > 2 * deviation_bound(unadjusted));
}

TEST_CASE("Dula: the stationary law of a quadratic energy is off by what steps allow, and exact in their limit") {
  const Pairwise<double> energy(6, ebm::kSpins, 0.4, 3);
  const AllStates<Pairwise<double>> all(energy, 1.0);
  double last = 1;
  for (const double epsilon : {2.0, 0.5, 0.2, 0.1, 0.05}) {
    const auto p = stationary(proposals(all, ebm::kSpins, epsilon, 1.0));
    const double distance = 0.5 * (p - all.probability).cwiseAbs().sum();
    CHECK(distance < 0.8 * last);
    last = distance;
    if (epsilon == 2.0) CHECK(distance > 0.02);
  }
  CHECK(last < 1e-6);
}

TEST_CASE("Dmala: the step size finds its acceptance, and sample the model's means") {
  const Pairwise<float> energy(24, ebm::kSpins, 0.15, 5);
  ebm::Rng rng(3);
  const auto draws = ebm::sample(energy, ebm::Dmala{}, {.chains = 512, .steps = 200, .warmup = 600}, rng);
  CHECK(draws.acceptance.mean() == Approx(0.574).margin(0.03));

  const Pairwise<float> small(6, ebm::kSpins, 0.4, 5);
  const AllStates<Pairwise<float>> all(small, 1.0);
  const auto given = ebm::sample(small, ebm::Dmala{}, {.chains = 4096, .steps = 1, .warmup = 150}, rng);
  // Six scores of independent draws; one beyond 6 has a probability below 1e-7.
  for (Index i = 0; i < 6; ++i) {
    const double mean = all.probability.dot(all.points.col(i).template cast<double>());
    CHECK(std::abs(given.points.col(i).template cast<double>().mean() - mean) <
          6 * std::sqrt((1 - mean * mean) / 4096));
  }
}

TEST_CASE("Dula: left to itself it finds a step of small bias") {
  const Pairwise<float> energy(6, ebm::kSpins, 0.4, 5);
  const AllStates<Pairwise<float>> all(energy, 1.0);
  ebm::Rng rng(3);
  const auto draws = ebm::sample(energy, ebm::Dula{}, {.chains = 4096, .steps = 1, .warmup = 600}, rng);
  CHECK(draws.step_size > 0);
  for (Index i = 0; i < 6; ++i) {
    const double mean = all.probability.dot(all.points.col(i).template cast<double>());
    CHECK(std::abs(draws.points.col(i).template cast<double>().mean() - mean) <
          0.05 + 6 * std::sqrt((1 - mean * mean) / 4096));
  }
}

TEST_CASE("Dmala and Dula refuse what has three states") {
  const Pairwise<float> three(3, {0, 1, 3}, 0.4, 5);
  ebm::Rng rng(3);
  CHECK_THROWS_AS(ebm::sample(three, ebm::Dmala{}, {.chains = 1, .steps = 1}, rng), ebm::ValueError);
  CHECK_THROWS_AS(ebm::sample(three, ebm::Dula{}, {.chains = 1, .steps = 1}, rng), ebm::ValueError);
}
