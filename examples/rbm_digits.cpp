// A restricted Boltzmann machine of 16 hidden units learns handwritten digits, 8 x 8 pixels that are black or white.
//
//   p(v) = sum_h exp(b'v + c'h + v'W h) / Z
//
// With so few hidden units log Z is a sum over 65 536 states, so the likelihood of digits that the machine has not seen
// is exact: no estimate, no bound.
//
// Test likelihoods of machines that fit the training set equally well differ by half a nat from seed to seed.
#include <ebm/datasets/digits.hpp>
#include <ebm/discrete.hpp>
#include <ebm/io/image_grid.hpp>
#include <ebm/io/png.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

namespace {

// Mean -log p of images by a model of independent pixels, in nats: what structure is worth is what is gained upon it.
double independent_nll(const ebm::Points<float>& train, const ebm::Points<float>& test) {
  double nll = 0;
  for (ebm::Index i = 0; i < train.cols(); ++i) {
    const double p = (train.col(i).cast<double>().sum() + 0.5) / (static_cast<double>(train.rows()) + 1);
    const double on = test.col(i).cast<double>().mean();
    nll -= on * std::log(p) + (1 - on) * std::log(1 - p);
  }
  return nll;
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".", data;
  std::uint64_t seed = 1;
  CLI::App app{"Learn the 8x8 digits with a restricted Boltzmann machine"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "where the picture goes");
  app.add_option("--data", data, "where Debian's python3-sklearn is unpacked, if it is not installed")
      ->envname("EBM_DATA");
  app.add_option("--seed", seed, "of machine and training");
  CLI11_PARSE(app, argc, argv);

  ebm::Rng rng{seed};
  const auto path = ebm::find_digits(data);
  if (!path) std::cout << "No digits here (Debian's package python3-sklearn has them): bars and stripes instead.\n";
  const auto sets =
      path ? ebm::split(ebm::read_digits(*path), 1500) : ebm::split(ebm::bars_and_stripes(8).shuffled(rng), 400);
  const auto train = sets.train.binarised(7), test = sets.test.binarised(7);

  ebm::Trainer trainer{ebm::BernoulliRbm<float>{64, 16, rng}, ebm::ContrastiveDivergence{},
                       ebm::Adam{.learning_rate = 1e-2}};
  const auto result = trainer.fit(train, {.iterations = small ? 1000 : 12000}, rng);
  const auto& rbm = trainer.energy();

  const ebm::PartitionEstimate log_z = ebm::log_partition(rbm);
  const auto nll = [&](const ebm::Points<float>& images) {
    return ebm::energies(rbm, images).cast<double>().mean() + log_z.value;
  };
  std::cout << "training: " << to_text(result.status) << " after " << result.seconds << " s\n"
            << log_z << '\n'
            << "mean -log p, nats     train " << nll(train) << "   test " << nll(test) << '\n'
            << "independent pixels                      test " << independent_nll(train, test) << '\n';

  const auto draws = ebm::sample(rbm, ebm::Gibbs{}, {.chains = 64, .steps = 1, .warmup = 2000}, rng);
  ebm::Points<double> filters(rbm.hidden(), rbm.visible());
  for (ebm::Index j = 0; j < rbm.hidden(); ++j) {
    for (ebm::Index i = 0; i < rbm.visible(); ++i) filters(j, i) = rbm.weight(i, j);
  }
  ebm::write_png(ebm::image_grid_picture({ebm::image_grid("data", train, 8, 8),
                                          ebm::image_grid("samples of the machine", draws.points, 8, 8),
                                          ebm::filter_grid("weights of hidden units", filters, 8, 8, 16, 4)}),
                 output + "/rbm_digits.png");
}
