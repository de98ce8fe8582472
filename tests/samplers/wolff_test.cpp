#include <ebm/samplers/wolff.hpp>

#include "samplers/cluster_transitions.hpp"

using namespace cluster_transitions;

static_assert(Kernel<Wolff, Potts<float>> && !Kernel<Wolff, small_discrete::SmallRbm<float>>);

namespace {

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

}  // namespace

TEST_CASE("Wolff's steps have the transition matrix that they should have, with fields and without") {
  const Models models;
  for (const double temperature : {1.0, 0.7}) {
    const Wolff kernel{.temperature = temperature};
    // Wrong: bonds of another temperature; fields that are forgotten.
    check(models.spins, kernel, wolff_matrix(models.spins, temperature), wolff_matrix(models.spins, 1.5 * temperature));
    check(models.in_fields, kernel, wolff_matrix(models.in_fields, temperature),
          wolff_matrix(models.spins, temperature));
    check(models.potts, kernel, wolff_matrix(models.potts, temperature), wolff_matrix(models.potts, 1.3 * temperature));
  }
}

TEST_CASE("Wolff's clusters reach both phases of a cold lattice") {
  CHECK(std::abs(share_up(Wolff{}) - 0.5) < 0.11);
  // The cluster is most of the lattice nearly always: with a few steps their number would tell.
}

TEST_CASE("Wolff's clusters need couplings that prefer equal states") {
  Rng rng(4);
  CHECK_THROWS_WITH(sample(frustrated(), Wolff{}, {}, rng),
                    Catch::Matchers::ContainsSubstring("use Gibbs or Metropolis"));
}
