// Bars and stripes, 4 x 4: what the chains of contrastive divergence are worth, by the exact likelihood.
//
// A restricted Boltzmann machine of 16 hidden units learns the 30 patterns in 30 000 updates, with a learning rate that
// falls from .1 to 0. No model can do better than a mean -log p of log 30 = 3.401 nats; only chains that move between
// the patterns come near it.
#include <ebm/discrete.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

// Mean -log p of the patterns, in nats.
template <class Chains>
double learned(const ebm::Points<float>& patterns, const Chains& chains, bool centred, ebm::Index iterations,
               std::uint64_t seed) {
  ebm::Rng rng{seed};
  ebm::Trainer trainer{ebm::BernoulliRbm<float>{16, 16, rng, {.centred = centred}},
                       ebm::ContrastiveDivergence{ebm::Gibbs{}, chains}, ebm::Sgd{.learning_rate = 0.1}};
  trainer.fit(patterns,
              {.iterations = iterations,
               .batch_size = patterns.rows(),
               .schedule = {.shape = ebm::Schedule::Shape::linear, .warmup = 0, .final_fraction = 1e-3}},
              rng);
  return ebm::energies(trainer.energy(), patterns).template cast<double>().mean() +
         ebm::log_partition(trainer.energy()).value;
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false;
  std::string output;
  CLI::App app{"Compare the chains of contrastive divergence on bars and stripes"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "taken for the sake of the other examples; there is no picture");
  CLI11_PARSE(app, argc, argv);

  const auto patterns = ebm::bars_and_stripes(4).binarised(127);
  std::printf("mean -log p, nats, of seeds 1, 2, 3        centred gradient            plain gradient\n");
  const auto line = [&](const char* name, const auto& chains) {
    std::printf("%-38s", name);
    for (const bool centred : {true, false}) {
      for (const std::uint64_t seed : {1u, 2u, 3u})
        std::printf("  %7.3f", learned(patterns, chains, centred, small ? 1000 : 30'000, seed));
    }
    std::printf("\n");
    std::fflush(stdout);
  };
  line("tempered, 10 temperatures", ebm::TemperedPersistent{.chains = 100});
  line("persistent, 10 steps", ebm::Persistent{.chains = 100, .steps = 10, .moved = 100});
  line("persistent with fast weights, 10 steps", ebm::FastPersistent{.chains = 100, .steps = 10, .moved = 100});
  line("from the data, 10 steps", ebm::FromData{.steps = 10});
  line("from the data, 1 step", ebm::FromData{.steps = 1});
}
