#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/double_well.hpp>
#include <ebm/energies/formula.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sample.hpp>
#include <ebm/samplers/sgld.hpp>

#include "samplers/targets.hpp"
#include "support/catch.hpp"

using namespace ebm;
using statistics::Moments;
using targets::Normal;
using targets::UnequalPair;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// A standard normal whose energy and slope are something else beyond a fence.
struct Fenced {
  using Scalar = float;
  static constexpr int dim = 1;

  float fence, beyond, slope_beyond;

  template <class V>
  V lane_value(const std::array<V, 1>& x) const {
    return select(x[0] > V(fence), V(beyond), V(0.5f) * x[0] * x[0]);
  }
  template <class V>
  V lane_value_and_gradient(const std::array<V, 1>& x, std::array<V, 1>& gradient) const {
    gradient[0] = select(x[0] > V(fence), V(slope_beyond), x[0]);
    return lane_value(x);
  }
};

// The mean over chains of f's mean over a chain's draws, in standard errors from `exact`. Chains are independent: for
// 256 of them a score of 6 is exceeded by chance with a probability below 1e-8.
template <class Draws, class F>
double score(const Draws& draws, double exact, F f) {
  Values<double> means(draws.chains);
  for (Index c = 0; c < draws.chains; ++c) {
    double sum = 0;
    for (Index d = 0; d < draws.draws_per_chain; ++d) sum += f(draws.chain(c).row(d).template cast<double>().eval());
    means(c) = sum / static_cast<double>(draws.draws_per_chain);
  }
  return std::abs(Moments(means).mean_score(exact));
}

template <class Draws>
bool same_bits(const Draws& a, const Draws& b) {
  return a.points == b.points && a.energies == b.energies && a.acceptance == b.acceptance && a.status == b.status &&
         a.step_size == b.step_size;
}

}  // namespace

TEST_CASE("options that make no sense are refused by name") {
  Rng rng{1};
  const Normal<float, 2> energy;
  const auto with = [&](SampleOptions<float, 2> options) { sample(energy, Mala{}, options, rng); };
  CHECK_THROWS_WITH(with({.chains = 0}), "chains: 0, wanted at least 1");
  CHECK_THROWS_WITH(with({.steps = 0}), "steps: 0, wanted at least 1");
  CHECK_THROWS_WITH(with({.warmup = -1}), "warmup: -1, wanted at least 0");
  CHECK_THROWS_WITH(with({.thin = 0}), "thin: 0, wanted 1 to steps");
  CHECK_THROWS_WITH(with({.steps = 5, .thin = 6}), "thin: 6, wanted 1 to steps");
  CHECK_THROWS_WITH(with({.chains = 4, .initial = Points<float, 2>::Zero(3, 2)}), "initial: shape 3 x 2, wanted 4 x 2");
  CHECK_THROWS_WITH(with({.chains = 2, .initial = Points<float, 2>::Constant(2, 2, kNan)}),
                    "initial: nan at row 0, column 0, wanted finite values");
  CHECK_THROWS_WITH(sample(energy, Mala{.step_size = -1.0}, {}, rng), "step_size: -1, wanted more than 0");
}

TEST_CASE("the draws of a curved formula have its moments") {
  const auto banana = formula<2>([](auto x, auto y) { return 0.5 * square(x - 1) + 4.0 * square(y - x * x); });
  // x is N(1, 1), and y given x is N(x^2, 1 / 8). From exact draws, so that slow mixing does not matter.
  Points<float, 2> exact(256, 2);
  const Stream stream(2);
  for (Index c = 0; c < 256; ++c) {
    const double x = 1 + stream.normal(static_cast<std::uint32_t>(c), 0);
    exact(c, 0) = static_cast<float>(x);
    exact(c, 1) = static_cast<float>(x * x + std::sqrt(0.125) * stream.normal(static_cast<std::uint32_t>(c), 1));
  }
  const auto x = [](const auto& point) { return point(0); };
  const auto x_spread = [](const auto& point) { return square(point(0) - 1); };
  const auto y = [](const auto& point) { return point(1); };
  const auto y_spread = [](const auto& point) { return square(point(1) - point(0) * point(0)); };
  const auto with = [&](const auto& kernel) {
    Rng rng{2};
    return sample(banana, kernel, {.chains = 256, .steps = 4000, .warmup = 0, .initial = exact}, rng);
  };
  const auto draws = with(Mala{.step_size = 0.03});
  REQUIRE(draws.points.rows() == 256 * 4000);
  REQUIRE(draws.energies.size() == 256 * 4000);
  CHECK(draws.diverged_chains() == 0);
  CHECK(draws.weights.size() == 0);
  CHECK(score(draws, 1.0, x) < 6);
  CHECK(score(draws, 1.0, x_spread) < 6);
  CHECK(score(draws, 2.0, y) < 6);
  CHECK(score(draws, 0.125, y_spread) < 6);
  CHECK(score(with(Mala{.step_size = 0.03, .temperature = 2.0}), 0.125, y_spread) > 8);
  CHECK(score(with(Sgld{.step_size = 0.003}), 0.125, y_spread) > 8);

  // From the default start, some of whose points lie where the formula is far steeper than where its mass is.
  Rng rng{3};
  const auto usual = sample(banana, Mala{}, {.chains = 64, .steps = 20'000, .warmup = 2000}, rng);
  CHECK(usual.points.col(0).mean() == Approx(1).margin(0.15));
  CHECK((usual.points.col(1).array() - usual.points.col(0).array().square()).square().mean() ==
        Approx(0.125).margin(0.02));
}

TEST_CASE("the warm-up brings back chains that begin where the energy is steep") {
  const auto quartic = formula<2>([](auto x, auto y) { return square(x * x) + square(y * y); });
  Rng rng{14};
  const auto draws =
      sample(quartic, Mala{},
             {.chains = 64, .steps = 500, .warmup = 500, .initial = UnequalPair<float>::draw(64, 3) * 10.0f}, rng);
  CHECK(draws.points.cwiseAbs().maxCoeff() < 4);
  CHECK(draws.acceptance.minCoeff() > 0.3);
}

TEST_CASE("tuned kernels reach their acceptance from the default start, whatever the units") {
  for (const double scale : {1e-3, 0.03, 1.0, 30.0, 1e4}) {
    CAPTURE(scale);
    const Normal<float, 4> energy{1 / (scale * scale)};
    const auto check = [&](const auto& kernel, double margin) {
      Rng rng{3};
      const auto draws = sample(energy, kernel, {.chains = 64, .steps = 1000, .warmup = 500}, rng);
      CHECK(draws.acceptance.mean() == Approx(kernel.target_acceptance).margin(margin));
      CHECK(draws.diverged_chains() == 0);
      const double sd =
          std::sqrt(draws.points.template cast<double>().squaredNorm() / static_cast<double>(draws.points.size()));
      CHECK(sd == Approx(scale).epsilon(0.1));
    };
    check(Mala{}, 0.03);
    check(Mala{.target_acceptance = 0.8}, 0.03);
    check(Sgld{}, 0.01);
  }
}

TEST_CASE("a network is sampled, and energies are those of the points") {
  Rng rng{4};
  const Mlp<float, 2, 16, 16> network{rng};
  const auto draws = sample(network, Mala{.step_size = 0.1}, {.chains = 20, .steps = 10, .warmup = 3}, rng);
  CHECK(draws.energies == energies(network, draws.points));
  const auto pair = sample(UnequalPair<double>{}, Sgld{}, {.chains = 20, .steps = 10, .warmup = 3}, rng);
  CHECK(pair.energies.isApprox(energies(UnequalPair<double>{}, pair.points), 1e-14));
}

TEST_CASE("draws have the same bits for any executor and any number of chains") {
  const UnequalPair<float> energy;
  ThreadPool two{2}, five{5};
  const auto of = [&](const auto& kernel, Index chains, auto& executor) {
    Rng rng{5};
    return sample(energy, kernel, {.chains = chains, .steps = 50, .warmup = 70, .thin = 2}, rng, executor);
  };
  Serial serial;
  for (const Index chains : {1, 37, 100}) {
    CAPTURE(chains);
    const auto draws = of(Mala{}, chains, serial);
    CHECK(draws.points.rows() == 25 * chains);
    CHECK(same_bits(draws, of(Mala{}, chains, two)));
    CHECK(same_bits(draws, of(Mala{}, chains, five)));
    CHECK(same_bits(of(Sgld{}, chains, serial), of(Sgld{}, chains, five)));
  }
  const Mala fixed{.step_size = 0.1};
  const auto some = of(fixed, 37, serial), more = of(fixed, 100, five);
  CHECK(some.points == more.points.topRows(some.points.rows()));
}

TEST_CASE("thinning keeps every so many steps of the same chains") {
  const UnequalPair<float> energy;
  const auto with = [&](Index thin) {
    Rng rng{6};
    return sample(energy, Mala{}, {.chains = 5, .steps = 100, .warmup = 20, .thin = thin}, rng);
  };
  const auto all = with(1);
  for (const Index thin : {2, 7, 40, 100}) {
    CAPTURE(thin);
    const auto draws = with(thin);
    REQUIRE(draws.draws_per_chain == 100 / thin);
    for (Index c = 0; c < 5; ++c) {
      for (Index d = 0; d < draws.draws_per_chain; ++d) {
        CHECK(draws.chain(c).row(d) == all.chain(c).row((d + 1) * thin - 1));
        CHECK(draws.energies(c * draws.draws_per_chain + d) == all.energies(c * 100 + (d + 1) * thin - 1));
      }
    }
    CHECK(draws.acceptance == all.acceptance);
  }
}

TEST_CASE("chains begin where they are told, one row for each or one for all, else about the domain") {
  const Normal<float, 2> energy;
  const Mala still{.step_size = 1e-12};
  Rng rng{7};
  Points<float, 2> rows(20, 2);
  for (Index c = 0; c < 20; ++c) rows.row(c).setConstant(static_cast<float>(c + 1));
  const auto each = sample(energy, still, {.chains = 20, .steps = 1, .warmup = 0, .initial = rows}, rng);
  CHECK(each.points.isApprox(rows, 1e-4f));
  const auto one = sample(energy, still, {.chains = 20, .steps = 1, .warmup = 0, .initial = rows.row(3)}, rng);
  CHECK(one.points.isApprox(Points<float, 2>::Constant(20, 2, 4.0f), 1e-4f));
  const auto guessed = sample(energy, still, {.chains = 1000, .steps = 1, .warmup = 0}, rng);
  CHECK(Moments(guessed.points.col(1)).normal_score(0, 1) < 6);
}

TEST_CASE("the callback sees draws in order, and may end the run") {
  const UnequalPair<float> energy;
  std::vector<Index> seen;
  Points<float, 2> at_last;
  Rng rng{8};
  const auto all = sample(energy, Mala{}, {.chains = 18, .steps = 90, .warmup = 0, .thin = 2}, rng);
  rng = Rng{8};
  const auto draws = sample(energy, Mala{},
                            {.chains = 18,
                             .steps = 90,
                             .warmup = 0,
                             .thin = 2,
                             .on_draw =
                                 [&](Index draw, const Draws<float, 2>& so_far) {
                                   seen.push_back(draw);
                                   at_last = so_far.chain(17).topRows(draw + 1);
                                   return draw < 20;
                                 }},
                            rng);
  REQUIRE(seen.size() == 21);
  for (Index i = 0; i <= 20; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i);
  CHECK(draws.interrupted);
  CHECK(draws.draws_per_chain == 21);
  REQUIRE(draws.points.rows() == 18 * 21);
  REQUIRE(draws.energies.size() == 18 * 21);
  CHECK(draws.chain(17) == at_last);
  CHECK(!all.interrupted);
  CHECK(all.draws_per_chain == 45);
  for (Index c = 0; c < 18; ++c) CHECK(draws.chain(c) == all.chain(c).topRows(21));
  CHECK(draws.acceptance.maxCoeff() <= 1);
  CHECK(draws.acceptance.mean() == Approx(all.acceptance.mean()).margin(0.1));

  Index calls = 0;
  rng = Rng{8};
  const auto uninterrupted = sample(energy, Mala{},
                                    {.chains = 18,
                                     .steps = 90,
                                     .warmup = 0,
                                     .thin = 2,
                                     .progress = true,
                                     .on_draw = [&](Index, const auto&) { return ++calls > 0; }},
                                    rng);
  CHECK(calls == 45);
  CHECK(same_bits(uninterrupted, all));
}

TEST_CASE("an infinite energy is a wall to Mala") {
  Rng rng{9};
  const auto draws = sample(Fenced{1, kInfinity, kNan}, Mala{},
                            {.chains = 256, .steps = 2000, .initial = Points<float, 1>::Zero(1, 1)}, rng);
  CHECK(draws.diverged_chains() == 0);
  CHECK(draws.points.maxCoeff() <= 1);
  // The mean of a normal cut at 1 is -phi(1) / Phi(1).
  const double mean = -std::exp(-0.5) / std::sqrt(2 * 3.14159265358979) / statistics::normal_cdf(1);
  CHECK(score(draws, mean, [](const auto& x) { return x(0); }) < 6);
  CHECK(score(draws, mean + 0.05, [](const auto& x) { return x(0); }) > 6);
}

TEST_CASE("chains that meet what is no energy are reported and stay finite") {
  Rng rng{10};
  const SampleOptions<float, 1> options{.chains = 40, .steps = 400, .initial = Points<float, 1>::Zero(1, 1)};
  const auto check = [&](const Fenced& energy, const auto& kernel) {
    const auto draws = sample(energy, kernel, options, rng);
    CHECK(draws.diverged_chains() > 30);
    CHECK(draws.points.maxCoeff() <= 1);
    CHECK(draws.points.allFinite());
    CHECK(draws.energies.allFinite());
    return draws;
  };
  CHECK(check({1, kNan, 1}, Mala{}).acceptance.minCoeff() > 0.2);
  check({1, -kInfinity, 1}, Mala{});
  check({1, 0, kNan}, Mala{});
  check({1, kNan, 1}, Sgld{.step_size = 0.1});
  check({1, kInfinity, 1}, Sgld{.step_size = 0.1});
  check({1, 0, kInfinity}, Sgld{.step_size = 0.1});
  check({1, kNan, 1}, Sgld{});
}

TEST_CASE("a chain that begins where nothing is finite is reported, and holds up no other") {
  Points<float, 1> initial = Points<float, 1>::Zero(40, 1);
  initial(3) = initial(17) = 50;
  const auto check = [&](const Fenced& energy, const auto& kernel) {
    Rng rng{11};
    const auto draws = sample(energy, kernel, {.chains = 40, .steps = 500, .initial = initial}, rng);
    CHECK(draws.diverged_chains() == 2);
    CHECK(draws.status[3] == ChainStatus::diverged);
    CHECK(draws.status[17] == ChainStatus::diverged);
    CHECK((draws.chain(3).array() == 50).all());
    CHECK(draws.acceptance(3) == 0);
    const double others = draws.acceptance.sum() / 38;
    CHECK(others == Approx(kernel.target_acceptance).margin(0.05));
  };
  check({30, kNan, kNan}, Mala{});
  check({30, kInfinity, kNan}, Mala{});
  check({30, -kInfinity, 1}, Mala{});
  check({30, kNan, kNan}, Sgld{});

  // A wall with a slope is left as soon as a proposal is beyond it, and nothing is wrong with the chain afterwards.
  Rng rng{12};
  const auto freed =
      sample(Fenced{30, kInfinity, 30}, Mala{.step_size = 1.0}, {.chains = 40, .steps = 100, .initial = initial}, rng);
  CHECK(freed.diverged_chains() == 0);
  CHECK(freed.points.maxCoeff() < 10);
}

TEST_CASE("fixed steps measure what they can: acceptance for Mala, none for Sgld") {
  Rng rng{13};
  const UnequalPair<float> energy;
  const auto mala = sample(energy, Mala{.step_size = 0.05}, {.chains = 8, .steps = 100}, rng);
  CHECK(mala.step_size == 0.05);
  CHECK(mala.acceptance.minCoeff() > 0.8);
  const auto sgld = sample(energy, Sgld{.step_size = 0.05}, {.chains = 8, .steps = 100}, rng);
  CHECK(sgld.acceptance.array().isNaN().all());
  CHECK(sgld.diverged_chains() == 0);
}

// Far out on x^4 the gradient throws every proposal across the wells to where the energy is higher still.
TEST_CASE("chains that accept next to nothing are stuck, and healthy ones are not") {
  const DoubleWell<float, 2> energy;
  const auto from = [&](float x, Index steps) {
    Rng rng{15};
    Points<float, 2> initial = Points<float, 2>::Ones(20, 2);
    initial.topRows(3).setConstant(x);
    return sample(energy, Mala{.step_size = 0.1}, {.chains = 20, .steps = steps, .warmup = 0, .initial = initial}, rng);
  };
  const auto draws = from(40, 200);
  CHECK(draws.stuck_chains() == 3);
  for (std::size_t c = 0; c < 3; ++c) CHECK(draws.status[c] == ChainStatus::stuck);
  CHECK((draws.chain(1).array() == 40).all());
  CHECK(draws.diverged_chains() == 0);
  CHECK(from(1, 200).stuck_chains() == 0);
  CHECK(from(40, 99).stuck_chains() == 0);  // too few steps to tell
  Rng rng{16};
  const Points<float, 2> far = Points<float, 2>::Constant(1, 2, 40.0f);
  const auto tuned = sample(energy, Mala{}, {.chains = 20, .steps = 200, .initial = far}, rng);
  CHECK(tuned.stuck_chains() == 0);
  CHECK(sample(energy, Sgld{}, {.chains = 20, .steps = 200}, rng).stuck_chains() == 0);
}
