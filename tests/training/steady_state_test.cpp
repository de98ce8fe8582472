// Trainings allocate while they begin and nothing per iteration, and write nothing that nobody asked for.
#include "core/allocations.hpp"

#include <ebm/core/thread_pool.hpp>

#include "support/captured_stderr.hpp"
#include "training/trained.hpp"

namespace {

// Allocations of a whole fit. The rows make a single epoch of at most 512 iterations.
template <class E, class K, class Start, class Exec>
long allocations_of(const E& energy, const K& kernel, const Start& start, ebm::Index iterations, Exec&& executor) {
  const ebm::Points<double, 2> points = training::gaussian_points(4096);
  ebm::Trainer trainer{energy, ebm::ContrastiveDivergence{kernel, start}, ebm::Adam{}};
  ebm::Rng rng(1);
  const long before = allocations;
  trainer.fit(points, {.iterations = iterations, .batch_size = 8}, rng, executor);
  return allocations - before;
}

}  // namespace

TEST_CASE("no iteration allocates") {
  const training::Mlp network{ebm::Rng{1}};
  const ebm::QuadraticEnergy<float, 2> quadratic(1.0);
  const ebm::Persistent persistent{.chains = 64, .steps = 2, .reinitialised = 0.1};
  // A snapshot is kept every hundred iterations: of its vectors, and of the queue that they stand in.
  const long snapshots = 4 * 6;
  const auto check = [&](const auto& energy, const auto& kernel, const auto& start, auto&& executor) {
    const long few = allocations_of(energy, kernel, start, 100, executor);
    const long many = allocations_of(energy, kernel, start, 500, executor);
    CHECK(many - few <= snapshots);
    if (kAllocationsAreCounted) CHECK(few > 0);
  };
  check(network, ebm::Mala{}, persistent, ebm::Serial{});
  check(network, ebm::Sgld{}, ebm::FromData{.steps = 2}, ebm::Serial{});
  check(quadratic, ebm::Mala{}, persistent, ebm::Serial{});
}

TEST_CASE("a training is silent unless asked, and shows its progress if asked") {
  const auto points = training::gaussian_points(100);
  const auto written = [&](bool progress) {
    return captured_stderr([&] {
      ebm::Rng rng(1);
      auto trainer = training::small_trainer();
      trainer.fit(points, {.iterations = 20, .batch_size = 16, .progress = progress}, rng);
    });
  };
  CHECK(written(false).empty());
  const std::string text = written(true);
  for (const char* part : {"20/20", "energy gap ", "acceptance ", "step "})
    CHECK_THAT(text, Catch::Matchers::ContainsSubstring(part));
}

TEST_CASE("what the guard did is printed even if nobody asked") {
  const std::string text = captured_stderr([] {
    ebm::Rng rng(1);
    ebm::Trainer trainer{training::Mlp{rng}, training::small_objective(), ebm::Sgd{.learning_rate = 1e38}};
    try {
      trainer.fit(training::gaussian_points(100), {.iterations = 2, .batch_size = 16}, rng);
    } catch (const ebm::NumericalError&) {
    }
  });
  CHECK_THAT(text, Catch::Matchers::ContainsSubstring("ebm: iteration "));
}
