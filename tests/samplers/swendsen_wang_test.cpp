#include <ebm/samplers/swendsen_wang.hpp>
#include <ebm/samplers/wolff.hpp>

#include <ebm/energies/boltzmann_machine.hpp>
#include <ebm/energies/ising.hpp>
#include <ebm/energies/potts.hpp>
#include <ebm/samplers/sample.hpp>

#include "energies/discrete_checks.hpp"

using namespace ebm;
using discrete_checks::numbers;
using exact_transitions::Matrix;

static_assert(ClusterEnergy<Ising<float>> && ClusterEnergy<Potts<double>> && !ClusterEnergy<BoltzmannMachine<float>>);
static_assert(Kernel<SwendsenWang, Ising<float>> && Kernel<Wolff, Potts<float>>);
static_assert(!Kernel<Wolff, small_discrete::SmallRbm<float>>);

namespace {

// Calls f(cluster of each node, probability) for every set of bonds that a state may give; clusters are named after
// their first node.
template <class E, class F>
void for_each_bonds(const E& energy, const Eigen::RowVectorXd& state, double temperature, F f) {
  const Graph& graph = energy.graph();
  for (Index bonds = 0; bonds < Index{1} << graph.edges(); ++bonds) {
    double probability = 1;
    std::vector<Index> cluster;
    for (Index i = 0; i < graph.nodes(); ++i) cluster.push_back(i);
    for (Index e = 0; e < graph.edges(); ++e) {
      const auto [a, b] = graph.edge(e);
      const double bond = state(a) == state(b) ? detail::bond_probability(energy.agreement(e), 1 / temperature) : 0.0;
      probability *= (bonds >> e) % 2 == 1 ? bond : 1 - bond;
      if ((bonds >> e) % 2 == 0) continue;
      const Index p = cluster[static_cast<std::size_t>(a)], q = cluster[static_cast<std::size_t>(b)];
      for (Index& name : cluster) name = name == std::max(p, q) ? std::min(p, q) : name;
    }
    if (probability > 0) f(cluster, probability);
  }
}

template <class E>
Matrix swendsen_wang_matrix(const E& energy, double temperature) {
  const auto all = small_discrete::all_states<double>(energy.dimension(), energy.states());
  const Index n = all.cols(), q = energy.states().count;
  Matrix result = Matrix::Zero(all.rows(), all.rows());
  for (Index row = 0; row < all.rows(); ++row) {
    for_each_bonds(energy, all.row(row), temperature, [&](const std::vector<Index>& cluster, double probability) {
      Matrix law = Matrix::Zero(n, q);  // of each cluster's new state
      for (Index i = 0; i < n; ++i) {
        for (Index k = 0; k < q; ++k) law(cluster[static_cast<std::size_t>(i)], k) += energy.node_energy(i, k);
      }
      law = (-law / temperature).array().exp();
      for (Index i = 0; i < n; ++i) law.row(i) /= law.row(i).sum();
      for (Index to = 0; to < all.rows(); ++to) {
        double p = probability;
        for (Index i = 0; i < n; ++i) {
          const Index first = cluster[static_cast<std::size_t>(i)];
          if (all(to, i) != all(to, first)) p = 0;
          if (first == i) p *= law(i, detail::state_number(all(to, i), energy.states()));
        }
        result(row, to) += p;
      }
    });
  }
  return result;
}

template <class E>
Matrix wolff_matrix(const E& energy, double temperature) {
  const auto all = small_discrete::all_states<double>(energy.dimension(), energy.states());
  const Index n = all.cols(), q = energy.states().count;
  Matrix result = Matrix::Zero(all.rows(), all.rows());
  for (Index row = 0; row < all.rows(); ++row) {
    for_each_bonds(energy, all.row(row), temperature, [&](const std::vector<Index>& cluster, double probability) {
      for (Index site = 0; site < n; ++site) {
        for (Index k = 0; k < q; ++k) {
          const Index old = detail::state_number(all(row, site), energy.states());
          if (k == old) continue;
          auto to = all.row(row).eval();
          double change = 0;
          for (Index i = 0; i < n; ++i) {
            if (cluster[static_cast<std::size_t>(i)] != cluster[static_cast<std::size_t>(site)]) continue;
            to(i) = energy.states().value(k);
            change += energy.node_energy(i, k) - energy.node_energy(i, old);
          }
          const double accepted = std::min(1.0, std::exp(-change / temperature));
          const double share = probability / static_cast<double>(n * (q - 1));
          result(row, small_discrete::row_of(to, energy.states())) += share * accepted;
          result(row, row) += share * (1 - accepted);
        }
      }
    });
  }
  return result;
}

template <class E, class K>
void check(const E& energy, const K& kernel, const Matrix& step, const Matrix& wrong) {
  const auto all = small_discrete::all_states<typename E::Scalar>(energy.dimension(), energy.states());
  const Values<double> p =
      small_discrete::probabilities(Values<double>(energies(energy, all).template cast<double>() / kernel.temperature));
  CHECK(exact_transitions::row_error(step) < 1e-12);
  CHECK(exact_transitions::invariance_error(p, step) < 1e-12);
  CHECK(exact_transitions::balance_error(p, step) < 1e-12);
  CHECK(exact_transitions::invariance_error(p, wrong) > 1e-5);
  const Index chains = 8000;
  const Matrix found = exact_transitions::frequencies(energy, kernel, 0, chains, 3);
  CHECK(exact_transitions::largest_deviation(found, step, chains) < exact_transitions::deviation_bound(step));
  CHECK(exact_transitions::largest_deviation(found, wrong, chains) > exact_transitions::deviation_bound(wrong));
}

}  // namespace

TEST_CASE("Swendsen and Wang's steps have the transition matrix that they should have, with fields and without") {
  const auto couplings = numbers(5, 1, 0.5, 1).cwiseAbs().eval();
  const Ising<double> spins(ring(5), couplings, Values<double>::Zero(5));
  const Ising<double> in_fields(ring(5), couplings, numbers(5, 1, 0.4, 2));
  const Potts<double> potts(complete(3), 3, couplings.topRows(3), numbers(3, 3, 0.6, 4));
  for (const double temperature : {1.0, 0.7}) {
    const SwendsenWang kernel{.temperature = temperature};
    // Wrong: bonds of another temperature; fields that are forgotten.
    check(spins, kernel, swendsen_wang_matrix(spins, temperature), swendsen_wang_matrix(spins, 1.5 * temperature));
    check(in_fields, kernel, swendsen_wang_matrix(in_fields, temperature), swendsen_wang_matrix(spins, temperature));
    check(potts, kernel, swendsen_wang_matrix(potts, temperature), swendsen_wang_matrix(potts, 1.3 * temperature));
  }
}

TEST_CASE("Wolff's steps have the transition matrix that they should have, with fields and without") {
  const auto couplings = numbers(5, 1, 0.5, 1).cwiseAbs().eval();
  const Ising<double> spins(ring(5), couplings, Values<double>::Zero(5));
  const Ising<double> in_fields(ring(5), couplings, numbers(5, 1, 0.4, 2));
  const Potts<double> potts(complete(3), 3, couplings.topRows(3), numbers(3, 3, 0.6, 4));
  for (const double temperature : {1.0, 0.7}) {
    const Wolff kernel{.temperature = temperature};
    check(spins, kernel, wolff_matrix(spins, temperature), wolff_matrix(spins, 1.5 * temperature));
    check(in_fields, kernel, wolff_matrix(in_fields, temperature), wolff_matrix(spins, temperature));
    check(potts, kernel, wolff_matrix(potts, temperature), wolff_matrix(potts, 1.3 * temperature));
  }
}

TEST_CASE("Cluster kernels reach both phases of a cold lattice that single sites never leave") {
  const Ising<float> cold(torus(16, 16), 0.6);
  Rng rng(4);
  const Points<float> up = Points<float>::Ones(1, 256);
  const auto share_up = [&](const auto& kernel) {
    const auto draws = sample(cold, kernel, {.chains = 512, .steps = 61, .warmup = 0, .thin = 61, .initial = up}, rng);
    Index positive = 0;
    for (Index row = 0; row < draws.points.rows(); ++row) positive += draws.points.row(row).sum() > 0;
    return static_cast<double>(positive) / static_cast<double>(draws.points.rows());
  };
  // Five sigma of 512 fair coins: 0.11. (Wolff's cluster is most of the lattice nearly always: few steps would tell.)
  CHECK(std::abs(share_up(SwendsenWang{}) - 0.5) < 0.11);
  CHECK(std::abs(share_up(Wolff{}) - 0.5) < 0.11);
  CHECK(share_up(Gibbs{}) == 1.0);
}

TEST_CASE("Couplings that prefer different states are refused") {
  const Ising<float> frustrated(ring(4), (Values<double>(4) << 1, 1, -0.25, 1).finished(), Values<double>::Zero(4));
  Rng rng(4);
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_WITH(sample(frustrated, SwendsenWang{}, {}, rng),
                    ContainsSubstring("couplings: -0.5, wanted none below 0"));
  CHECK_THROWS_WITH(sample(frustrated, Wolff{}, {}, rng), ContainsSubstring("use Gibbs or Metropolis"));
}
