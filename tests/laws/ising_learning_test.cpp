// The couplings of a 10 x 10 Ising torus at K = 0.4 from 2000 samples, by pseudo-likelihood and by maximum likelihood,
// against the Cramer-Rao bound; and its edges, none of which is given.
#include <ebm/energies/ising.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/objectives/pseudo_likelihood.hpp>
#include <ebm/samplers/gibbs.hpp>
#include <ebm/samplers/ising_lattice.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"

#include <Eigen/Cholesky>

using namespace ebm;

namespace {

constexpr double kCoupling = 0.4;
constexpr Index kSamples = 2000;

// Independent replicas; at this coupling the lattice forgets its start within some hundred sweeps.
Points<float> lattice_samples(Index count, Rng& rng) {
  IsingLattice lattice({.rows = 10, .columns = 10, .coupling = kCoupling, .replicas = count}, rng);
  lattice.sweep(1500);
  return lattice.points();
}

// sqrt of the mean over the couplings of [I^-1]_kk / samples, where I is the covariance of s_i s_j over the edges.
// Fields do not change it: odd and even functions of the spins do not correlate.
double cramer_rao_bound(const Graph& graph, Rng& rng) {
  const Points<float> spins = lattice_samples(20'000, rng);
  Eigen::MatrixXd products(spins.rows(), graph.edges());
  for (Index e = 0; e < graph.edges(); ++e)
    products.col(e) = spins.col(graph.edge(e).a).cwiseProduct(spins.col(graph.edge(e).b)).cast<double>();
  products.rowwise() -= products.colwise().mean().eval();
  const Eigen::MatrixXd information = products.transpose() * products / static_cast<double>(spins.rows());
  const Eigen::MatrixXd inverse = information.llt().solve(Eigen::MatrixXd::Identity(graph.edges(), graph.edges()));
  return std::sqrt(inverse.trace() / static_cast<double>(graph.edges() * kSamples));
}

template <class E>
double error(const E& model) {
  double sum = 0;
  for (Index e = 0; e < model.graph().edges(); ++e)
    sum += (model.coupling(e) - kCoupling) * (model.coupling(e) - kCoupling);
  return std::sqrt(sum / static_cast<double>(model.graph().edges()));
}

Ising<float> fit_pseudo_likelihood(const Graph& graph, const Points<float>& data, Index iterations, Rng& rng) {
  Trainer trainer{Ising<float>{graph}, PseudoLikelihood{}, Adam{.learning_rate = 0.03}};
  trainer.fit(data, {.iterations = iterations, .batch_size = kSamples, .averaging = 0}, rng);
  return trainer.energy();
}

Graph edges_above(const Ising<float>& model, double threshold) {
  std::vector<Edge> edges;
  for (Index e = 0; e < model.graph().edges(); ++e) {
    if (std::abs(model.coupling(e)) > threshold) edges.push_back(model.graph().edge(e));
  }
  return {model.dimension(), edges};
}

}  // namespace

TEST_CASE("Every edge of a lattice is found, no other, and its coupling as precisely as samples allow") {
  Rng rng(1);
  const Points<float> data = lattice_samples(kSamples, rng);
  const Graph truth = torus(10, 10);
  const double bound = cramer_rao_bound(truth, rng);
  CHECK(bound == Approx(0.0303).margin(0.0006));

  // Among all pairs, errors of many couplings add up; among few candidates 0 and 0.4 are twelve standard errors apart.
  const Graph candidates = edges_above(fit_pseudo_likelihood(complete(100), data, 90, rng), 0.12);
  const Graph found = edges_above(fit_pseudo_likelihood(candidates, data, 200, rng), kCoupling / 2);
  CAPTURE(candidates.edges());
  REQUIRE(found.edges() == truth.edges());
  for (Index e = 0; e < found.edges(); ++e) {
    const auto [a, b] = found.edge(e);
    const auto neighbours = truth.neighbours(a);
    CHECK(std::any_of(neighbours.begin(), neighbours.end(), [b = b](auto other) { return other.node == b; }));
  }

  const Ising<float> pseudo = fit_pseudo_likelihood(found, data, 250, rng);
  CHECK(error(pseudo) < 1.15 * bound);
  Trainer likelihood{pseudo, ContrastiveDivergence{Gibbs{}, Persistent{.chains = 2048, .steps = 5}},
                     Adam{.learning_rate = 0.004}};
  likelihood.fit(data, {.iterations = 300, .batch_size = kSamples, .averaging = 0.98}, rng);
  CHECK(error(likelihood.energy()) < 1.1 * bound);
}
