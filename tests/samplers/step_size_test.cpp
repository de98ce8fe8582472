#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sgld.hpp>
#include <ebm/samplers/step_size.hpp>

#include "support/catch.hpp"

using namespace ebm;

TEST_CASE("a step size is the kernel's own, or tuned by Robbins and Monro's rule within its bounds") {
  const StepSize fixed(Mala{.step_size = 0.25}, 7.0, {});
  CHECK(!fixed.tuned());
  CHECK(fixed.value() == 0.25);
  CHECK(fixed.at(Mala{}, 5) == 0.25);

  StepSize tuned(Mala{.target_acceptance = 0.5}, 2.0, {1e-3, 10});
  CHECK(tuned.tuned());
  CHECK(tuned.target() == 0.5);
  CHECK(tuned.value() == 2.0);
  tuned.update(0.7, 0.1);
  CHECK(tuned.value() == Approx(2 * std::exp(0.1 * 0.2)));
  tuned.scale(0.5);
  CHECK(tuned.value() == Approx(std::exp(0.1 * 0.2)));
  tuned.update(1, 1e3);
  CHECK(tuned.value() == 10);
  tuned.update(0, 1e6);
  CHECK(tuned.value() == 1e-3);

  StepSize unmoved(Sgld{.step_size = 0.1}, 1.0, {});
  unmoved.update(0, 10);
  unmoved.scale(3);
  CHECK(unmoved.value() == 0.1);
  CHECK(StepSize(Sgld{}, 1.0, {}).tuned());
}

TEST_CASE("settings of kernels that make no sense are refused by name") {
  const auto make = [](const auto& kernel) { return StepSize(kernel, 0.1, {}); };
  CHECK_THROWS_WITH(make(Mala{.step_size = 0.0}), "step_size: 0, wanted more than 0");
  CHECK_THROWS_WITH(make(Mala{.target_acceptance = 1.0}), "target_acceptance: 1, wanted between 0 and 1");
  CHECK_THROWS_WITH(make(Mala{.temperature = 0.0}), "temperature: 0, wanted more than 0");
  CHECK_THROWS_WITH(make(Sgld{.temperature = std::numeric_limits<double>::quiet_NaN()}),
                    "temperature: nan, wanted more than 0");
  CHECK_THROWS_WITH(make(Sgld{.schedule = PolynomialDecay{0.0, 0.1, 10}}), "first: 0, wanted more than 0");
  CHECK_THROWS_WITH(make(Sgld{.schedule = PolynomialDecay{0.1, 0.2, 10}}),
                    "last: 0.2, wanted more than 0 and at most first");
  CHECK_THROWS_WITH(make(Sgld{.schedule = PolynomialDecay{0.1, 0.05, 0}}), "steps: 0, wanted at least 1");
}

TEST_CASE("a size that was kept is taken where it is tuned, and that of the kernel where it is not") {
  Archive kept;
  StepSize(Mala{}, 0.3, {}).transfer(kept);
  const auto resumed = [&](const auto& kernel) {
    StepSize size(kernel, 7.0, {});
    Archive archive(kept.tensors());
    size.transfer(archive);
    return size.value();
  };
  CHECK(resumed(Mala{}) == 0.3);
  CHECK(resumed(Sgld{.step_size = 0.05}) == 0.05);
}
