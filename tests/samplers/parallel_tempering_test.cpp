#include <ebm/samplers/parallel_tempering.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/rbm.hpp>
#include <ebm/samplers/discrete_langevin.hpp>
#include <ebm/samplers/mala.hpp>

#include "samplers/targets.hpp"
#include "support/catch.hpp"
#include "support/small_discrete.hpp"

namespace {

using namespace ebm;
using small_discrete::Pairwise;

// Ten spins that like to agree, and like +1 a little: two modes, 0.73 and 0.27 of all, with a high wall between them.
Pairwise<float> two_modes() {
  Pairwise<float> energy(10, kSpins, 0, 1);
  for (std::size_t i = 0; i < 10; ++i) energy.theta[i] = -0.05f;
  for (std::size_t i = 20; i < energy.theta.size(); ++i) energy.theta[i] = -0.45f;
  return energy;
}

template <class E>
double exact_mean(const E& energy, Index column) {
  const auto all = small_discrete::all_states<float>(energy.dimension(), energy.states());
  return small_discrete::probabilities(energies(energy, all)).dot(all.col(column).template cast<double>());
}

// Scores of the first spin's mean over the last draws of independent chains.
template <class Points>
double score(const Points& last, double exact) {
  const double mean = last.col(0).template cast<double>().mean();
  return std::abs(mean - exact) / std::sqrt((1 - exact * exact) / static_cast<double>(last.rows()));
}

// Two normals eight standard deviations apart, 0.7 and 0.3.
struct FarPair {
  using Scalar = double;
  static constexpr int dim = 1;
  template <class V>
  V lane_value(const std::array<V, 1>& x) const {
    return -log_add_exp(fma(square(x[0] - V(4.0)), V(-0.5), V(std::log(0.7))),
                        fma(square(x[0] + V(4.0)), V(-0.5), V(std::log(0.3))));
  }
  template <class V>
  V lane_value_and_gradient(const std::array<V, 1>& x, std::array<V, 1>& gradient) const {
    const V a = x[0] - V(4.0), b = x[0] + V(4.0);
    const V share = logistic(fma(a * a, V(-0.5), V(std::log(0.7))) - fma(b * b, V(-0.5), V(std::log(0.3))));
    gradient[0] = fma(share, a - b, b);
    return lane_value(x);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("parallel_tempering: two modes get their exact weights, from starts in the lesser one", "", Gibbs,
                   Dmala) {
  const auto energy = two_modes();
  const Points<float, Dynamic> start = Points<float, Dynamic>::Constant(1, 10, -1.0f);
  Rng rng(3);
  const auto draws = parallel_tempering(
      energy, TestType{}, {.temperatures = 6, .hottest = 8, .chains = 512, .steps = 1, .warmup = 300, .initial = start},
      rng);
  // One score each; beyond 5 by chance with a probability below 1e-6.
  const double exact = exact_mean(energy, 0);
  CHECK(score(draws.points, exact) < 5);
  const auto alone = sample(energy, TestType{}, {.chains = 512, .steps = 1, .warmup = 300, .initial = start}, rng);
  CHECK(score(alone.points, exact) > 10);
}

TEST_CASE("parallel_tempering: a restricted Boltzmann machine of two modes, tempered as a joint distribution") {
  // Eight visible units that one strong hidden unit switches together.
  Rng rng(3);
  BernoulliRbm<float> rbm{8, 2, rng};  // visible biases are b - W / 2
  std::vector<float> theta(8 * 2 + 8 + 2, 0.0f);
  for (std::size_t i = 0; i < 8; ++i) theta[2 * i] = 8.0f, theta[2 * i + 1] = 0.3f;
  theta[24] = -32.6f;
  rbm.set_parameters(theta);
  const double exact = exact_mean(rbm, 0);
  REQUIRE((exact > 0.2 && exact < 0.8));
  const Points<float, Dynamic> start = Points<float, Dynamic>::Zero(1, 8);
  const auto bit_score = [&](const auto& points) {
    return std::abs(points.col(0).template cast<double>().mean() - exact) / std::sqrt(exact * (1 - exact) / 2048);
  };
  const auto draws = parallel_tempering(
      rbm, Gibbs{}, {.temperatures = 8, .hottest = 20, .chains = 2048, .steps = 1, .warmup = 400, .initial = start},
      rng);
  CHECK(bit_score(draws.points) < 5);
  const auto alone = sample(rbm, Gibbs{}, {.chains = 2048, .steps = 1, .warmup = 400, .initial = start}, rng);
  CHECK(bit_score(alone.points) > 20);
}

TEST_CASE("parallel_tempering: the ladder finds equal swap rates, and states travel") {
  const auto energy = two_modes();
  Rng rng(3);
  const auto draws = parallel_tempering(
      energy, Gibbs{}, {.temperatures = 5, .hottest = 20, .chains = 64, .steps = 400, .warmup = 600}, rng);
  const auto [least, most] = std::minmax_element(draws.swap_rates.begin(), draws.swap_rates.end());
  CHECK(*most - *least < 0.06);
  CHECK(draws.temperatures.front() == 1);
  CHECK(draws.temperatures.back() == Approx(20));
  CHECK(draws.round_trips > 5);

  // As they begin, in equal ratios, rates are far from equal.
  std::vector<double> fixed;
  for (const double beta : tempering_ladder(5, 20)) fixed.push_back(1 / beta);
  const auto plain =
      parallel_tempering(energy, Gibbs{}, {.ladder = fixed, .chains = 64, .steps = 400, .warmup = 50}, rng);
  const auto [plain_least, plain_most] = std::minmax_element(plain.swap_rates.begin(), plain.swap_rates.end());
  CHECK(*plain_most - *plain_least > 0.15);
  CHECK(plain.temperatures == fixed);
}

TEST_CASE("parallel_tempering: continuous energies, with a step size for every temperature") {
  // All chains start in the lesser mode.
  Rng rng(3);
  const Points<double, 1> start = Points<double, 1>::Constant(1, 1, -4.0);
  const auto draws = parallel_tempering(
      FarPair{}, Mala{},
      {.temperatures = 6, .hottest = 20, .chains = 2048, .steps = 1, .warmup = 600, .initial = start}, rng);
  const double right = (draws.points.array() > 0).cast<double>().mean();
  CHECK(std::abs(right - 0.7) < 5 * std::sqrt(0.7 * 0.3 / 2048));
  std::vector<double> residuals;
  for (Index i = 0; i < 2048; ++i) residuals.push_back(draws.points(i, 0));
  CHECK(statistics::kolmogorov_distance(residuals, [](double x) {
          return 0.7 * statistics::normal_cdf(x - 4) + 0.3 * statistics::normal_cdf(x + 4);
        }) < statistics::dkw_bound(2048, 1));
  CHECK(draws.acceptance.mean() == Approx(0.574).margin(0.08));
  CHECK_THROWS_AS(parallel_tempering(FarPair{}, Mala{}, {.hottest = std::numeric_limits<double>::infinity()}, rng),
                  ValueError);
}

TEST_CASE("parallel_tempering: draws are those of every thin-th step, with their energies, for any number of workers") {
  const auto energy = two_modes();
  const auto run = [&](auto&& executor) {
    Rng rng(3);
    return parallel_tempering(
        energy, Gibbs{},
        {.temperatures = 3, .chains = 20, .steps = 17, .warmup = 10, .thin = 4, .steps_between_swaps = 3}, rng,
        executor);
  };
  const auto draws = run(Serial{});
  CHECK(draws.draws_per_chain == 4);
  CHECK(draws.points.rows() == 80);
  CHECK(draws.energies == energies(energy, draws.points));
  CHECK(draws.chain(3) != draws.chain(4));
  CHECK(draws.points == run(ThreadPool{3}).points);
}
