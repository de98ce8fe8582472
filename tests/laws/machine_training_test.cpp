#include <ebm/training/adam.hpp>

#include "objectives/small_machines.hpp"

using namespace ebm;
using namespace small_machines;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a machine learns by persistent chains and by chains from the data") {
  CHECK(learned(Persistent{.chains = 128, .steps = 2}) < 0.3);
  CHECK(learned(FromData{.steps = 5}) < 0.5);
}

TEST_CASE("trained machines do not depend on the number of threads") {
  check_same_for_any_number_of_threads(Persistent{.chains = 300, .steps = 2});
  check_same_for_any_number_of_threads(FromData{.steps = 2});
}

TEST_CASE("the trainer's own choice for a machine is block Gibbs on persistent chains from the data") {
  Rng rng{1}, other{1};
  Trainer chosen{Machine{6, 8, rng}, ContrastiveDivergence{}, Adam{}};
  Trainer spelled{Machine{6, 8, other}, ContrastiveDivergence{Gibbs{}, Persistent{.source = ChainSource::data}},
                  Adam{}};
  chosen.fit(patterns(), {.iterations = 30}, rng);
  spelled.fit(patterns(), {.iterations = 30}, other);
  const auto a = chosen.energy().parameters(), b = spelled.energy().parameters();
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

TEST_CASE("a second fit goes on from the parameters, not from their average") {
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

TEST_CASE("data that are no states are refused before anything is learned from them") {
  Rng rng{4};
  Points<float, Dynamic> grey = patterns(), wrong = patterns();
  grey(7, 3) = 0.5f, wrong(7, 3) = 2.0f;
  Trainer trainer{Machine{6, 8, rng}, ContrastiveDivergence{}, Sgd{}};
  trainer.fit(grey, {.iterations = 2}, rng);
  CHECK_THROWS_WITH(trainer.fit(wrong, {.iterations = 2}, rng),
                    ContainsSubstring("points: 2") && ContainsSubstring("row 7"));
}

TEST_CASE("a failed fit leaves the machine as it was") {
  Rng rng{4};
  Trainer trainer{Machine{6, 8, rng}, ContrastiveDivergence{}, Sgd{.learning_rate = 1e30}};
  const std::vector<float> before(trainer.energy().parameters().begin(), trainer.energy().parameters().end());
  const double bias = trainer.energy().visible_bias(0);
  CHECK_THROWS_AS(trainer.fit(patterns(), {.iterations = 200, .recoveries = 1}, rng), NumericalError);
  const auto after = trainer.energy().parameters();
  CHECK(std::equal(after.begin(), after.end(), before.begin()));
  CHECK(trainer.energy().visible_bias(0) == bias);
}
