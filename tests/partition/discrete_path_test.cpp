#include <ebm/partition/discrete_path.hpp>

#include <ebm/energies/ising.hpp>
#include <ebm/energies/potts.hpp>
#include <ebm/energies/softmax_rbm.hpp>
#include <ebm/partition/annealed_importance_sampling.hpp>

#include "support/catch.hpp"
#include "support/small_discrete.hpp"

using Catch::Matchers::ContainsSubstring;
using ebm::annealed_importance_sampling;
using ebm::Index;
using ebm::Ising;

namespace {

// What tempers the joint law is known by value_at, not by the name of another member.
struct Nameless : ebm::SoftmaxRbm<float> {
  using ebm::SoftmaxRbm<float>::SoftmaxRbm;

 private:
  using ebm::SoftmaxRbm<float>::hidden;
};
struct Misnamed : Ising<float> {
  using Ising<float>::Ising;
  Index hidden() const { return 0; }
};

static_assert(ebm::detail::SweepsItsOwnEnergy<Ising<float>> && ebm::detail::SweepsItsOwnEnergy<ebm::Potts<double>>);
static_assert(!ebm::detail::SweepsItsOwnEnergy<ebm::SoftmaxRbm<float>>);
static_assert(!ebm::detail::SweepsItsOwnEnergy<Nameless> && ebm::detail::SweepsItsOwnEnergy<Misnamed>);

// A strip of three columns with more than 2^16 states; every plaquette whose left bond is reversed has no state that
// keeps all of its bonds.
Ising<double> strip(double coupling, bool frustrated) {
  const ebm::Graph graph = ebm::grid(7, 3);
  ebm::Values<double> couplings = ebm::Values<double>::Constant(graph.edges(), coupling);
  for (Index e = 0; e < graph.edges() && frustrated; ++e) {
    const auto [a, b] = graph.edge(e);
    if (a % 3 == 0 && b == a + 3) couplings[e] = -coupling;
  }
  return {graph, couplings, ebm::Values<double>::Zero(graph.nodes())};
}

}  // namespace

TEST_CASE("which graphs are narrow enough for exact draws takes no draw to tell") {
  CHECK(ebm::DiscretePath(Ising<float>(ebm::torus(200, 5), 0.4)).offers_target_draws());
  CHECK(!ebm::DiscretePath(Ising<float>(ebm::torus(200, 200), 0.4)).offers_target_draws());
  CHECK(ebm::DiscretePath(Ising<float>(ebm::torus(4, 4), 0.4)).offers_target_draws());  // by all of its states
}

TEST_CASE("chains stand in where the transfer matrix leaves a double's range") {
  ebm::Rng rng(1);
  const Ising<double> hard = strip(500, true);
  CHECK_THROWS_AS(ebm::TransferMatrix(hard), ebm::NumericalError);
  const auto by_chains = annealed_importance_sampling(hard, {.temperatures = 50, .chains = 16}, rng);
  CHECK(by_chains.upper_confidence == 0);
  CHECK(by_chains.value == Approx(500 * (32 - 6)).epsilon(0.1));
  const auto exact = annealed_importance_sampling(strip(0.5, true), {.temperatures = 50, .chains = 16}, rng);
  CHECK(exact.upper_confidence > 0);
}

TEST_CASE("starts are states of the energy") {
  const Ising<float> spins(ebm::torus(4, 4), 0.3);
  const auto from = [&](double value) {
    ebm::Rng rng(2);
    return annealed_importance_sampling(ebm::DiscretePath(spins, ebm::Points<double>(ebm::Points<double>::Zero(16, 2))),
                                        {.temperatures = 20,
                                         .chains = 16,
                                         .exact_starts = false,
                                         .burn_in = 0,
                                         .starts = ebm::Points<double>(ebm::Points<double>::Constant(1, 16, value))},
                                        rng);
  };
  CHECK_NOTHROW(from(1));
  CHECK_NOTHROW(from(-1));
  for (const double value : {-3.0, 0.0, 0.9, 3.0, 1e300, std::nan("")})
    CHECK_THROWS_WITH(from(value), ContainsSubstring("wanted one of the states of the energy"));
  // Values that a float rounds are states.
  small_discrete::Pairwise<float> tenths(3, {0.1, 0.1, 4}, 0.3, 1);
  const ebm::DiscretePath path(tenths);
  auto state = path.make_state(1);
  path.place(state, 2, ebm::Points<double>(ebm::Points<double>::Constant(1, 3, static_cast<double>(0.3F))), 0);
  CHECK(state.positions().coordinate(0, 1)[2] == 0.3F);
}
