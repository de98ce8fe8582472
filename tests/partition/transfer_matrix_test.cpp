#include <ebm/partition/square_lattice.hpp>
#include <ebm/partition/transfer_matrix.hpp>

#include <ebm/energies/boltzmann_machine.hpp>
#include <ebm/energies/ising.hpp>
#include <ebm/energies/potts.hpp>

#include "energies/discrete_checks.hpp"

using namespace ebm;
using discrete_checks::numbers;

static_assert(PairModel<Ising<double>> && PairModel<Potts<float>> && PairModel<BoltzmannMachine<double>>);
static_assert(!PairModel<small_discrete::SmallRbm<float>>);

namespace {

template <class E>
double enumerated(const E& energy, double temperature = 1) {
  const auto all = small_discrete::all_states<typename E::Scalar>(energy.dimension(), energy.states());
  const Values<double> e = energies(energy, all).template cast<double>() / temperature;
  return std::log((-e.array() + e.minCoeff()).exp().sum()) - e.minCoeff();
}

}  // namespace

TEST_CASE("The transfer matrix agrees with enumeration on strips, tori, trees and other graphs") {
  const auto compare = [](const auto& energy) {
    CHECK(TransferMatrix(energy).log_partition() == Approx(enumerated(energy)).epsilon(1e-13));
    CHECK(TransferMatrix(energy, {.temperature = 0.6}).log_partition() ==
          Approx(enumerated(energy, 0.6)).epsilon(1e-13));
  };
  for (const Graph& graph :
       {grid(3, 4), torus(4, 3), ring(7), Graph(6, {}), complete(5), Graph(5, {{4, 0}, {3, 0}, {1, 3}})}) {
    compare(Ising<double>(graph, numbers(graph.edges(), 1, 0.7, 1), numbers(graph.nodes(), 1, 0.5, 2)));
    compare(BoltzmannMachine<double>(graph, numbers(graph.edges(), 1, 1.0, 3), numbers(graph.nodes(), 1, 1.0, 4)));
    if (graph.nodes() <= 7)
      compare(Potts<double>(graph, 3, numbers(graph.edges(), 1, 0.7, 1), numbers(graph.nodes(), 3, 0.5, 2)));
  }
  CHECK(TransferMatrix(Ising<double>(grid(30, 4), 0.3)).width() == 5);
  CHECK(TransferMatrix(Ising<double>(torus(30, 4), 0.3)).width() == 9);
}

TEST_CASE("The 4 x 4 torus has its known log Z and energy, Kaufman's formula and the transfer matrix agree") {
  const double known[][3] = {{0.2, 11.771470359, -0.456135},
                             {0.4, 14.561093024, -1.379116},
                             {kCriticalCoupling, 15.521915459, -1.565624},
                             {0.5, 17.105367119, -1.755380}};
  for (const auto& [coupling, log_z, energy] : known) {
    CHECK(std::abs(TransferMatrix(Ising<double>(torus(4, 4), coupling)).log_partition() - log_z) < 1e-9);
    CHECK(std::abs(kaufman(4, 4, coupling).log_partition - log_z) < 1e-9);
    CHECK(std::abs(kaufman(4, 4, coupling).energy_per_spin - energy) < 1e-6);
  }
  for (const auto& [rows, columns] : {std::pair<Index, Index>{3, 5}, {5, 4}, {12, 6}, {7, 7}, {40, 5}}) {
    for (const double coupling : {0.05, 0.3, kCriticalCoupling, 0.44069, 0.8, 3.0}) {
      const double exact = TransferMatrix(Ising<double>(torus(rows, columns), coupling)).log_partition();
      CAPTURE(rows, columns, coupling);
      CHECK(kaufman(rows, columns, coupling).log_partition == Approx(exact).epsilon(1e-12));
      CHECK(kaufman(columns, rows, coupling).log_partition == Approx(exact).epsilon(1e-12));
    }
  }
}

TEST_CASE("The transfer matrix of one row of Potts states is that of the ring") {
  // Z = (e^K + q - 1)^n + (q - 1) (e^K - 1)^n.
  const double k = 0.8, q = 5, n = 9;
  const double exact = std::log(std::pow(std::exp(k) + q - 1, n) + (q - 1) * std::pow(std::exp(k) - 1, n));
  CHECK(TransferMatrix(Potts<double>(ring(9), 5, k)).log_partition() == Approx(exact).epsilon(1e-13));
}

TEST_CASE("Draws through the transfer matrix are independent draws of the model") {
  const Graph graph = torus(3, 3);
  const Ising<double> model(graph, numbers(18, 1, 0.4, 1), numbers(9, 1, 0.4, 2));
  const Potts<float> potts(grid(2, 3), 3, numbers(7, 1, 0.6, 1), numbers(6, 3, 0.4, 2));
  const auto check = [](const auto& energy, double at_temperature) {
    using Scalar = typename std::decay_t<decltype(energy)>::Scalar;
    Rng rng(6);
    const Index count = 50'000;
    const auto points = TransferMatrix(energy, {.temperature = at_temperature}).draws(count, rng);
    const auto all = small_discrete::all_states<Scalar>(energy.dimension(), energy.states());
    const Values<double> p =
        small_discrete::probabilities(Values<double>(energies(energy, all).template cast<double>() / 0.8));
    exact_transitions::Matrix found = exact_transitions::Matrix::Zero(1, all.rows());
    for (Index row = 0; row < count; ++row)
      found(0, small_discrete::row_of(points.row(row), energy.states())) += 1.0 / static_cast<double>(count);
    const exact_transitions::Matrix law = p.transpose();
    return exact_transitions::largest_deviation(found, law, count) / exact_transitions::deviation_bound(law);
  };
  CHECK(check(model, 0.8) < 1);
  CHECK(check(potts, 0.8) < 1);
  CHECK(check(model, 0.9) > 1);
}

TEST_CASE("What a table cannot hold is refused") {
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_WITH(TransferMatrix(Ising<float>(torus(20, 20), 0.3)), ContainsSubstring("entries of a table"));
  const TransferMatrix matrix(Ising<float>(torus(8, 8), 0.3), {.most_entries = 0x1p18});
  CHECK(matrix.log_partition() == Approx(kaufman(8, 8, 0.3).log_partition).epsilon(1e-7));
  Rng rng(1);
  CHECK_THROWS_WITH(matrix.draws(1, rng), ContainsSubstring("draws need"));
  CHECK_THROWS_AS(TransferMatrix(Ising<float>(ring(4), 0.3), {.temperature = 0}), ValueError);
}

TEST_CASE("What draws need is known from the graph alone") {
  const auto check = [](const auto& energy) {
    const double entries = TransferMatrix<std::decay_t<decltype(energy)>>::entries_for_draws(energy);
    Rng rng(1);
    CHECK(TransferMatrix(energy, {.most_entries = entries}).draws(1, rng).rows() == 1);
    CHECK_THROWS_AS(TransferMatrix(energy, {.most_entries = entries - 1}).draws(1, rng), ValueError);
  };
  check(Ising<float>(torus(5, 4), 0.3));
  check(Ising<float>(Graph(5, {}), 0.3));
  check(Ising<float>(Graph(6, {{0, 5}, {1, 2}, {5, 3}}), 0.3));
  check(Potts<double>(grid(4, 3), 3, 0.4));
}
