// A joint classifier of Fashion-MNIST: one network that names clothes and knows what clothes look like.
//
//   loss = mean of -log p(y | x)  +  mean of -log p(x) by persistent contrastive divergence,   E(x) = -log sum_y exp f_y(x)
//
// Beside it the same network trained for as many iterations, at the same learning rate, as a classifier only. The table: accuracy, expected calibration
// error, and how well log p(x) tells test images from what are none (AUROC).
#include <ebm/datasets/fashion_mnist.hpp>
#include <ebm/diagnostics/auroc.hpp>
#include <ebm/diagnostics/calibration_error.hpp>
#include <ebm/diagnostics/out_of_distribution.hpp>
#include <ebm/ebm.hpp>
#include <ebm/energies/classifier_energy.hpp>
#include <ebm/io/image_grid.hpp>
#include <ebm/io/plot.hpp>
#include <ebm/objectives/joint.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

constexpr ebm::Index kSide = 28;

// Pixels from -1 to 1.
ebm::Points<float> scaled(const ebm::LabelledImages& images) {
  return (images.scaled<float>(127.5).array() - 1.0f).matrix();
}

ebm::Points<float> rotated(const ebm::Points<float>& images) {
  ebm::Points<float> result(images.rows(), images.cols());
  for (ebm::Index y = 0; y < kSide; ++y) {
    for (ebm::Index x = 0; x < kSide; ++x) result.col(y * kSide + x) = images.col(x * kSide + kSide - 1 - y);
  }
  return result;
}

ebm::Points<float> uniform_noise(ebm::Index count, ebm::Rng& rng) {
  ebm::Points<float> result(count, kSide * kSide);
  const ebm::Stream stream = rng.stream();
  for (ebm::Index i = 0; i < result.size(); ++i)
    result.data()[i] = static_cast<float>(2 * stream.uniform(0, static_cast<std::uint64_t>(i)) - 1);
  return result;
}

struct TestImages {
  ebm::Points<float> images, noise;
  ebm::Values<int> labels;

  template <class Energy>
  void report(const char* name, const Energy& energy, double seconds) const {
    const auto calibration = ebm::calibration_error(energy.probabilities(images), labels);
    const auto scores = ebm::log_density_scores(energy, images);
    const auto against = [&](const ebm::Points<float>& others) {
      return ebm::auroc(scores, ebm::log_density_scores(energy, others));
    };
    std::printf("%-18s %8.4f %8.4f %8.4f %9.4f %8.4f %8.1f\n", name, calibration.accuracy, calibration.error,
                against(noise), against(ebm::Points<float>(-images)), against(rotated(images)), seconds);
    std::fflush(stdout);
  }
};

// Some of the chains, which began at training images, a row for each class that the model gives them.
template <class Energy>
ebm::ImageGrid samples_by_class(const Energy& energy, const ebm::Points<double, kSide * kSide>& samples) {
  constexpr ebm::Index columns = 10;
  ebm::Points<double> shown = ebm::Points<double>::Constant(10 * columns, kSide * kSide, -1.0);
  std::vector<ebm::Index> found(10, 0);
  const auto p = energy.probabilities(samples);
  for (ebm::Index row = 0; row < samples.rows(); ++row) {
    ebm::Index label = 0;
    p.row(row).maxCoeff(&label);
    ebm::Index& at = found[static_cast<std::size_t>(label)];
    if (at < columns) shown.row(label * columns + at++) = samples.row(row);
  }
  auto grid = ebm::image_grid("samples, a row for each class", shown, kSide, kSide, 10 * columns, columns);
  grid.lower = -1, grid.upper = 1;
  return grid;
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false, published = false;
  std::string output = ".";
  ebm::Index iterations = 800;
  CLI::App app{"A joint classifier of Fashion-MNIST"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_flag("--published", published, "JEM's published sampler instead of the calibrated one");
  app.add_option("--iterations", iterations, "of 64 images; 8000 for the best there is");
  app.add_option("--output", output, "where pictures go");
  CLI11_PARSE(app, argc, argv);

  const auto directory = ebm::find_fashion_mnist();
  if (!directory) {
    std::printf("Fashion-MNIST is not there: install dataset-fashion-mnist\n");
    return 0;
  }
  const auto sets = ebm::read_fashion_mnist(*directory);
  const auto train = sets.train.rows(0, small ? 1000 : 30000), test = sets.test.rows(0, small ? 200 : 5000);
  const ebm::Points<float> images = scaled(train);

  ebm::Rng rng{42};
  const TestImages tests{scaled(test), uniform_noise(test.count(), rng), test.labels};
  const auto network = ebm::network<float>(rng, ebm::Image<kSide, kSide>{}, ebm::Conv<32, 5, 2>{}, ebm::Silu{},
                                           ebm::Conv<64, 3, 2>{}, ebm::Silu{}, ebm::Dense<10>{});
  const ebm::FitOptions options{
      .iterations = small ? 4 : iterations, .batch_size = 64, .averaging = 0.99, .progress = true};
  std::printf("%-18s %8s %8s %8s %9s %8s %8s\n", "", "accuracy", "ECE", "noise", "inverted", "rotated", "s");

  const ebm::Adam adam{.learning_rate = published ? 1e-4 : 3e-3};
  ebm::Trainer plain{ebm::ClassifierEnergy{network}, ebm::CrossEntropy{}, adam};
  const auto plain_result = plain.fit(images, train.labels, options, rng);
  tests.report("classifier only", plain.energy(), plain_result.seconds);

  const auto joint = [&](const char* name, auto energy, const auto& objective) {
    ebm::Trainer trainer{std::move(energy), objective, adam};
    const auto result = trainer.fit(images, train.labels, options, rng);
    tests.report(name, trainer.energy(), result.seconds);
    std::printf("\ntraining: %s; its samples have temperature %g\n", to_text(result.status), objective.temperature());
    ebm::write_png(ebm::image_grid_picture({samples_by_class(trainer.energy(), trainer.samples())}),
                   output + "/jem_fashion.png");
  };
  if (published) {
    // Logits of nearly zero: a step of 1 is too long for those that a network usually starts with.
    const std::remove_const_t<decltype(network)> quiet(rng, 0.1);
    joint("joint, as published", ebm::ClassifierEnergy{quiet}, ebm::JointObjective<>::jem());
  } else {
    const auto objective = ebm::JointObjective<>::calibrated();
    const double noise = objective.options().data_noise;
    const double mean_square = static_cast<double>(images.array().square().mean()) + noise * noise;
    joint("joint, calibrated", ebm::Anchored{ebm::ClassifierEnergy{network}, mean_square / objective.temperature()},
          objective);
  }
}
