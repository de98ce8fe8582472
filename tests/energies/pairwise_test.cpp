#include <ebm/energies/boltzmann_machine.hpp>
#include <ebm/energies/ising.hpp>

#include <ebm/samplers/sample.hpp>

#include "energies/discrete_checks.hpp"

using namespace ebm;
using discrete_checks::numbers;

static_assert(DiscreteEnergy<Ising<float>> && GibbsEnergy<Ising<double>> && DifferentiableEnergy<Ising<float>>);
static_assert(TrainableEnergy<BoltzmannMachine<float>> && HasConditionalEnergies<BoltzmannMachine<double>>);
static_assert(HasSiteEnergies<Ising<float>> && HasSiteGradients<Ising<float>> && Kernel<Gibbs, Ising<float>>);

TEST_CASE("The energy of spins counts every edge once") {
  const Graph graph = torus(3, 4);
  const auto couplings = numbers(graph.edges(), 1, 0.4, 1), fields = numbers(graph.nodes(), 1, 0.3, 2);
  const Ising<double> model(graph, couplings, fields);
  const auto all = small_discrete::all_states<double>(12, kSpins);
  const auto given = energies(model, all);
  double worst = 0;
  for (Index row = 0; row < all.rows(); ++row) {
    double expected = 0;
    for (Index e = 0; e < graph.edges(); ++e)
      expected -= couplings(e) * all(row, graph.edge(e).a) * all(row, graph.edge(e).b);
    for (Index i = 0; i < 12; ++i) expected -= fields(i) * all(row, i);
    worst = std::max(worst, std::abs(given(row) - expected));
  }
  CHECK(worst < 1e-13);

  // The ground state of the ferromagnet: two edges a site.
  const Ising<float> uniform(torus(5, 5), 0.5, 0.25);
  CHECK(energies(uniform, Points<float>::Ones(1, 25))(0) == Approx(-0.5 * 50 - 0.25 * 25));
  CHECK(uniform.agreement(7) == 1.0);
  CHECK(uniform.edge_energy(0, 0, 1) == 0.5);
  CHECK(uniform.node_energy(0, 1) == -0.25);
}

TEST_CASE("Gradients of pairwise energies, in states and parameters, belong to their values") {
  const Graph graph = grid(2, 3);
  const Ising<double> spins(graph, numbers(graph.edges(), 1, 0.5, 3), numbers(6, 1, 0.5, 4));
  const BoltzmannMachine<float> bits(complete(5), numbers(10, 1, 0.5, 5), numbers(5, 1, 0.5, 6));
  CHECK(check_gradient(spins, numbers(20, 6, 1.0, 7)));
  CHECK(check_parameter_gradient(spins, numbers(20, 6, 1.0, 7), discrete_checks::weights(20)));
  CHECK(check_gradient(bits, numbers(20, 5, 1.0, 8).cast<float>()));
  CHECK(check_parameter_gradient(bits, numbers(20, 5, 1.0, 8).cast<float>(), discrete_checks::weights(20)));
  discrete_checks::check_sites(spins, 1e-13);
  discrete_checks::check_sites(bits, 1e-5);
}

TEST_CASE("Chromatic sweeps leave pairwise energies invariant") {
  const Graph graph = torus(3, 3);  // three blocks
  REQUIRE(graph.blocks() == 3);
  discrete_checks::check_gibbs(Ising<double>(ring(5), numbers(5, 1, 0.5, 3), numbers(5, 1, 0.4, 4)), 1.0);
  discrete_checks::check_gibbs(Ising<float>(grid(2, 3), numbers(7, 1, 0.5, 3), numbers(6, 1, 0.4, 4)), 0.7);
  discrete_checks::check_gibbs(BoltzmannMachine<double>(complete(4), numbers(6, 1, 1.0, 5), numbers(4, 1, 1.0, 6)),
                               1.5);

  // On an odd torus two colours would draw neighbours at once: the sweep of three has the right mean energy.
  const Ising<float> model(graph, 0.3, 0.1);
  const auto all = small_discrete::all_states<float>(9, kSpins);
  const Values<double> e = energies(model, all).cast<double>(), p = small_discrete::probabilities(e);
  Rng rng(5);
  const auto draws = sample(model, Gibbs{}, {.chains = 20'000, .steps = 40, .warmup = 0, .thin = 40}, rng);
  const statistics::Moments moments(Values<double>(draws.energies.cast<double>()));
  CHECK(std::abs(moments.mean_score(p.dot(e))) < 5);
}

TEST_CASE("Untrained machines take their fields from the data") {
  BoltzmannMachine<double> machine(3);
  CHECK(machine.parameters().size() == 6);
  machine.initialise_from((Values<double>(3) << 0.5, 0.9, 0.0).finished());
  CHECK(machine.field(0) == Approx(0));
  CHECK(logistic(machine.field(1)) == Approx(0.9));
  CHECK(logistic(machine.field(2)) == Approx(0.02));
  const double before = machine.field(1);
  machine.initialise_from(Values<double>::Constant(3, 0.3));
  CHECK(machine.field(1) == before);

  Ising<double> spins(ring(3));
  spins.initialise_from((Values<double>(3) << 0.5, -0.5, 0.0).finished());
  CHECK(std::tanh(spins.field(0)) == Approx(0.5));
  CHECK(std::tanh(spins.field(1)) == Approx(-0.5));
}

TEST_CASE("Pairwise energies of wrong shapes or numbers are refused") {
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_WITH(Ising<float>(ring(4), Values<double>::Ones(3), Values<double>::Ones(4)),
                    ContainsSubstring("couplings: shape 3 x 1, wanted 4 x 1"));
  CHECK_THROWS_WITH(Ising<float>(ring(4), Values<double>::Ones(4), Values<double>::Constant(4, NAN)),
                    ContainsSubstring("finite"));
  CHECK_THROWS_AS(Ising<float>(ring(4), INFINITY), ValueError);
  Ising<float> model(ring(4), 0.5);
  CHECK_THROWS_AS(model.set_parameters(std::vector<float>(7)), ValueError);
}
