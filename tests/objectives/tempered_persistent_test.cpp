#include <ebm/objectives/tempered_persistent.hpp>

#include <ebm/energies/quadratic.hpp>
#include <ebm/samplers/mala.hpp>

#include "objectives/small_machines.hpp"

using namespace ebm;
using namespace small_machines;

TEST_CASE("TemperedPersistent: a machine learns, with the same bits for any number of threads") {
  CHECK(learned(TemperedPersistent{.chains = 64, .temperatures = 5, .steps = 2}) < 0.3);
  check_same_for_any_number_of_threads(TemperedPersistent{.chains = 50, .temperatures = 4, .adapted_every = 5});
}

TEST_CASE("TemperedPersistent: tempered chains are the samples of the cold level") {
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

TEST_CASE("TemperedPersistent: tempered chains of continuous energies need a finite temperature") {
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
