// The inverse Ising problem: which spins are coupled, and how strongly, from independent draws.
#include <ebm/energies/ising.hpp>
#include <ebm/objectives/pseudo_likelihood.hpp>
#include <ebm/samplers/gibbs.hpp>
#include <ebm/samplers/sample.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"

#include <Eigen/Cholesky>

namespace {

using namespace ebm;
using States = Points<float, Dynamic>;

States draw(const Ising<float>& model, Index count, Rng& rng) {
  return sample(model, Gibbs{}, {.chains = count, .steps = 1, .warmup = 600}, rng).points;
}

Ising<float> fitted(const Graph& graph, const States& points, Index iterations, Rng& rng) {
  Trainer trainer{Ising<float>{graph}, PseudoLikelihood{}, Adam{.learning_rate = 0.02}};
  trainer.fit(points, {.iterations = iterations, .batch_size = 256, .averaging = 0.99}, rng);
  return trainer.energy();
}

// The edges whose couplings exceed a threshold.
Graph pruned(const Ising<float>& model, double threshold) {
  std::vector<Edge> edges;
  for (Index e = 0; e < model.graph().edges(); ++e) {
    if (std::abs(model.coupling(e)) > threshold) edges.push_back(model.graph().edge(e));
  }
  return {model.dimension(), edges};
}

// Root mean square of the standard errors that no unbiased estimator of the couplings can beat: the inverse of the
// Fisher information, which is the covariance of the products s_i s_j over the edges.
double cramer_rao_bound(const Graph& graph, const States& points, double draws) {
  Eigen::MatrixXd products(points.rows(), graph.edges());
  for (Index e = 0; e < graph.edges(); ++e) {
    const auto [a, b] = graph.edge(e);
    products.col(e) = points.col(a).cwiseProduct(points.col(b)).cast<double>();
  }
  products.rowwise() -= products.colwise().mean().eval();
  const Eigen::MatrixXd information = products.transpose() * products / static_cast<double>(points.rows());
  const Eigen::MatrixXd inverse = information.llt().solve(Eigen::MatrixXd::Identity(graph.edges(), graph.edges()));
  return std::sqrt(inverse.trace() / static_cast<double>(graph.edges()) / draws);
}

}  // namespace

TEST_CASE("the couplings of a 10 x 10 Ising torus at beta 0.4 from 2000 draws, each edge found and none invented") {
  const Graph lattice = torus(10, 10);
  const Ising<float> truth{lattice, 0.4};
  Rng rng(1);
  const double bound = cramer_rao_bound(lattice, draw(truth, 20000, rng), 2000);
  CHECK(bound == Approx(0.030).margin(0.001));
  double squares = 0;
  for (int set = 0; set < 2; ++set) {
    const States points = draw(truth, 2000, rng);
    // All 4950 pairs; then those that stand out; then those that are edges beyond doubt.
    Graph graph = pruned(fitted(complete(100), points, 200, rng), 0.12);
    graph = pruned(fitted(graph, points, 600, rng), 0.2);
    const Ising<float> model = fitted(graph, points, 600, rng);
    std::vector<Edge> found, wanted;
    for (Index e = 0; e < graph.edges(); ++e) found.push_back(graph.edge(e));
    for (Index e = 0; e < lattice.edges(); ++e) {
      const auto [a, b] = lattice.edge(e);
      wanted.push_back({std::min(a, b), std::max(a, b)});
    }
    const auto before = [](Edge p, Edge q) { return p.a != q.a ? p.a < q.a : p.b < q.b; };
    std::sort(wanted.begin(), wanted.end(), before);
    CHECK(found == wanted);
    for (Index e = 0; e < graph.edges(); ++e) squares += (model.coupling(e) - 0.4) * (model.coupling(e) - 0.4);
  }
  // 400 errors: their root mean square is uncertain by four in a hundred.
  CHECK(std::sqrt(squares / 400) < 1.15 * bound);
}
