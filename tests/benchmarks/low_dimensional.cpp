// Energies of two coordinates, epsilon .01. Their limit is the time that two normals take.
//
//   double_well_2d/N          E = 2 sum (x^2 - 1)^2 of N chains; by hand, as a formula, and one chain after the other
//   eight_gaussians_2d/1024   eight modes on a circle of radius 4, sd .5
#include "benchmark.hpp"

#include <ebm/energies/double_well.hpp>
#include <ebm/energies/formula.hpp>
#include <ebm/energies/gaussian_mixture.hpp>

#include <memory>
#include <random>

namespace benchmarks {

namespace {

constexpr double kStepSize = 0.01;
constexpr Index kSteps = 100;

// What one would write first: a virtual function, one chain at a time, the standard library's normals.
struct PlainEnergy {
  virtual ~PlainEnergy() = default;
  virtual void gradient(const float* x, float* gradient) const = 0;
};
struct PlainDoubleWell : PlainEnergy {
  void gradient(const float* x, float* gradient) const override {
    for (int i = 0; i < 2; ++i) gradient[i] = 8.0f * (x[i] * x[i] - 1.0f) * x[i];
  }
};

double plain_chain_step_time(Index chains) {
  std::unique_ptr<PlainEnergy> energy = std::make_unique<PlainDoubleWell>();
  touch(&energy);
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float> positions(static_cast<std::size_t>(2 * chains), 1.0f);
  constexpr float drift = static_cast<float>(kStepSize);
  const float spread = std::sqrt(2.0f * drift);
  const double seconds = best([&] {
    for (float* x = positions.data(); x < positions.data() + positions.size(); x += 2) {
      for (Index step = 0; step < kSteps; ++step) {
        float gradient[2];
        energy->gradient(x, gradient);
        for (int i = 0; i < 2; ++i) x[i] += spread * normal(generator) - drift * gradient[i];
      }
    }
    touch(positions.data());
  });
  return seconds / static_cast<double>(kSteps * chains) * 1e9;
}

// The two in turn, so that what else the machine does strikes both.
void compare_formula() {
  const ebm::DoubleWell<float, 2> by_hand(2.0);
  const auto derived =
      ebm::formula<2>([](auto x, auto y) { return 2.0 * (square(square(x) - 1) + square(square(y) - 1)); });
  double hand_time = 1e9, derived_time = 1e9;
  for (int round = 0; round < 5; ++round) {
    hand_time = std::min(hand_time, chain_step_time(by_hand, 1024, kStepSize, kSteps, 0.2));
    derived_time = std::min(derived_time, chain_step_time(derived, 1024, kStepSize, kSteps, 0.2));
  }
  report("formula_double_well_2d/1024", "ebm", derived_time, "ns/chain-step", 2 * normal_time() / derived_time);
  report("formula_over_by_hand", "ebm", derived_time / hand_time, "ratio");
}

ebm::GaussianMixture<float, 2> eight_gaussians() {
  ebm::Points<double, 2> means(8, 2);
  for (Index k = 0; k < 8; ++k) {
    const double angle = 0.78539816339744831 * static_cast<double>(k);
    means.row(k) << 4 * std::cos(angle), 4 * std::sin(angle);
  }
  return {means, 0.5};
}

}  // namespace

void run_low_dimensional() {
  for (const Index chains : {64, 1024, 16384}) {
    const std::string work = "double_well_2d/" + std::to_string(chains);
    if (!wanted(work)) continue;
    const double time = chain_step_time(ebm::DoubleWell<float, 2>(2.0), chains, kStepSize, kSteps);
    report(work, "ebm", time, "ns/chain-step", 2 * normal_time() / time);
    if (chains == 64) report(work, "plain-c++", plain_chain_step_time(chains), "ns/chain-step");
  }
  if (wanted("formula_double_well_2d/1024") || wanted("formula_over_by_hand")) compare_formula();
  if (wanted("eight_gaussians_2d/1024")) {
    const double time = chain_step_time(eight_gaussians(), 1024, kStepSize, kSteps);
    report("eight_gaussians_2d/1024", "ebm", time, "ns/chain-step", 2 * normal_time() / time);
  }
}

}  // namespace benchmarks
