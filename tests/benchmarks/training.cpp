// train_pcd20_mlp2_128/256: ms for an iteration of persistent contrastive divergence, as Trainer::fit makes it: 20
// Langevin steps (epsilon .01) of 256 of 1024 chains, a batch of 256, Adam. Its limit is that of multiplications and
// additions.
//
// samples_of_pcd20_mlp2_128/256 is what the samples of an iteration take: energy and gradient where the chains stand,
// for the parameters are new, and the steps.
#include "timed_objective.hpp"

#include <ebm/energies/mlp.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

namespace benchmarks {

namespace {

using Network = ebm::Mlp<float, 2, 128, 128>;
using Divergence = ebm::ContrastiveDivergence<ebm::Sgld, ebm::Persistent>;

}  // namespace

void run_training() {
  const std::string work = "train_pcd20_mlp2_128/256", samples = "samples_of_pcd20_mlp2_128/256";
  if (!wanted(work) && !wanted(samples)) return;
  ebm::Rng rng(1);
  const ebm::Stream stream = rng.stream();
  ebm::Points<float, 2> data(10000, 2);
  for (Index i = 0; i < data.size(); ++i)
    data.data()[i] = static_cast<float>(stream.normal(0, static_cast<std::uint64_t>(i)));

  constexpr double weights = 2 * 128 + 128 * 128 + 128, chain_steps = 20 * 256, rows = 2 * 256;
  double shortest_iteration = 0;
  const TimedObjective<Divergence> timed{
      Divergence{ebm::Sgld{.step_size = 0.01}, ebm::Persistent{.chains = 1024, .steps = 20, .jumps = 0}},
      &shortest_iteration};
  ebm::Trainer trainer{Network{rng}, timed, ebm::Adam{.learning_rate = 1e-3}};
  trainer.fit(data, {.iterations = 1000}, rng);
  report(work, "ebm", shortest_iteration * 1e3, "ms/iteration",
         2 * weights * (2 * chain_steps + 3 * rows) / (shortest_iteration * fma_peak()));

  const double seconds = run_time(trainer.energy().inner(), 256, 0.01, 20, true);
  report(samples, "ebm", seconds * 1e3, "ms/iteration", 4 * weights * chain_steps / (seconds * fma_peak()));
}

}  // namespace benchmarks
