#include <ebm/objectives/fast_persistent.hpp>

#include "objectives/small_machines.hpp"

using namespace ebm;
using namespace small_machines;

TEST_CASE("FastPersistent: a machine learns, with the same bits for any number of threads") {
  CHECK(learned(FastPersistent{.chains = 128, .steps = 2}) < 0.3);
  check_same_for_any_number_of_threads(FastPersistent{.chains = 300, .steps = 2});
}

TEST_CASE("FastPersistent: fast weights drive the chains and are forgotten") {
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
