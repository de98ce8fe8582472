// A restricted Boltzmann machine of 784 pixels and 500 hidden units learns Fashion-MNIST, black and white.
//
// Its log Z is out of reach of any sum. Annealed importance sampling runs in both directions, and says what is known:
// two bounds, and whether to trust them.
#include <ebm/datasets/fashion_mnist.hpp>
#include <ebm/discrete.hpp>
#include <ebm/io/image_grid.hpp>
#include <ebm/io/png.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".", data;
  CLI::App app{"Learn Fashion-MNIST with a restricted Boltzmann machine"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "where the picture goes");
  app.add_option("--data", data, "where Debian's dataset-fashion-mnist is unpacked, if it is not installed")
      ->envname("EBM_DATA");
  CLI11_PARSE(app, argc, argv);

  ebm::Rng rng{1};
  const auto directory = ebm::find_fashion_mnist(data);
  if (!directory)
    std::cout << "No Fashion-MNIST here (Debian's package dataset-fashion-mnist): bars and stripes instead.\n";
  // Bars and stripes of seven lines, four pixels wide each.
  const auto sets =
      directory ? ebm::read_fashion_mnist(*directory) : ebm::split(ebm::bars_and_stripes(7, 4).shuffled(rng), 200);
  const auto train = sets.train.binarised(127), test = sets.test.binarised(127);

  ebm::Trainer trainer{ebm::BernoulliRbm<float>{784, small ? 64 : 500, rng}, ebm::ContrastiveDivergence{},
                       ebm::Sgd{.learning_rate = 0.05}};
  const auto result = trainer.fit(train, {.iterations = small ? 200 : 4000, .batch_size = 100, .progress = true}, rng);
  const auto& rbm = trainer.energy();
  std::cout << "training: " << to_text(result.status) << " after " << result.seconds << " s\n";

  const auto some = [](const ebm::Points<float>& images) {
    return images.topRows(std::min<ebm::Index>(500, images.rows()));
  };
  std::cout << "mean log pseudo-likelihood, nats: train " << ebm::pseudo_log_likelihood(rbm, some(train)) << ", test "
            << ebm::pseudo_log_likelihood(rbm, some(test)) << '\n';
  const auto log_z = ebm::annealed_importance_sampling(rbm, {.temperatures = small ? 200 : 3000, .chains = 64}, rng);
  const double energy = ebm::energies(rbm, test).cast<double>().mean();
  std::cout << log_z << "\nmean -log p of test images, nats: " << energy + log_z.value << ", between "
            << energy + log_z.lower << " and " << energy + log_z.upper << '\n';

  // Chains that start at data and go on for a while.
  const ebm::Points<float> start = test.topRows(64);
  const auto draws =
      ebm::sample(rbm, ebm::Gibbs{}, {.chains = 64, .steps = 1, .warmup = small ? 100 : 1000, .initial = start}, rng);
  ebm::Points<double> filters(64, rbm.visible());
  for (ebm::Index j = 0; j < filters.rows(); ++j) {
    for (ebm::Index i = 0; i < rbm.visible(); ++i) filters(j, i) = rbm.weight(i, j);
  }
  ebm::write_png(ebm::image_grid_picture({ebm::image_grid("data", start, 28, 28),
                                          ebm::image_grid("samples, chains from these data", draws.points, 28, 28),
                                          ebm::filter_grid("weights of hidden units", filters, 28, 28)}),
                 output + "/rbm_fashion.png");
}
