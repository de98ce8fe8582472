// Regression whose answer is a density: E(x, y) from a network, p(y | x) = exp(-E(x, y)) / Z(x) by quadrature in y.
//
// On the two sets of Gustafsson et al. 2020 each of their objectives is trained on 2000 points, and the true p(y | x)
// tells how good it is: mean KL to it over x, in nats. Beside them the best that a Gaussian can do whose mean and
// variance depend on x in any way. As in the paper, objectives that look at all of y by proposals come first on the set
// with two modes, and score matching, which sees slopes only, comes last.
#include <ebm/io/plot.hpp>
#include <ebm/networks.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

namespace {

constexpr ebm::TargetInterval kTargets{.lower = -3, .upper = 3};
constexpr ebm::Index kColumns = 256;

double column_centre(ebm::Index column) {
  return 6.0 * (static_cast<double>(column) + 0.5) / static_cast<double>(kColumns) - 3.0;
}

// The true p(y | x).
template <class Set>
ebm::PredictiveDensity truth(double x) {
  ebm::Values<double> log_density(kTargets.cells);
  for (ebm::Index i = 0; i < kTargets.cells; ++i) log_density(i) = Set::log_density_at(x, kTargets.centre(i));
  return {kTargets.lower, kTargets.width(), std::move(log_density)};
}

// The mean over x of KL(truth || model).
template <class Set, class Energy>
double mean_kl(const Energy& energy) {
  double sum = 0;
  for (ebm::Index column = 0; column < kColumns; ++column) {
    const double x = column_centre(column);
    const auto p = truth<Set>(x), q = energy.predictive(Eigen::MatrixXd::Constant(1, 1, x));
    for (ebm::Index i = 0; i < p.cells(); ++i) {
      const double mass = std::exp(p.log_density()(i)) * kTargets.width();
      if (mass > 1e-300) sum += mass * (p.log_density()(i) - q.log_density()(i));
    }
  }
  return sum / static_cast<double>(kColumns);
}

// The mean of -log N(y; mean(x), sd(x)^2) under the truth, with its own mean and standard deviation.
template <class Set>
double best_gaussian() {
  double sum = 0;
  for (ebm::Index column = 0; column < kColumns; ++column)
    sum += 1.4189385332046727 + std::log(truth<Set>(column_centre(column)).sd());
  return sum / static_cast<double>(kColumns);
}

template <class Set, class Predictive>
ebm::GalleryPanel panel(const std::string& title, Predictive predictive) {
  ebm::GridValues grid{{{-3, -3}, {3, 3}}, Eigen::ArrayXXd(kColumns, kColumns)};
  for (ebm::Index column = 0; column < kColumns; ++column) {
    const ebm::PredictiveDensity p = predictive(column_centre(column));
    for (ebm::Index row = 0; row < kColumns; ++row)
      grid.values(column, row) = std::sqrt(std::exp(p.log_density()(row * p.cells() / kColumns)));
  }
  return {title, grid.box, grid, {}};
}

struct Study {
  ebm::Index iterations;
  int seeds, seeds_of_others;
  std::vector<ebm::GalleryPanel> panels = {};

  template <class Set, class Objective>
  void row(const char* name, const Objective& objective, int runs) {
    std::vector<double> kls;
    double seconds = 0;
    for (int seed = 0; seed < runs; ++seed) {
      ebm::Rng rng(static_cast<std::uint64_t>(seed));
      const auto points = Set{}.sample(2000, rng);
      const auto network = ebm::network<float>(rng, ebm::Features<2>{}, ebm::Dense<32>{}, ebm::Silu{}, ebm::Dense<32>{},
                                               ebm::Silu{}, ebm::Dense<32>{}, ebm::Silu{}, ebm::Dense<1>{});
      ebm::Trainer trainer{ebm::RegressionEnergy{network, kTargets}, objective, ebm::Adam{.learning_rate = 5e-3}};
      seconds = std::max(seconds, trainer.fit(points, {.iterations = iterations, .batch_size = 32}, rng).seconds);
      kls.push_back(mean_kl<Set>(trainer.energy()));
      if (seed == 0 && runs == seeds) {
        panels.push_back(panel<Set>("truth", truth<Set>));
        panels.push_back(panel<Set>(
            name, [&](double x) { return trainer.energy().predictive(Eigen::MatrixXd::Constant(1, 1, x)); }));
      }
    }
    std::sort(kls.begin(), kls.end());
    const double kl = kls[kls.size() / 2];
    std::printf("  %-32s %8.4f %10.4f      %d %6.1f\n", name, kl, Set{}.conditional_entropy() + kl, runs, seconds);
    std::fflush(stdout);
  }

  template <class Set>
  void table() {
    const double bound = Set{}.conditional_entropy();
    std::printf("%s\n  %-32s %8s %10s  seeds      s\n", Set::name(), "", "KL", "-log p");
    std::printf("  %-32s %8.4f %10.4f\n", "truth", 0.0, bound);
    std::printf("  %-32s %8.4f %10.4f\n", "best heteroscedastic Gaussian", best_gaussian<Set>() - bound,
                best_gaussian<Set>());
    row<Set>("noise contrastive (NCE)", ebm::ConditionalNoiseContrastive{}, seeds);
    row<Set>("NCE with noise on targets (NCE+)", ebm::ConditionalNoiseContrastive{.noise = 0.1}, seeds_of_others);
    row<Set>("importance sampling (ML-IS)", ebm::ImportanceLikelihood{}, seeds_of_others);
    row<Set>("KL with a target density", ebm::TargetDivergence{}, seeds_of_others);
    row<Set>("Langevin chains (ML-MCMC)", ebm::MarkovChainLikelihood<>{}, seeds_of_others);
    row<Set>("denoising score matching (DSM)", ebm::ConditionalDenoisingScoreMatching{}, seeds_of_others);
    row<Set>("score matching (SM)", ebm::ConditionalScoreMatching{}, seeds_of_others);
    std::printf("\n");
  }
};

}  // namespace

int main(int argc, char** argv) {
  bool small = false, all_seeds = false;
  std::string output = ".";
  ebm::Index iterations = 3000;
  CLI::App app{"Energy-based regression on the two sets of Gustafsson et al. 2020"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_flag("--all-seeds", all_seeds, "five seeds of every objective: half an hour");
  app.add_option("--iterations", iterations, "of each training, with 32 rows");
  app.add_option("--output", output, "where pictures go");
  CLI11_PARSE(app, argc, argv);

  const int seeds = small ? 2 : 5;
  Study study{small ? 60 : iterations, seeds, all_seeds ? seeds : 1};
  study.table<ebm::BimodalRegression>();
  study.table<ebm::HeteroscedasticSine>();
  ebm::plot_gallery(study.panels, output + "/energy_regression.png",
                    {.title = "p(y | x), true and learned from 2000 points"});
}
