// How far can a log Z be trusted? Every estimator of the library on models whose truth is known, one of which no chain
// mixes on; and what a variational bound loses, the ELBO by which autoencoders are trained.
//
//   forward annealing <= log Z <= reverse annealing,    mean field <= log Z
//   log p(v) = log Z(v) - log Z >= ELBO(v): the hidden units of v approximated as if they were independent
//
// A forward run that has missed a mode reports a small standard error around a wrong number. Together with a reverse
// run it cannot: the two disagree, and the verdict says so ("!" in the table).
#include <ebm/ebm.hpp>
#include <ebm/energies/ising.hpp>
#include <ebm/energies/rbm.hpp>
#include <ebm/partition/annealed_importance_sampling.hpp>
#include <ebm/partition/bethe.hpp>
#include <ebm/partition/bridge_sampling.hpp>
#include <ebm/partition/mean_field.hpp>
#include <ebm/partition/sequential_monte_carlo.hpp>
#include <ebm/partition/square_lattice.hpp>
#include <ebm/partition/tap.hpp>
#include <ebm/partition/thermodynamic_integration.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

using ebm::Index;

// Weights of a standard deviation, biases of a third of it.
ebm::BernoulliRbm<float> random_rbm(Index visible, Index hidden, double sd) {
  const ebm::Stream stream(1);
  Eigen::MatrixXd w(visible, hidden);
  Eigen::VectorXd b(visible), c(hidden);
  std::uint64_t n = 0;
  for (Index k = 0; k < w.size(); ++k) w.data()[k] = sd * stream.normal(0, n++);
  for (Index i = 0; i < visible; ++i) b[i] = sd / 3 * stream.normal(0, n++);
  for (Index j = 0; j < hidden; ++j) c[j] = sd / 3 * stream.normal(0, n++);
  return ebm::BernoulliRbm<float>(w, b, c);
}

// Every hidden unit remembers a pattern: a deep mode with a narrow way in.
ebm::BernoulliRbm<float> remembering_rbm(Index visible, Index hidden) {
  const ebm::Stream stream(1);
  Eigen::MatrixXd w(visible, hidden);
  Eigen::VectorXd c(hidden);
  for (Index j = 0; j < hidden; ++j) {
    c[j] = -1.2 * static_cast<double>(visible);
    for (Index i = 0; i < visible; ++i) {
      w(i, j) = stream.uniform(static_cast<std::uint32_t>(j), static_cast<std::uint64_t>(i)) < 0.5 ? 4 : -4;
      c[j] -= 0.5 * w(i, j);
    }
  }
  return ebm::BernoulliRbm<float>(w, Eigen::VectorXd::Zero(visible), c);
}

std::string cell(double value, bool reliable) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f%s", value, reliable ? " " : "!");
  return text;
}
std::string cell(const ebm::PartitionEstimate& estimate) { return cell(estimate.value, estimate.reliable()); }

template <class E>
void print_row(const char* name, const E& energy, double truth, bool small) {
  ebm::Rng rng{1};
  const Index effort = small ? 1 : 10;
  const auto annealed = ebm::annealed_importance_sampling(energy, {.temperatures = 100 * effort}, rng);
  const auto integrated = ebm::thermodynamic_integration(energy, {.temperatures = 20 * effort}, rng);
  const auto bridged = ebm::bridge_sampling(energy, {.temperatures = 10 * effort}, rng);
  const auto populations = ebm::sequential_monte_carlo(energy, {.chains = 128 * effort}, rng);
  const bool agree = annealed.reliable();
  std::printf("%-22s %9.2f  %9s %9s  %9.2f %9.2f%s %9s %9s %9s  %9s %9s %9s\n", name, truth,
              cell(annealed.forward, agree).c_str(), cell(annealed.reverse, agree).c_str(), annealed.lower,
              annealed.upper, annealed.upper_confidence > 0 ? " " : "?", cell(integrated).c_str(),
              cell(bridged).c_str(), cell(populations).c_str(), cell(ebm::mean_field(energy, {}, rng)).c_str(),
              cell(ebm::tap(energy, {}, rng)).c_str(), cell(ebm::bethe(energy)).c_str());
  std::fflush(stdout);
}

// Six visible spins above twelve hidden ones, which are coupled among themselves: their posterior does not factorise.
ebm::SpinPairs deep_model(double coupling) {
  constexpr Index visible = 6, spins = 18;
  const ebm::Stream stream(2);
  std::vector<double> fields;
  std::vector<ebm::SpinPairs::Pair> pairs;
  std::uint64_t n = 0;
  for (Index i = 0; i < spins; ++i) fields.push_back(0.2 * stream.normal(0, n++));
  for (Index a = 0; a < spins; ++a) {
    for (Index b = std::max(a + 1, visible); b < spins; ++b) pairs.push_back({a, b, coupling * stream.normal(0, n++)});
  }
  return ebm::SpinPairs(fields, pairs);
}

// Means over the model's own visible states.
void print_elbo(double coupling) {
  const ebm::SpinPairs model = deep_model(coupling);
  const double log_z = model.exact_log_partition();
  ebm::Rng rng{3};
  double likelihood = 0, elbo = 0, bethe = 0;
  for (int state = 0; state < 64; ++state) {
    std::vector<double> v;
    for (int i = 0; i < 6; ++i) v.push_back((state >> i) & 1 ? 1.0 : -1.0);
    const ebm::SpinPairs hidden = model.clamped(v);
    const double exact = hidden.exact_log_partition() - log_z, probability = std::exp(exact);
    likelihood += probability * exact;
    elbo += probability * (ebm::mean_field(hidden, {}, rng).lower - log_z);
    bethe += probability * (ebm::bethe(hidden).value - log_z);
  }
  std::printf("%-22.2f %9.3f  %9.3f %9.3f  %9.3f\n", coupling, likelihood, elbo, likelihood - elbo, bethe);
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".";
  CLI::App app{"Every estimator of log Z beside the truth"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "nothing is written");
  CLI11_PARSE(app, argc, argv);

  std::printf("log Z, nats.   ! : not to be trusted, as the estimator itself says   ? : no bound, an estimate\n");
  std::printf("%-22s %9s  %9s %9s  %9s %10s %9s %9s %9s  %9s %9s %9s\n", "model", "exact", "AIS fwd ", "AIS rev ",
              "99%: from", "to ", "TI ", "BAR ", "SMC ", "mean f. ", "TAP ", "Bethe ");
  const auto machine = [&](const char* name, const auto& rbm) {
    print_row(name, rbm, ebm::log_partition(rbm).value, small);
  };
  machine("RBM 20-10, weak", random_rbm(20, 10, 0.3));
  machine("RBM 100-16", random_rbm(100, 16, 1.0));
  machine("RBM 60-12, remembers", remembering_rbm(60, 12));
  for (const double beta : {0.2, 0.6}) {
    char name[32];
    std::snprintf(name, sizeof name, "Ising 6x6, beta %.1f", beta);
    print_row(name, ebm::Ising<float>(ebm::torus(6, 6), beta), ebm::kaufman(6, 6, beta).log_partition, small);
  }
  const Index side = small ? 12 : 24;
  char name[32];
  std::snprintf(name, sizeof name, "Ising %dx%d, beta .44", static_cast<int>(side), static_cast<int>(side));
  print_row(name, ebm::Ising<float>(ebm::torus(side, side), 0.44), ebm::kaufman(side, side, 0.44).log_partition, small);

  std::printf("\nWhat the ELBO loses: log p(v) of six visible spins above twelve coupled hidden ones, nats\n");
  std::printf("%-22s %9s  %9s %9s  %9s\n", "coupling", "exact", "ELBO", "loss", "Bethe");
  for (const double coupling : {0.1, 0.3, 0.6, 1.0}) print_elbo(coupling);

  ebm::Rng rng{4};
  std::printf("\nThe machine that does not mix, as a user meets it:\n%s\n",
              to_text(ebm::annealed_importance_sampling(remembering_rbm(60, 12), {.temperatures = 1000}, rng)).c_str());
}
