#include <ebm/samplers/gibbs_with_gradients.hpp>

#include <ebm/samplers/sample.hpp>

#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"

namespace {

using namespace exact_transitions;
using small_discrete::Pairwise, small_discrete::SmallRbm;

static_assert(ebm::Kernel<ebm::GibbsWithGradients, Pairwise<float>>);

// q(x' | x) from the paper's formula.
template <class E>
Matrix proposals(const AllStates<E>& all, StateSet states, double temperature) {
  Matrix q = Matrix::Zero(all.count(), all.count());
  for (Index row = 0; row < all.count(); ++row) {
    Eigen::VectorXd weight(all.points.cols());
    std::vector<Index> to;
    for (Index i = 0; i < weight.size(); ++i) {
      auto flipped = all.points.row(row).eval();
      flipped(i) = 2 * states.first + states.spacing - flipped(i);
      to.push_back(small_discrete::row_of(flipped, states));
      weight(i) = std::exp(-(flipped(i) - all.points(row, i)) * all.gradient(row, i) / (2 * temperature));
    }
    for (Index i = 0; i < weight.size(); ++i) q(row, to[static_cast<std::size_t>(i)]) = weight(i) / weight.sum();
  }
  return q;
}

template <class E>
struct Check {
  AllStates<E> all;
  Matrix q, transition, without_reverse;

  Check(const E& energy, double temperature)
      : all(energy, temperature), q(proposals(all, energy.states(), temperature)) {
    using Scalar = typename E::Scalar;
    const ebm::detail::FlipScores<Scalar> scores(energy.states(), temperature);
    std::vector<Lanes<Scalar>> scratch(static_cast<std::size_t>(energy.dimension()));
    const Matrix ratio = for_each_pair(all, [&](auto* x, auto* gx, auto ex, auto* y, auto* gy, auto ey) {
      return scores.log_ratio(x, gx, ex, y, gy, ey, energy.dimension(), scratch[0].data());
    });
    transition = metropolis(q, ratio);
    without_reverse = metropolis(q, for_each_pair(all, [&](auto*, auto*, auto ex, auto*, auto*, auto ey) {
                                   return (ex - ey) * ebm::Pack<Scalar>(1 / temperature);
                                 }));
  }
};

}  // namespace

TEMPLATE_TEST_CASE("GibbsWithGradients: the transition matrix is reversible", "", Pairwise<double>, SmallRbm<double>) {
  const auto check = [](const TestType& energy, double temperature) {
    const Check<TestType> exact(energy, temperature);
    CHECK(row_error(exact.transition) < 1e-12);
    CHECK(invariance_error(exact.all.probability, exact.transition) < 1e-12);
    CHECK(balance_error(exact.all.probability, exact.transition) < 1e-12);
    CHECK(invariance_error(exact.all.probability, exact.without_reverse) > 1e-4);
  };
  if constexpr (std::same_as<TestType, Pairwise<double>>) {
    check(Pairwise<double>(7, ebm::kSpins, 0.5, 3), 1.0);
    check(Pairwise<double>(6, ebm::kBits, 1.5, 3), 1.7);
  } else {
    check(SmallRbm<double>(8, 4, 1.0, 3), 1.0);
    check(SmallRbm<double>(5, 3, 2.0, 4), 0.6);
  }
}

TEMPLATE_TEST_CASE("GibbsWithGradients: a step makes the moves of its matrix, each as often as it should", "", float,
                   double) {
  const SmallRbm<TestType> energy(4, 3, 1.5, 4);
  const Check<SmallRbm<double>> exact(SmallRbm<double>(4, 3, 1.5, 4), 1.3);
  const Matrix frequency = frequencies(energy, ebm::GibbsWithGradients{.temperature = 1.3}, 0.1, 16000, 7);
  CHECK(largest_deviation(frequency, exact.transition, 16000) < deviation_bound(frequency));
  CHECK(largest_deviation(frequency, exact.without_reverse, 16000) > 2 * deviation_bound(frequency));
}

TEST_CASE("GibbsWithGradients: where the energy is linear in each coordinate proposals are the exact differences") {
  const Pairwise<double> energy(5, ebm::kBits, 1.0, 3);
  Pairwise<double> plain = energy;
  for (std::size_t i = 5; i < 10; ++i) plain.theta[i] = 0;  // squares
  const AllStates<Pairwise<double>> all(plain, 1.0);
  const Matrix q = proposals(all, ebm::kBits, 1.0);
  for (Index i = 0; i < all.count(); ++i) {
    double total = 0;
    for (Index j = 0; j < all.count(); ++j) total += q(i, j) > 0 ? std::exp((all.energy(i) - all.energy(j)) / 2) : 0.0;
    for (Index j = 0; j < all.count(); ++j) {
      if (q(i, j) > 0) CHECK(q(i, j) == Approx(std::exp((all.energy(i) - all.energy(j)) / 2) / total));
    }
  }
}

TEST_CASE("GibbsWithGradients: sample gives the model's means, and what has three states is refused") {
  const Pairwise<float> energy(6, ebm::kSpins, 0.4, 5);
  const AllStates<Pairwise<float>> all(energy, 1.0);
  ebm::Rng rng(3);
  // 4096 chains, each its last draw alone: independent. Twelve scores; one beyond 6 has a probability below 1e-7.
  const auto draws = ebm::sample(energy, ebm::GibbsWithGradients{}, {.chains = 4096, .steps = 1, .warmup = 150}, rng);
  for (Index i = 0; i < 6; ++i) {
    const double mean = all.probability.dot(all.points.col(i).template cast<double>());
    const double given = draws.points.col(i).template cast<double>().mean();
    CHECK(std::abs(given - mean) < 6 * std::sqrt((1 - mean * mean) / 4096));
  }
  const Pairwise<float> three(3, {0, 1, 3}, 0.4, 5);
  CHECK_THROWS_AS(ebm::sample(three, ebm::GibbsWithGradients{}, {.chains = 1, .steps = 1}, rng), ebm::ValueError);
}
