// Train a network energy on two moons and look at it: the density it learned, and how it learned it.
//
//   gradient = mean over data of dE/dtheta - mean over samples of dE/dtheta
//
// Training pushes the energy down where data are and up where the model's own samples are; when the two forces balance,
// the samples are distributed as the data. The samples come from persistent chains of Langevin dynamics (SGLD) with a
// step that tunes itself.
#include <ebm/ebm.hpp>
#include <ebm/io/plot.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".";
  CLI::App app{"Train a network energy on two moons"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "where pictures go");
  CLI11_PARSE(app, argc, argv);

  ebm::Rng rng{42};
  const auto moons = ebm::TwoMoons{}.sample(10'000, rng);

  ebm::Trainer trainer{ebm::Mlp<float, 2, 64, 64, 64>{rng},
                       ebm::ContrastiveDivergence{ebm::Sgld{}, ebm::Persistent{.chains = 1024, .steps = 20}},
                       ebm::Adam{.learning_rate = 3e-3}};

  const ebm::Index iterations = small ? 200 : 6000;
  ebm::TrainingStrip strip{{{-4.0, -2.8}, {4.0, 2.8}}, {.title = "The energy at five iterations"}};
  std::vector<double> gaps;
  const auto watch = [&](const ebm::TrainingReport& report) {
    gaps.push_back(report.energy_gap);
    for (const ebm::Index shown : {ebm::Index{1}, iterations / 60, iterations / 20, iterations / 6, iterations}) {
      if (report.iteration + 1 == shown) strip.add(shown, trainer.energy(), trainer.samples(), moons);
    }
    return true;
  };
  const auto result = trainer.fit(
      moons, {.iterations = iterations, .batch_size = 256, .progress = true, .on_iteration = watch}, rng);

  std::cout << "training: " << to_text(result.status) << " after " << result.seconds << " s\n"
            << "KL(data || model) = " << ebm::kl_divergence(ebm::TwoMoons{}, trainer.energy()) << " nats\n";
  ebm::plot_density(trainer.energy(), moons, output + "/two_moons.png");
  ebm::write_png(strip.picture(), output + "/two_moons_training.png");
  ebm::plot_curves({{.name = "E(data) - E(samples)", .y = gaps}}, output + "/two_moons_gap.png",
                   {.title = "Energy gap during training", .x_label = "iteration", .y_label = "nats"});
}
