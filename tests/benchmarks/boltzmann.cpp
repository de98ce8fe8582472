// rbm_cd1_784_500/DENSITY: ms for an update of contrastive divergence from the data, one Gibbs sweep, batch 100, on
// binary states of that density: the biases keep hidden and sampled visible units at it. The bare kernels: both
// gradients, a sweep, a plain step. Dense arithmetic would be five products of 784 x 500 x 100; the share is that work
// beside the peak of multiplications and additions, and may exceed 1, since only active units are summed.
//
// rbm_cd1_784_500_unbiased/DENSITY starts from biases of zero, so that half of the hidden units are on.
// train_rbm_cd1_784_500/DENSITY is the same update as Trainer::fit makes it.
#include "timed_objective.hpp"

#include <ebm/energies/rbm.hpp>
#include <ebm/training/sgd.hpp>
#include <ebm/training/trainer.hpp>

namespace benchmarks {

namespace {

using ebm::Dynamic;
using Machine = ebm::BernoulliRbm<float>;

constexpr Index kVisible = 784, kHidden = 500, kBatch = 100;
constexpr double kDenseWork = 2.0 * 5 * kVisible * kHidden * kBatch;

ebm::Points<float, Dynamic> states(Index rows, double density) {
  const ebm::Stream stream(3);
  ebm::Points<float, Dynamic> points(rows, kVisible);
  for (Index i = 0; i < kVisible; ++i) {
    for (Index r = 0; r < rows; ++r)
      points(r, i) =
          stream.uniform(static_cast<std::uint32_t>(r), static_cast<std::uint64_t>(i)) < density ? 1.0f : 0.0f;
  }
  return points;
}

// Parameters of a machine whose units are on with the density given.
std::vector<float> parameters(const Machine& machine, double density) {
  std::vector<float> theta(machine.parameters().begin(), machine.parameters().end());
  std::fill(theta.begin() + kVisible * kHidden, theta.end(), static_cast<float>(std::log(density / (1 - density))));
  return theta;
}

double update_time(double density, double unit_density) {
  ebm::Rng rng(1);
  Machine machine(kVisible, kHidden, rng, {.centred = false});
  std::vector<float> theta = parameters(machine, unit_density);
  machine.set_parameters(theta);
  ebm::Workspace workspace;
  constexpr Index tiles = ebm::tiles_for<float>(kBatch);
  const auto data = workspace.tiles<float, Dynamic>(tiles, kVisible),
             chains = workspace.tiles<float, Dynamic>(tiles, kVisible);
  const auto plus = workspace.tiles<float, 1>(tiles, 1), minus = workspace.tiles<float, 1>(tiles, 1),
             values = workspace.tiles<float, 1>(tiles, 1);
  pack_rows(states(kBatch, density), data);
  for (Index l = 0; l < plus.size(); ++l) {
    plus.data()[l] = l < kBatch ? 0.01f : 0.0f;
    minus.data()[l] = -plus.data()[l];
  }
  ebm::FlatVector<float> gradient(theta.size());
  const ebm::Stream stream = rng.stream();
  Index step = 0;
  return best([&] {
    gradient.set_zero();
    machine.add_parameter_gradient(data, plus, values, gradient.span(), workspace);
    std::copy_n(data.data(), data.size(), chains.data());
    {
      ebm::Workspace::Scope scope(workspace);
      ebm::TileNoise<float, Dynamic> noise(stream, 0, tiles, kVisible, step++, workspace, machine.gibbs_uniforms());
      noise.next();
      machine.gibbs_sweep(chains, 1.0, noise, workspace);
    }
    machine.add_parameter_gradient(chains, minus, values, gradient.span(), workspace);
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= 1e-6f * gradient.data()[i];
    machine.set_parameters(theta);
  });
}

double iteration_time(double density) {
  ebm::Rng rng(1);
  Machine machine(kVisible, kHidden, rng, {.centred = false});
  machine.set_parameters(parameters(machine, density));
  double shortest_iteration = 0;
  const TimedObjective<ebm::ContrastiveDivergence<ebm::Gibbs, ebm::FromData>> timed{
      ebm::ContrastiveDivergence{ebm::Gibbs{}, ebm::FromData{.steps = 1}}, &shortest_iteration};
  ebm::Trainer trainer{machine, timed, ebm::Sgd{.learning_rate = 1e-4}};
  trainer.fit(states(5000, density), {.iterations = 400, .batch_size = kBatch, .averaging = 0}, rng);
  return shortest_iteration;
}

}  // namespace

void run_boltzmann() {
  const auto line = [](const std::string& work, auto seconds_of) {
    if (!wanted(work)) return;
    const double seconds = seconds_of();
    report(work, "ebm", seconds * 1e3, "ms/update", kDenseWork / (seconds * fma_peak()));
  };
  for (const double density : {0.13, 0.3}) {
    const std::string name = density == 0.13 ? "0.13" : "0.3";
    line("rbm_cd1_784_500/" + name, [&] { return update_time(density, density); });
    line("rbm_cd1_784_500_unbiased/" + name, [&] { return update_time(density, 0.5); });
    line("train_rbm_cd1_784_500/" + name, [&] { return iteration_time(density); });
  }
}

}  // namespace benchmarks
