#include <ebm/energies/ising.hpp>
#include <ebm/energies/potts.hpp>

#include "energies/discrete_checks.hpp"

using namespace ebm;
using discrete_checks::numbers;

static_assert(DiscreteEnergy<Potts<float>> && GibbsEnergy<Potts<double>> && TrainableEnergy<Potts<float>>);
static_assert(HasConditionalEnergies<Potts<float>> && !DifferentiableEnergy<Potts<float>>);

TEST_CASE("The energy of Potts states counts every edge once") {
  const Graph graph = torus(3, 3);
  const auto couplings = numbers(graph.edges(), 1, 0.4, 1), fields = numbers(9, 3, 0.3, 2);
  const Potts<double> model(graph, 3, couplings, fields);
  const auto all = small_discrete::all_states<double>(9, model.states());
  const auto given = energies(model, all);
  double worst = 0;
  for (Index row = 0; row < all.rows(); ++row) {
    double expected = 0, by_terms = 0;
    for (Index e = 0; e < graph.edges(); ++e) {
      const Index k = static_cast<Index>(all(row, graph.edge(e).a)), l = static_cast<Index>(all(row, graph.edge(e).b));
      if (k == l) expected -= couplings(e);
      by_terms += model.edge_energy(e, k, l);
    }
    for (Index i = 0; i < 9; ++i) {
      expected -= fields(i, static_cast<Index>(all(row, i)));
      by_terms += model.node_energy(i, static_cast<Index>(all(row, i)));
    }
    worst = std::max({worst, std::abs(given(row) - expected), std::abs(by_terms - expected)});
  }
  CHECK(worst < 1e-13);
}

TEST_CASE("Two Potts states are spins of half the coupling") {
  const Graph graph = grid(2, 4);
  const auto couplings = numbers(graph.edges(), 1, 0.4, 1), fields = numbers(8, 2, 0.3, 2);
  const Potts<double> potts(graph, 2, couplings, fields);
  const Ising<double> spins(graph, couplings / 2, (fields.col(1) - fields.col(0)) / 2);
  const auto p = small_discrete::probabilities(energies(potts, small_discrete::all_states<double>(8, potts.states())));
  const auto q = small_discrete::probabilities(energies(spins, small_discrete::all_states<double>(8, kSpins)));
  CHECK((p - q).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("Conditional energies and parameter gradients of Potts belong to its values") {
  const Graph graph = grid(2, 2);
  const Potts<double> model(graph, 3, numbers(4, 1, 0.5, 3), numbers(4, 3, 0.5, 4));
  const Potts<float> single(graph, 3, numbers(4, 1, 0.5, 3), numbers(4, 3, 0.5, 4));
  CHECK(check_parameter_gradient(model, small_discrete::all_states<double>(4, model.states()),
                                 discrete_checks::weights(81)));
  CHECK(check_parameter_gradient(single, small_discrete::all_states<float>(4, model.states()),
                                 discrete_checks::weights(81)));
  discrete_checks::check_sites(model, 1e-13);
  discrete_checks::check_sites(single, 1e-5);
}

TEST_CASE("Chromatic sweeps leave Potts models invariant") {
  discrete_checks::check_gibbs(Potts<double>(ring(3), 4, numbers(3, 1, 0.7, 3), numbers(3, 4, 0.5, 4)), 1.0);
  discrete_checks::check_gibbs(Potts<float>(grid(2, 2), 3, numbers(4, 1, 0.7, 3), numbers(4, 3, 0.5, 4)), 0.6);
}

TEST_CASE("Potts models of wrong shapes are refused") {
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_WITH(Potts<float>(ring(4), 1), ContainsSubstring("states: 1, wanted 2 to 1024"));
  CHECK_THROWS_WITH(Potts<float>(ring(4), 3, Values<double>::Ones(4), Points<double>::Ones(4, 2)),
                    ContainsSubstring("fields: shape 4 x 2, wanted 4 x 3"));
}
