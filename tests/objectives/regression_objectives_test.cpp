#include <ebm/objectives/regression_objectives.hpp>

#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "objectives/target_loss.hpp"
#include "support/catch.hpp"

using objectives::largest_error;

TEST_CASE("gradients of the regression objectives are those of the losses that they report") {
  const ebm::TargetProposals few{.standard_deviations = {0.3, 1.0}, .count = 13};
  CHECK(largest_error(ebm::ImportanceLikelihood{few}) < 1e-8);
  CHECK(largest_error(ebm::ConditionalNoiseContrastive{few}) < 1e-8);
  CHECK(largest_error(ebm::ConditionalNoiseContrastive{few, 0.1}) < 1e-8);
  CHECK(largest_error(ebm::TargetDivergence{few, 0.2}) < 1e-8);
  CHECK(largest_error(ebm::ImportanceLikelihood{few}, 1e-4) > 1e-7);
}

TEST_CASE("the loss of importance sampling is -log p(y | x), with enough proposals") {
  // E = y^2 / 2 about a target at 0.4: -log p = 0.08 + log sqrt(2 pi). The weights exp(-E) / q vary by less than their
  // mean, so the logarithm of their mean over 20000 has a standard deviation below 0.0071.
  const ebm::ImportanceLikelihood objective{{.standard_deviations = {0.5, 1.6}, .count = 20000}};
  constexpr std::size_t slots = 20001;
  std::vector<double> energies(slots), offsets(slots), log_proposals(slots), slopes(slots);
  const ebm::Stream stream(6);
  for (std::size_t j = 0; j < slots; ++j) {
    offsets[j] = j == 0 ? 0.0 : objective.targets.draw(stream, 0, j);
    log_proposals[j] = objective.targets.log_density(offsets[j]);
    energies[j] = 0.5 * (0.4 + offsets[j]) * (0.4 + offsets[j]);
  }
  const double loss = objective.weigh({energies, offsets, log_proposals}, slopes);
  CHECK(loss == Approx(0.08 + 0.5 * std::log(2 * 3.14159265358979323846)).margin(5 * 0.0071));
  double sum = 0;
  for (const double slope : slopes) sum += slope;
  CHECK(sum == Approx(0.0).margin(1e-12));
}

TEST_CASE("linear regression with Gaussian noise is found by every objective") {
  // y = x + 0.3 z: mean -log p(y | x) = log(0.3 sqrt(2 pi e)) = 0.214966.
  const ebm::Stream stream(4);
  ebm::Points<double, 2> points(3000, 2);
  for (ebm::Index i = 0; i < points.rows(); ++i) {
    const auto chain = static_cast<std::uint32_t>(i);
    points(i, 0) = 2 * stream.uniform(chain, 0) - 1;
    points(i, 1) = points(i, 0) + 0.3 * stream.normal(chain, 0);
  }
  const ebm::Points<double, 2> train = points.topRows(2000), test = points.bottomRows(1000);
  const auto loss = [&](auto objective) {
    ebm::Rng rng(1);
    ebm::Trainer trainer{
        ebm::RegressionEnergy{ebm::network<float>(rng, ebm::Features<2>{}, ebm::Dense<16>{}, ebm::Silu{},
                                                  ebm::Dense<16>{}, ebm::Silu{}, ebm::Dense<1>{}),
                              ebm::TargetInterval{-3, 3, 256}},
        objective, ebm::Adam{.learning_rate = 5e-3}};
    trainer.fit(train, {.iterations = 600, .batch_size = 32, .averaging = 0.99}, rng);
    return -trainer.energy().log_density(test).mean();
  };
  const double exact = 0.214966;
  // The test set's own mean is off by 0.022 (one standard deviation).
  CHECK(std::abs(loss(ebm::ImportanceLikelihood{{.standard_deviations = {0.2, 1.6}, .count = 63}}) - exact) < 0.15);
  CHECK(std::abs(loss(ebm::ConditionalNoiseContrastive{{.standard_deviations = {0.1, 0.8}, .count = 63}}) - exact) <
        0.15);
  CHECK(std::abs(loss(ebm::ConditionalNoiseContrastive{{.standard_deviations = {0.1, 0.8}, .count = 63}, 0.1}) -
                 exact) < 0.15);
  CHECK(std::abs(loss(ebm::TargetDivergence{{.standard_deviations = {0.2, 1.6}, .count = 63}, 0.05}) - exact) < 0.15);
}
