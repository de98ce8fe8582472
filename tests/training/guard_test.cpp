#include <ebm/training/guard.hpp>

#include "support/catch.hpp"

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ebm::BatchReport healthy() {
  ebm::BatchReport report;
  report.data_energy = 3.0, report.sample_energy = 2.8, report.data_energy_sd = 1.0;
  report.acceptance = 0.6, report.jump_acceptance = 0.2, report.step_size = 0.1;
  report.chains = 256;
  return report;
}

// What a guard says after it has seen the same report many times.
ebm::TrainingHealth after(int times, const ebm::BatchReport& report, double gradient_norm = 1.0) {
  ebm::Guard guard(2);
  guard.check(healthy(), 1.0);
  ebm::TrainingHealth health = ebm::TrainingHealth::healthy;
  for (int i = 0; i < times && health == ebm::TrainingHealth::healthy; ++i) health = guard.check(report, gradient_norm);
  return health;
}

}  // namespace

TEST_CASE("a healthy training does not trip the guard") {
  CHECK(after(5000, healthy()) == ebm::TrainingHealth::healthy);
  auto report = healthy();
  report.failed_chains = 1;
  CHECK(after(5000, report) == ebm::TrainingHealth::healthy);
  // A gap within the spread of the energies; a gradient that vanishes where energies agree.
  report = healthy();
  report.data_energy_sd = 3, report.sample_energy = -3;
  CHECK(after(5000, report) == ebm::TrainingHealth::healthy);
  report = healthy();
  report.sample_energy = report.data_energy;
  CHECK(after(5000, report, 0.0) == ebm::TrainingHealth::healthy);
}

TEST_CASE("an objective without samples is judged by its energies of data and its gradient") {
  ebm::BatchReport report;
  report.data_energy = 3.0;
  CHECK(after(5000, report) == ebm::TrainingHealth::healthy);
  CHECK(after(5000, report, 1e-9) == ebm::TrainingHealth::healthy);  // nothing tells a dead network from a trained one
  CHECK(after(1, report, kNan) == ebm::TrainingHealth::not_finite);
  report.data_energy = kInfinity;
  CHECK(after(1, report) == ebm::TrainingHealth::not_finite);

  ebm::Guard guard(2);
  CHECK(std::isnan(guard.gap()));
  report = healthy();
  report.chains = 0;
  guard.check(report, 1.0);
  CHECK(std::isnan(guard.gap()));
  report.chains = 1;
  guard.check(report, 1.0);
  CHECK(guard.gap() == Approx(0.2));
}

TEST_CASE("one odd batch does not trip the guard") {
  ebm::Guard guard(2);
  for (int i = 0; i < 1000; ++i) guard.check(healthy(), 1.0);
  auto odd = healthy();
  odd.sample_energy = -20;
  CHECK(guard.check(odd, 1.0) == ebm::TrainingHealth::healthy);
}

TEST_CASE("each sign of a training that runs away trips the guard") {
  auto report = healthy();
  for (const double broken : {kNan, kInfinity, -kInfinity}) {
    report = healthy();
    report.data_energy = broken;
    CHECK(after(1, report) == ebm::TrainingHealth::not_finite);
    report = healthy();
    report.sample_energy = broken;
    CHECK(after(1, report) == ebm::TrainingHealth::not_finite);
  }
  CHECK(after(1, healthy(), kNan) == ebm::TrainingHealth::not_finite);
  CHECK(after(1, healthy(), kInfinity) == ebm::TrainingHealth::not_finite);

  report = healthy();
  report.failed_chains = 6;
  CHECK(after(1, report) == ebm::TrainingHealth::chains_failed);

  for (const double gap : {1e4, -1e4}) {
    report = healthy();
    report.sample_energy = report.data_energy + gap;
    CHECK(after(1000, report) == ebm::TrainingHealth::energies_apart);
  }

  // A spread that is itself out of bounds excuses no gap.
  report = healthy();
  report.data_energy_sd = 1000, report.sample_energy = -100;
  CHECK(after(1000, report) == ebm::TrainingHealth::energies_apart);

  CHECK(after(1000, healthy(), 1e-9) == ebm::TrainingHealth::network_dead);
}

TEST_CASE("the gap is the mean of the batches' gaps, smoothed") {
  ebm::Guard guard(2);
  for (int i = 0; i < 1000; ++i) guard.check(healthy(), 1.0);
  CHECK(guard.gap() == Approx(0.2));
}

TEST_CASE("every health has a text of its own") {
  std::vector<std::string> texts;
  for (const auto health :
       {ebm::TrainingHealth::healthy, ebm::TrainingHealth::not_finite, ebm::TrainingHealth::energies_apart,
        ebm::TrainingHealth::chains_failed, ebm::TrainingHealth::network_dead}) {
    const std::string text = to_text(health);
    CHECK_FALSE(text.empty());
    CHECK(std::find(texts.begin(), texts.end(), text) == texts.end());
    texts.push_back(text);
  }
}

TEST_CASE("snapshots go back to the last state but one, and further each time") {
  ebm::Snapshots<int> snapshots;
  CHECK(snapshots.empty());
  snapshots.keep(1);
  CHECK(snapshots.take_back() == 1);  // there is no other
  CHECK(snapshots.take_back() == 1);
  snapshots.keep(2);
  CHECK(snapshots.take_back() == 1);
  for (const int state : {3, 4, 5, 6}) snapshots.keep(state);  // 4, 5 and 6 are kept
  CHECK(snapshots.take_back() == 5);
  CHECK(snapshots.take_back() == 4);
  CHECK_FALSE(snapshots.empty());
}
