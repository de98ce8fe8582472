#include <ebm/samplers/swendsen_wang.hpp>

#include <ebm/energies/boltzmann_machine.hpp>

#include "samplers/cluster_transitions.hpp"

using namespace cluster_transitions;

static_assert(ClusterEnergy<Ising<float>> && ClusterEnergy<Potts<double>> && !ClusterEnergy<BoltzmannMachine<float>>);
static_assert(Kernel<SwendsenWang, Ising<float>> && !Kernel<SwendsenWang, small_discrete::SmallRbm<float>>);

namespace {

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

}  // namespace

TEST_CASE("Swendsen and Wang's steps have the transition matrix that they should have, with fields and without") {
  const Models models;
  for (const double temperature : {1.0, 0.7}) {
    const SwendsenWang kernel{.temperature = temperature};
    // Wrong: bonds of another temperature; fields that are forgotten.
    check(models.spins, kernel, swendsen_wang_matrix(models.spins, temperature),
          swendsen_wang_matrix(models.spins, 1.5 * temperature));
    check(models.in_fields, kernel, swendsen_wang_matrix(models.in_fields, temperature),
          swendsen_wang_matrix(models.spins, temperature));
    check(models.potts, kernel, swendsen_wang_matrix(models.potts, temperature),
          swendsen_wang_matrix(models.potts, 1.3 * temperature));
  }
}

TEST_CASE("Swendsen and Wang's clusters reach both phases of a cold lattice") {
  CHECK(std::abs(share_up(SwendsenWang{}) - 0.5) < 0.11);
  CHECK(share_up(Gibbs{}) == 1.0);  // single sites never leave
}

TEST_CASE("Swendsen and Wang's clusters need couplings that prefer equal states") {
  Rng rng(4);
  CHECK_THROWS_WITH(sample(frustrated(), SwendsenWang{}, {}, rng),
                    Catch::Matchers::ContainsSubstring("couplings: -0.5, wanted none below 0"));
}
