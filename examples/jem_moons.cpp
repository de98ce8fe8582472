// A classifier is secretly an energy: one network tells the two moons apart and knows where the moons are.
//
//   E(x) = -log sum_y exp f_y(x)      p(y | x) = softmax of f(x)      p(x, y) = exp(f_y(x)) / Z
//
// Only every fiftieth point has a label; the others help by p(x) alone. A network of the same shape that was trained on
// the labels alone is as sure far away from the data as among them, which the density of the other one tells apart.
#include <ebm/io/plot.hpp>
#include <ebm/networks.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

auto classifier(ebm::Rng& rng) {
  return ebm::ClassifierEnergy{ebm::network<float>(rng, ebm::Features<2>{}, ebm::Dense<64>{}, ebm::Silu{},
                                                   ebm::Dense<64>{}, ebm::Silu{}, ebm::Dense<64>{}, ebm::Silu{},
                                                   ebm::Dense<2>{})};
}

// 1 for the upper moon: which of the two half circles is nearer.
int moon_of(double x, double y) {
  const auto distance = [](double px, double py, bool upper) {
    const double angle = std::clamp(std::atan2(upper ? py : -py, upper ? px : -px), 0.0, 3.141592653589793);
    return std::hypot(px - (upper ? 1 : -1) * 2 * std::cos(angle), py - (upper ? 1 : -1) * 2 * std::sin(angle));
  };
  return distance(x + 1, y + 0.2, true) < distance(x - 1, y - 0.8, false) ? 1 : 0;
}

ebm::Values<int> moons_of(const ebm::Points<double, 2>& points) {
  ebm::Values<int> labels(points.rows());
  for (ebm::Index i = 0; i < labels.size(); ++i) labels(i) = moon_of(points(i, 0), points(i, 1));
  return labels;
}

// How often it is right, how honest its probabilities are, and whether its scores tell moons from points elsewhere.
template <class Energy>
void report(const char* name, const Energy& energy, const ebm::Points<double, 2>& test,
            const ebm::Points<double, 2>& elsewhere) {
  const auto calibration = ebm::calibration_error(energy.probabilities(test), moons_of(test));
  std::printf("%-22s %8.4f %10.4f %14.3f %12.3f\n", name, calibration.accuracy, calibration.error,
              ebm::auroc(ebm::log_density_scores(energy, test), ebm::log_density_scores(energy, elsewhere)),
              ebm::auroc(ebm::confidence_scores(energy, test), ebm::confidence_scores(energy, elsewhere)));
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".";
  CLI::App app{"A joint classifier of two moons"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "where pictures go");
  CLI11_PARSE(app, argc, argv);

  ebm::Rng rng{42};
  const auto moons = ebm::TwoMoons{}.sample(10'000, rng), test = ebm::TwoMoons{}.sample(2'000, rng);
  ebm::Values<int> labels = moons_of(moons);
  for (ebm::Index i = 0; i < labels.size(); ++i) {
    if (i % 50 != 0) labels(i) = -1;
  }
  // Uniform about the moons.
  ebm::Points<double, 2> elsewhere(2'000, 2);
  const ebm::Stream stream = rng.stream();
  for (ebm::Index i = 0; i < elsewhere.rows(); ++i) {
    const auto row = static_cast<std::uint32_t>(i);
    elsewhere.row(i) << 12 * stream.uniform(row, 0) - 6, 8 * stream.uniform(row, 1) - 4;
  }

  const ebm::FitOptions options{.iterations = small ? 100 : 4000, .batch_size = 256};
  ebm::Trainer joint{classifier(rng),
                     ebm::JointObjective{ebm::ContrastiveDivergence{ebm::Mala{}, ebm::Persistent{.steps = 10}}},
                     ebm::Adam{.learning_rate = 3e-3}};
  const auto result = joint.fit(moons, labels, options, rng);
  ebm::Trainer plain{classifier(rng), ebm::CrossEntropy{}, ebm::Adam{.learning_rate = 3e-3}};
  plain.fit(moons, labels, options, rng);

  std::printf("joint training: %s after %.1f s\n\n", to_text(result.status), result.seconds);
  std::printf("%-22s %8s %10s %14s %12s\n", "", "accuracy", "ECE", "AUROC log p(x)", "max p(y|x)");
  report("joint", joint.energy(), test, elsewhere);
  report("classifier only", plain.energy(), test, elsewhere);
  std::printf("\nKL(data || joint model) = %.4f nats\n", ebm::kl_divergence(ebm::TwoMoons{}, joint.energy()).value);

  // p(y = 1 | x) of each, side by side with the density.
  const ebm::Box<2> box{{-6, -6}, {6, 6}};
  constexpr ebm::Index side = 300;
  const auto centres = ebm::grid_centres(box, side, side);
  const auto class_panel = [&](const char* title, const auto& energy) {
    ebm::GridValues grid{box, Eigen::ArrayXXd(side, side)};
    const auto p = energy.probabilities(centres);
    for (ebm::Index i = 0; i < centres.rows(); ++i) grid.values.data()[i] = static_cast<double>(p(i, 1));
    return ebm::GalleryPanel{title, box, grid, {}};
  };
  ebm::plot_gallery(
      {ebm::points_panel("data", moons, box), ebm::density_panel("joint: p(x)", joint.energy(), box),
       class_panel("joint: p(upper moon | x)", joint.energy()), class_panel("classifier only", plain.energy())},
      output + "/jem_moons.png", {.title = "Two moons by a joint classifier"});
}
