#include <ebm/samplers/sgld.hpp>

#include "samplers/run_kernel.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

using namespace ebm;
using targets::Normal;

TEST_CASE("a polynomial schedule runs from its first to its last step size") {
  for (const double gamma : {0.51, 0.55, 1.0}) {
    const PolynomialDecay schedule{.first = 0.1, .last = 1e-4, .steps = 1000, .gamma = gamma};
    CHECK(schedule(0) == Approx(0.1).epsilon(1e-13));
    CHECK(schedule(1000) == Approx(1e-4).epsilon(1e-12));
    // a (b + t)^-gamma: differences of epsilon^(-1 / gamma) are those of t.
    const auto root = [&](Index t) { return std::pow(schedule(t), -1 / gamma); };
    CHECK((root(400) - root(0)) / (root(1000) - root(0)) == Approx(0.4).epsilon(1e-9));
    for (Index t = 1; t < 1000; ++t) CHECK(schedule(t) < schedule(t - 1));
  }
  const PolynomialDecay level{.first = 0.1, .last = 0.1, .steps = 10};
  CHECK(level(0) == 0.1);
  CHECK(level(10) == 0.1);
}

TEST_CASE("a step and a noise as in the literature of energy-based models") {
  const Sgld kernel = Sgld::from_step_noise(10, 0.005);
  CHECK(kernel.step_size == 10.0);
  CHECK(kernel.temperature == Approx(1.25e-6));
  CHECK(!kernel.measures_acceptance());
  CHECK_THROWS_WITH(Sgld::from_step_noise(0, 1), "step: 0, wanted more than 0");
  CHECK_THROWS_WITH(Sgld::from_step_noise(1, -1), "noise: -1, wanted more than 0");
}

TEST_CASE("dynamics whose step is too large for the energy are noticed and stay finite") {
  const Points<float, 2> start = Points<float, 2>::Ones(40, 2);
  const auto outcome = run_kernel::run(Normal<float, 2>{1.0}, Sgld{.step_size = 30.0}, start, 100, 30.0);
  CHECK(outcome.failed.minCoeff() == 1);
  CHECK(outcome.points.allFinite());
}
