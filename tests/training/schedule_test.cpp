#include <ebm/training/schedule.hpp>

#include "support/catch.hpp"

using Shape = ebm::Schedule::Shape;

TEST_CASE("schedules have their shapes") {
  const ebm::Schedule constant{.shape = Shape::constant, .warmup = 0};
  const ebm::Schedule linear{.shape = Shape::linear, .warmup = 0, .final_fraction = 0.1};
  const ebm::Schedule cosine{.shape = Shape::cosine, .warmup = 0, .final_fraction = 0.1};
  for (const ebm::Index t : {0, 1, 500, 999}) CHECK(constant(t, 1000) == 1.0);
  CHECK(linear(0, 1000) == Approx(1.0));
  CHECK(linear(500, 1000) == Approx(0.55));
  CHECK(linear(999, 1000) == Approx(0.1 + 0.9 * 0.001));
  CHECK(cosine(0, 1000) == Approx(1.0));
  CHECK(cosine(250, 1000) == Approx(0.1 + 0.45 * (1 + std::sqrt(0.5))));
  CHECK(cosine(500, 1000) == Approx(0.55));
  CHECK(cosine(999, 1000) == Approx(0.1).epsilon(1e-4));
}

TEST_CASE("schedules rise linearly at first, over a tenth of all iterations at most") {
  const ebm::Schedule schedule{.shape = Shape::constant, .warmup = 100};
  CHECK(schedule(0, 10'000) == Approx(0.01));
  CHECK(schedule(49, 10'000) == Approx(0.5));
  CHECK(schedule(99, 10'000) == Approx(1.0));
  CHECK(schedule(100, 10'000) == 1.0);
  CHECK(schedule(0, 200) == Approx(0.05));
  CHECK(schedule(20, 200) == 1.0);
  CHECK(schedule(0, 1) == 1.0);
}

TEST_CASE("no schedule ever stops or goes beyond the learning rate") {
  for (const Shape shape : {Shape::constant, Shape::linear, Shape::cosine}) {
    for (const ebm::Index total : {1, 7, 1234}) {
      const ebm::Schedule schedule{.shape = shape};
      for (ebm::Index t = 0; t < total; ++t) {
        const double factor = schedule(t, total);
        if (!(factor > 0 && factor <= 1 + 1e-15)) FAIL("factor " << factor << " at " << t << " of " << total);
      }
    }
  }
}

TEST_CASE("schedules are checked") {
  using Catch::Matchers::Message;
  CHECK_THROWS_MATCHES(ebm::Schedule{.warmup = -1}.check(), ebm::ValueError,
                       Message("schedule.warmup: -1, wanted at least 0"));
  CHECK_THROWS_MATCHES(ebm::Schedule{.final_fraction = 0}.check(), ebm::ValueError,
                       Message("schedule.final_fraction: 0, wanted more than 0, at most 1"));
}
