#include <ebm/training/fit_options.hpp>

#include "support/catch.hpp"

using ebm::FitOptions;
using ebm::TrainingReport;
using ebm::TrainingStatus;

TEST_CASE("defaults can be trained with") {
  CHECK_NOTHROW(FitOptions{}.check());
  CHECK_FALSE(FitOptions{}.on_iteration);
  CHECK_NOTHROW((FitOptions{.epochs = 0.1, .anchor_variance = std::numeric_limits<double>::infinity()}.check()));
  CHECK_NOTHROW((FitOptions{.averaging = 0, .recoveries = 0}.check()));
}

TEST_CASE("each option that makes no sense is refused by name") {
  CHECK_THROWS_WITH(FitOptions{.iterations = 0}.check(), "iterations: 0, wanted at least 1");
  CHECK_THROWS_WITH(FitOptions{.epochs = -0.5}.check(), "epochs: -0.5, wanted 0 to 1e9");
  CHECK_THROWS_WITH(FitOptions{.batch_size = -3}.check(), "batch_size: -3, wanted at least 1");
  CHECK_THROWS_WITH(FitOptions{.averaging = -0.1}.check(), "averaging: -0.1, wanted 0 to less than 1");
  CHECK_THROWS_WITH(FitOptions{.averaging = 1}.check(), "averaging: 1, wanted 0 to less than 1");
  CHECK_THROWS_WITH(FitOptions{.anchor_variance = -1.0}.check(), "anchor_variance: -1, wanted more than 0");
  CHECK_THROWS_WITH(FitOptions{.recoveries = -1}.check(), "recoveries: -1, wanted at least 0");
  CHECK_THROWS_WITH(FitOptions{.schedule = {.warmup = -1}}.check(), "schedule.warmup: -1, wanted at least 0");
  const double nan = std::nan("");
  CHECK_THROWS_AS(FitOptions{.epochs = nan}.check(), ebm::ValueError);
  CHECK_THROWS_AS(FitOptions{.averaging = nan}.check(), ebm::ValueError);
  CHECK_THROWS_AS(FitOptions{.anchor_variance = nan}.check(), ebm::ValueError);
}

TEST_CASE("a callback is referred to, not copied") {
  int calls = 0;
  const auto count = [&](const TrainingReport& report) { return ++calls < 2 + report.iteration; };
  FitOptions options{.on_iteration = count};
  CHECK(options.on_iteration({}));
  CHECK_FALSE(options.on_iteration({}));
  CHECK(calls == 2);
}

TEST_CASE("every status has a text of its own") {
  CHECK(std::string("healthy") == to_text(TrainingStatus::healthy));
  CHECK(std::string("recovered") == to_text(TrainingStatus::recovered));
  CHECK(std::string("interrupted") == to_text(TrainingStatus::interrupted));
}
