#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/objectives/fast_persistent.hpp>
#include <ebm/objectives/tempered_persistent.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/quadratic.hpp>
#include <ebm/energies/rbm.hpp>
#include <ebm/samplers/sample.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/sgd.hpp>
#include <ebm/training/trainer.hpp>

#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"

using namespace ebm;
using Catch::Matchers::ContainsSubstring;
using Machine = BernoulliRbm<float>;

namespace {

// Three patterns of six bits, of unequal frequency, far from each other.
Points<float, Dynamic> patterns() {
  Points<float, Dynamic> points(60, 6);
  for (Index r = 0; r < 60; ++r) {
    const int which = r < 30 ? 0 : r < 50 ? 1 : 2;
    for (Index i = 0; i < 6; ++i) points(r, i) = which == 0 ? float(i < 3) : which == 1 ? float(i >= 3) : float(i % 2);
  }
  return points;
}

template <class E>
double negative_log_likelihood(const E& energy, const Points<float, Dynamic>& points) {
  const auto all = energies(energy, small_discrete::all_states<float>(6, kBits));
  double sum = 0;
  for (Index k = 0; k < all.size(); ++k) sum += std::exp(-static_cast<double>(all(k)));
  return energies(energy, points).template cast<double>().mean() + std::log(sum);
}

constexpr double kEntropy = 1.0114042647073518;  // of frequencies 1/2, 1/3, 1/6

template <class Start>
double learned(const Start& start) {
  Rng rng{1};
  Trainer trainer{Machine{6, 8, rng}, ContrastiveDivergence{Gibbs{}, start}, Sgd{.learning_rate = 0.1}};
  const auto result = trainer.fit(patterns(), {.iterations = 4000, .batch_size = 60}, rng);
  CHECK(result.status == TrainingStatus::healthy);
  return negative_log_likelihood(trainer.energy(), patterns()) - kEntropy;
}

}  // namespace

TEST_CASE("a machine learns by every negative phase", "[rbm][persistent]") {
  // Independent pixels are three nats above.
  CHECK(learned(Persistent{.chains = 128, .steps = 2}) < 0.3);
  CHECK(learned(FromData{.steps = 5}) < 0.5);
  CHECK(learned(FastPersistent{.chains = 128, .steps = 2}) < 0.3);
  CHECK(learned(TemperedPersistent{.chains = 64, .temperatures = 5, .steps = 2}) < 0.3);
}

TEST_CASE("the trainer's own choice for a machine is block Gibbs on persistent chains from the data", "[rbm]") {
  Rng rng{1}, other{1};
  Trainer chosen{Machine{6, 8, rng}, ContrastiveDivergence{}, Adam{}};
  Trainer spelled{Machine{6, 8, other}, ContrastiveDivergence{Gibbs{}, Persistent{.source = ChainSource::data}},
                  Adam{}};
  chosen.fit(patterns(), {.iterations = 30}, rng);
  spelled.fit(patterns(), {.iterations = 30}, other);
  const auto a = chosen.energy().parameters(), b = spelled.energy().parameters();
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

TEST_CASE("trained machines do not depend on the number of threads", "[rbm][threads]") {
  const auto trained = [&](const auto& start, Index threads) {
    Rng rng{4};
    Trainer trainer{Machine{6, 70, rng}, ContrastiveDivergence{Gibbs{}, start}, Sgd{}};
    ThreadPool pool(threads);
    trainer.fit(patterns(), {.iterations = 20, .batch_size = 60}, rng, pool);
    const auto theta = trainer.energy().parameters();
    return std::vector<float>(theta.begin(), theta.end());
  };
  const auto check = [&](const auto& start) {
    const auto one = trained(start, 1);
    CHECK(one == trained(start, 2));
    CHECK(one == trained(start, 5));
  };
  check(Persistent{.chains = 300, .steps = 2});
  check(FromData{.steps = 2});
  check(FastPersistent{.chains = 300, .steps = 2});
  check(TemperedPersistent{.chains = 50, .temperatures = 4, .adapted_every = 5});
}

TEST_CASE("a second fit goes on from the parameters, not from their average", "[rbm]") {
  // Two trainings that differ in what they return alone are the same again after a second fit.
  Rng rng{4}, other{4};
  const auto trainer_of = [](Rng& random) {
    return Trainer{Machine{6, 8, random}, ContrastiveDivergence{Gibbs{}, FromData{.steps = 1}},
                   Sgd{.learning_rate = 0.5}};
  };
  auto averaged = trainer_of(rng), last = trainer_of(other);
  averaged.fit(patterns(), {.iterations = 40, .batch_size = 60}, rng);
  last.fit(patterns(), {.iterations = 40, .batch_size = 60, .averaging = 0}, other);
  const auto difference = [&] {
    double largest = 0;
    for (std::size_t k = 0; k < averaged.energy().parameters().size(); ++k)
      largest = std::max(
          largest, std::abs(static_cast<double>(averaged.energy().parameters()[k] - last.energy().parameters()[k])));
    return largest;
  };
  CHECK(difference() > 0.001);
  for (auto* trainer : {&averaged, &last})
    trainer->fit(patterns(), {.iterations = 3, .batch_size = 60, .averaging = 0}, trainer == &averaged ? rng : other);
  CHECK(difference() == 0);
}

TEST_CASE("tempered chains of continuous energies need a finite temperature", "[tempered_persistent]") {
  Rng rng{4};
  Trainer trainer{QuadraticEnergy<float, 2>{1.0}, ContrastiveDivergence{Mala{}, TemperedPersistent{.chains = 16}},
                  Sgd{}};
  const Points<double, 2> points = Points<double, 2>::Random(64, 2);
  CHECK_THROWS_WITH(trainer.fit(points, {.iterations = 5}, rng), "hottest: inf, wanted a finite number");
  Trainer finite{QuadraticEnergy<float, 2>{1.0},
                 ContrastiveDivergence{Mala{}, TemperedPersistent{.chains = 16, .temperatures = 3, .hottest = 4}},
                 Sgd{}};
  const auto result = finite.fit(points, {.iterations = 5}, rng);
  CHECK((result.last.batch.acceptance > 0 && result.last.batch.acceptance <= 1));
  CHECK(result.last.batch.failed_chains == 0);
}

TEST_CASE("data that are no states are refused before anything is learned from them", "[rbm]") {
  Rng rng{4};
  Points<float, Dynamic> grey = patterns(), wrong = patterns();
  grey(7, 3) = 0.5f, wrong(7, 3) = 2.0f;
  Trainer trainer{Machine{6, 8, rng}, ContrastiveDivergence{}, Sgd{}};
  trainer.fit(grey, {.iterations = 2}, rng);
  CHECK_THROWS_WITH(trainer.fit(wrong, {.iterations = 2}, rng),
                    ContainsSubstring("points: 2") && ContainsSubstring("row 7"));
}

TEST_CASE("a failed fit leaves the machine as it was", "[rbm]") {
  Rng rng{4};
  Trainer trainer{Machine{6, 8, rng}, ContrastiveDivergence{}, Sgd{.learning_rate = 1e30}};
  const std::vector<float> before(trainer.energy().parameters().begin(), trainer.energy().parameters().end());
  const double bias = trainer.energy().visible_bias(0);
  CHECK_THROWS_AS(trainer.fit(patterns(), {.iterations = 200, .recoveries = 1}, rng), NumericalError);
  const auto after = trainer.energy().parameters();
  CHECK(std::equal(after.begin(), after.end(), before.begin()));
  CHECK(trainer.energy().visible_bias(0) == bias);
}

TEST_CASE("fast weights drive the chains and are forgotten", "[fast_persistent]") {
  // With a learning rate of 0 they are nothing: plain persistent chains.
  Rng a{7}, b{7};
  Trainer plain{Machine{6, 8, a}, ContrastiveDivergence{Gibbs{}, Persistent{.chains = 64, .steps = 1, .jumps = 0}},
                Sgd{}};
  Trainer fast{Machine{6, 8, b},
               ContrastiveDivergence{Gibbs{}, FastPersistent{.chains = 64, .steps = 1, .learning_rate = 0}}, Sgd{}};
  plain.fit(patterns(), {.iterations = 50}, a);
  fast.fit(patterns(), {.iterations = 50}, b);
  CHECK(std::equal(plain.energy().parameters().begin(), plain.energy().parameters().end(),
                   fast.energy().parameters().begin()));
  CHECK(plain.samples() == fast.samples());

  CHECK_THROWS_WITH((FastPersistent{.decay = 1.0}.check()), "decay: 1, wanted 0 to less than 1");
}

TEST_CASE("tempered chains are the samples of the cold level", "[tempered_persistent]") {
  Rng rng{7};
  Trainer trainer{Machine{6, 8, rng},
                  ContrastiveDivergence{Gibbs{}, TemperedPersistent{.chains = 40, .temperatures = 3}}, Sgd{}};
  const auto result = trainer.fit(patterns(), {.iterations = 50}, rng);
  CHECK(trainer.samples().rows() == 48);
  CHECK(result.last.batch.chains == 48);
  CHECK((result.last.batch.jump_acceptance > 0 && result.last.batch.jump_acceptance <= 1));
  CHECK_THROWS_WITH((TemperedPersistent{.temperatures = 1}.check()), "temperatures: 1, wanted at least 2");
  CHECK_THROWS_WITH((TemperedPersistent{.hottest = 1.0}.check()), "hottest: 1, wanted more than 1");
}
