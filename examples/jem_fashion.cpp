// A joint classifier of Fashion-MNIST: one network that names clothes and knows what clothes look like.
//
//   loss = mean of -log p(y | x)  +  weight mean of -log p(x) by persistent contrastive divergence,
//   E(x) = -log sum_y exp f_y(x) + T |x - mean|^2 / (2 variance)
//
// Beside it the same network trained for as many iterations, in the same way, as a classifier only. What is printed:
// accuracy and calibration, and how well scores tell test images from what are none (AUROC). The pictures: what chains
// of E(x | y) make of images of any class, and of noise, a row for each class y; reliability diagrams; the accuracy
// under attack by projected gradient descent.
//
//   jem_fashion          about a minute: 1000 iterations
//   jem_fashion --full   five to ten minutes of one core: 6000 iterations on all 60 000 images
#include <ebm/datasets/digits.hpp>
#include <ebm/datasets/fashion_mnist.hpp>
#include <ebm/io/image_grid.hpp>
#include <ebm/io/plot.hpp>
#include <ebm/networks.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

constexpr ebm::Index kSide = 28, kPixels = kSide * kSide, kClasses = 10;

using Images = ebm::Points<float>;

// Pixels from -1 to 1.
Images scaled(const ebm::LabelledImages& images, double white = 255) {
  return (images.scaled<float>(white / 2).array() - 1.0f).matrix();
}

Images rotated(const Images& images) {
  Images result(images.rows(), images.cols());
  for (ebm::Index y = 0; y < kSide; ++y) {
    for (ebm::Index x = 0; x < kSide; ++x) result.col(y * kSide + x) = images.col(x * kSide + kSide - 1 - y);
  }
  return result;
}

Images uniform_noise(ebm::Index count, ebm::Rng& rng) {
  Images result(count, kPixels);
  const ebm::Stream stream = rng.stream();
  for (ebm::Index i = 0; i < result.size(); ++i)
    result.data()[i] = static_cast<float>(2 * stream.uniform(0, static_cast<std::uint64_t>(i)) - 1);
  return result;
}

// 8 x 8 to 28 x 28 pixels, linear between the centres of the small ones.
Images upscaled(const Images& digits) {
  constexpr ebm::Index small = 8;
  Images result(digits.rows(), kPixels);
  const auto place = [](ebm::Index at) {
    return std::clamp((static_cast<float>(at) + 0.5f) * small / kSide - 0.5f, 0.0f, small - 1.001f);
  };
  for (ebm::Index y = 0; y < kSide; ++y) {
    for (ebm::Index x = 0; x < kSide; ++x) {
      const auto row = static_cast<ebm::Index>(place(y)), column = static_cast<ebm::Index>(place(x));
      const float down = place(y) - static_cast<float>(row), right = place(x) - static_cast<float>(column);
      const auto pixel = [&](ebm::Index r, ebm::Index c) { return digits.col((row + r) * small + column + c); };
      result.col(y * kSide + x) = (1 - down) * ((1 - right) * pixel(0, 0) + right * pixel(0, 1)) +
                                  down * ((1 - right) * pixel(1, 0) + right * pixel(1, 1));
    }
  }
  return result;
}

// What a model has not seen: test images, and images that are no clothes. All are centred on the training images' mean.
struct TestImages {
  struct Others {
    const char* name;
    Images images;
  };
  Images images;
  ebm::Values<int> labels;
  std::vector<Others> others;

  template <class Energy>
  ebm::Calibration report(const char* name, const Energy& energy, const ebm::FitResult& result) const {
    auto calibration = ebm::calibration_error(energy.probabilities(images), labels);
    std::printf("\n%s: %s, %ld iterations in %.0f s, temperature %g\n", name, to_text(result.status),
                static_cast<long>(result.iterations), result.seconds, result.temperature);
    std::printf("  accuracy %.4f   expected calibration error %.4f   mean confidence %.4f\n", calibration.accuracy,
                calibration.error, calibration.mean_confidence);
    compare("AUROC by log p(x)",
            [&](const Images& x) { return ebm::log_density_scores(energy, x, result.temperature); });
    compare("         max p(y | x)", [&](const Images& x) { return ebm::confidence_scores(energy, x); });
    compare("         approximate mass",
            [&](const Images& x) { return ebm::typicality_scores(energy, x, result.temperature); });
    return calibration;
  }

  // How well scores tell the test images from the others.
  template <class Scores>
  void compare(const char* name, Scores scores) const {
    std::printf("  %-26s", name);
    const auto tests = scores(images);
    for (const Others& each : others) std::printf("   %s %.4f", each.name, ebm::auroc(tests, scores(each.images)));
    std::printf("\n");
    std::fflush(stdout);
  }
};

// Where chains end that begin at start(y) and sample exp(-E(x | y) / T), a row for each class y. With E(x | y) = -f_y
// this is p(x) p(y | x)^(1/T): images that are like others and surely of the class. Chains may cool down to T.
struct ClassSamples {
  double temperature;
  ebm::Index steps;
  Eigen::RowVectorXf mean;

  template <class Energy, class Start>
  ebm::ImageGrid grid(const char* title, const Energy& energy, std::vector<double> temperatures, ebm::Rng& rng,
                      Start start) const {
    constexpr ebm::Index columns = 8;
    ebm::Points<double> shown(kClasses * columns, kPixels);
    for (int label = 0; label < kClasses; ++label) {
      ebm::Points<float, kPixels> images = start(label, columns);
      for (const double times : temperatures) {
        const ebm::Mala kernel{.temperature = times * temperature};
        images = ebm::sample(
                     energy.given(label), kernel,
                     {.chains = columns, .steps = 1, .warmup = times > 1 ? steps / 10 : steps, .initial = images}, rng)
                     .points;
      }
      shown.middleRows(label * columns, columns) = (images.rowwise() + mean).template cast<double>();
    }
    auto grid = ebm::image_grid(title, shown, kSide, kSide, kClasses * columns, columns);
    grid.lower = -1, grid.upper = 1;
    return grid;
  }
};

}  // namespace

int main(int argc, char** argv) {
  bool small = false, full = false, published = false;
  std::string output = ".", data;
  std::optional<ebm::Index> iterations;
  std::uint64_t seed = 42;
  CLI::App app{"A joint classifier of Fashion-MNIST"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_flag("--full", full, "6000 iterations on all images: five to ten minutes");
  app.add_flag("--published", published, "JEM's published sampler and learning rate instead of the calibrated ones");
  app.add_option("--iterations", iterations, "of 64 images; left out, 1000, or 6000 with --full");
  app.add_option("--seed", seed, "another training");
  app.add_option("--data", data, "where the packages of the data are unpacked; left out, they are installed")
      ->envname("EBM_DATA");
  app.add_option("--output", output, "where pictures go");
  CLI11_PARSE(app, argc, argv);

  const auto directory = ebm::find_fashion_mnist(data);
  if (!directory) {
    std::printf("Fashion-MNIST is not there: install dataset-fashion-mnist\n");
    return 0;
  }
  const auto sets = ebm::read_fashion_mnist(*directory);
  const auto train = sets.train.rows(0, small ? 1000 : full ? 60000 : 30000);
  const auto test = sets.test.rows(0, small ? 200 : full ? 10000 : 5000);

  ebm::Rng rng{seed};
  Images images = scaled(train);
  const Eigen::RowVectorXf mean = images.colwise().mean();
  images.rowwise() -= mean;
  TestImages tests{scaled(test), test.labels, {}};
  tests.others = {
      {"noise", uniform_noise(test.count(), rng)}, {"inverted", -tests.images}, {"rotated", rotated(tests.images)}};
  if (const auto digits = ebm::find_digits(data))
    tests.others.push_back({"digits", upscaled(scaled(ebm::read_digits(*digits), 16))});
  tests.images.rowwise() -= mean;
  for (auto& each : tests.others) each.images.rowwise() -= mean;

  const auto network =
      ebm::network<float>(rng, ebm::Image<kSide, kSide>{}, ebm::Conv<32, 5, 2>{}, ebm::Silu{}, ebm::Conv<64, 3, 2>{},
                          ebm::Silu{}, ebm::Dense<128>{}, ebm::Silu{}, ebm::Dense<kClasses>{});
  const ebm::FitOptions options{.iterations = iterations.value_or(small  ? 4
                                                                  : full ? 6000
                                                                         : 1000),
                                .batch_size = 64,
                                .averaging = 0.995,
                                .progress = true};
  const ebm::Adam adam{.learning_rate = published ? 1e-4 : 2e-3};

  std::vector<ebm::ReliabilityPanel> reliability;
  std::vector<ebm::NamedRobustness> robustness;
  const auto judge = [&](const char* name, const auto& energy, const ebm::FitResult& result) {
    reliability.push_back({name, tests.report(name, energy, result)});
    // Of pixels from -1 to 1, which the attack may push beyond that.
    const ebm::Index count = small ? 32 : 256;
    const auto curve = ebm::robustness_curve(energy, tests.images.topRows(count), tests.labels.head(count),
                                             {0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3}, {.lower = -2.5, .upper = 2.5}, rng);
    std::printf("  accuracy under attack of radius .05, .1, .2   %.3f %.3f %.3f\n", curve.accuracy[2],
                curve.accuracy[3], curve.accuracy[5]);
    robustness.push_back({name, curve});
  };

  tests.compare("AUROC by |x - mean| alone",
                [](const Images& x) { return ebm::Values<double>(-x.rowwise().norm().cast<double>()); });

  ebm::Trainer plain{ebm::ClassifierEnergy{network}, ebm::CrossEntropy{}, adam};
  const auto plain_result = plain.fit(images, train.labels, options, rng);
  judge("classifier only", plain.energy(), plain_result);

  const auto joint = [&](const char* name, auto energy, const auto& objective, double spread) {
    ebm::Trainer trainer{std::move(energy), objective, adam};
    const auto result = trainer.fit(images, train.labels, options, rng);
    judge(name, trainer.energy(), result);
    const ClassSamples samples{objective.temperature(), small ? 10 : 500, mean};
    const auto any_class = [&](int label, ebm::Index count) { return images.middleRows(label * count, count); };
    const auto noise = [&](int, ebm::Index count) {
      Images normals(count, kPixels);
      const ebm::Stream stream = rng.stream();
      for (ebm::Index i = 0; i < normals.size(); ++i)
        normals.data()[i] = static_cast<float>(spread * stream.normal(0, static_cast<std::uint64_t>(i)));
      return normals;
    };
    ebm::write_png(ebm::image_grid_picture(
                       {samples.grid("training images of any class", trainer.energy(), {}, rng, any_class),
                        samples.grid("each row's chains of E(x | y) from there", trainer.energy(), {1}, rng, any_class),
                        samples.grid("from noise, cooled down", trainer.energy(),
                                     {30, 20, 14, 10, 7, 5, 3.5, 2.5, 1.8, 1.4, 1}, rng, noise)}),
                   output + "/jem_fashion.png");
  };
  if (published) {
    // Logits of nearly zero: a step of 1 is too long for those that a network usually starts with.
    const std::remove_const_t<decltype(network)> quiet(rng, 0.1);
    joint("joint, as published", ebm::ClassifierEnergy{quiet}, ebm::JointObjective<>::jem(), 0.5);
  } else {
    const auto objective = ebm::JointObjective<>::calibrated();
    const double noise = objective.options().data_noise;
    const double variance = static_cast<double>(images.array().square().mean()) + noise * noise;
    joint("joint, calibrated", ebm::Anchored{ebm::ClassifierEnergy{network}, variance / objective.temperature()},
          objective, std::sqrt(variance));
  }
  ebm::plot_reliability(reliability, output + "/jem_fashion_reliability.png");
  ebm::plot_robustness(robustness, output + "/jem_fashion_robustness.png");
}
