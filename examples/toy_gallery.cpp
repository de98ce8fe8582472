// Every toy density, learned by the library's own defaults: one table, one picture.
//
// Nothing is tuned to a density, nothing is chosen by looking at the result. KL(data || model) comes from quadrature,
// so it is the truth to the printed digits and not an estimate from samples.
#include <ebm/ebm.hpp>
#include <ebm/io/plot.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".";
  std::uint64_t seed = 1;
  std::string only;
  CLI::App app{"Learn every toy density with the library's defaults"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "where the picture goes");
  app.add_option("--seed", seed, "of data, network and training");
  app.add_option("--only", only, "the density of this name alone");
  CLI11_PARSE(app, argc, argv);

  std::printf("%-14s %10s %10s %10s %8s  %s\n", "density", "KL, nats", "+-", "entropy", "seconds", "status");
  std::vector<ebm::GalleryPanel> panels;
  ebm::for_each_toy_density([&](const auto& density) {
    if (!only.empty() && only != density.name()) return;
    ebm::Rng rng{seed};
    const auto points = density.sample(50'000, rng);

    ebm::Trainer trainer{ebm::Mlp<float, 2, 64, 64, 64>{rng}, ebm::ContrastiveDivergence{}, ebm::Adam{}};
    ebm::FitOptions options;
    if (small) options.iterations = 60;
    const auto result = trainer.fit(points, options, rng);

    const auto kl = ebm::kl_divergence(density, trainer.energy());
    std::printf("%-14s %10.4f %10.1e %10.4f %8.1f  %s\n", density.name(), kl.value, kl.error, density.entropy(),
                result.seconds, to_text(result.status));
    std::fflush(stdout);
    const ebm::Box<2> box = density.domain();
    panels.push_back(ebm::points_panel(density.name(), points, box));
    panels.push_back(ebm::density_panel("learned", trainer.energy(), box));
  });
  if (!panels.empty()) ebm::plot_gallery(panels, output + "/toy_gallery.png", {.columns = 6});
  return panels.empty() ? 1 : 0;
}
