#include <ebm/samplers/metropolis.hpp>

#include <ebm/energies/ising.hpp>
#include <ebm/energies/potts.hpp>
#include <ebm/samplers/sample.hpp>

#include "energies/discrete_checks.hpp"

using namespace ebm;
using discrete_checks::numbers;
using exact_transitions::Matrix;

static_assert(Kernel<Metropolis, Ising<float>> && Kernel<Metropolis, small_discrete::SmallRbm<double>>);

namespace {

// One proposal, from the function that the kernel calls.
template <class E>
Matrix proposal_matrix(const E& energy, double temperature) {
  const auto all = small_discrete::all_states<double>(energy.dimension(), energy.states());
  const Values<double> e = energies(energy, all).template cast<double>();
  const Index q = energy.states().count;
  Matrix result = Matrix::Zero(all.rows(), all.rows());
  for (Index row = 0; row < all.rows(); ++row) {
    for (Index site = 0; site < all.cols(); ++site) {
      for (Index k = 0; k < q; ++k) {
        auto to = all.row(row).eval();
        to(site) = energy.states().value(k);
        const Index other = small_discrete::row_of(to, energy.states());
        if (other == row) continue;
        result(row, other) = detail::metropolis_probability(e(other) - e(row), 1 / temperature) /
                             static_cast<double>(all.cols() * (q - 1));
      }
    }
    result(row, row) = 1 - result.row(row).sum();
  }
  return result;
}

template <class E>
void check(const E& energy, double temperature) {
  const auto all = small_discrete::all_states<double>(energy.dimension(), energy.states());
  const Values<double> p =
      small_discrete::probabilities(Values<double>(energies(energy, all).template cast<double>() / temperature));
  const Matrix proposal = proposal_matrix(energy, temperature);
  Matrix step = proposal;
  for (Index k = 1; k < energy.dimension(); ++k) step = step * proposal;
  CHECK(exact_transitions::invariance_error(p, step) < 1e-12);
  CHECK(exact_transitions::balance_error(p, step) < 1e-12);
  CHECK(exact_transitions::balance_error(p, proposal_matrix(energy, 1.01 * temperature)) > 1e-5);

  // Chains of a tile share their sites: means over tiles are what is independent, and as far from the truth as said.
  const Index chains = 16'000;
  const Matrix found = exact_transitions::frequencies(energy, Metropolis{.temperature = temperature}, 0, chains, 3);
  const Index independent = chains / kLanes<typename E::Scalar>;
  CHECK(exact_transitions::largest_deviation(found, step, independent) < exact_transitions::deviation_bound(step));
  CHECK(exact_transitions::largest_deviation(found, proposal, independent) > exact_transitions::deviation_bound(step));
}

}  // namespace

TEST_CASE("Metropolis satisfies detailed balance and makes the moves that it should") {
  check(Ising<double>(ring(4), numbers(4, 1, 0.5, 1), numbers(4, 1, 0.5, 2)), 1.0);
  check(Potts<double>(ring(3), 3, numbers(3, 1, 0.5, 1), numbers(3, 3, 0.5, 2)), 0.7);
}

TEST_CASE("Every other state is proposed for an equal share of the uniform numbers") {
  for (const Index count : {2, 3, 4, 7}) {
    for (Index present = 0; present < count; ++present) {
      std::vector<Index> hits(static_cast<std::size_t>(count));
      const Index draws = 420 * (count - 1);
      for (Index i = 0; i < draws; ++i) {
        const double uniform = (static_cast<double>(i) + 0.5) / static_cast<double>(draws);
        ++hits[static_cast<std::size_t>(detail::other_state(uniform, static_cast<double>(present), count))];
      }
      for (Index k = 0; k < count; ++k) CHECK(hits[static_cast<std::size_t>(k)] == (k == present ? 0 : 420));
    }
  }
  CHECK(detail::other_state(1.0, 0.0, 5) == 4);
}

TEST_CASE("Metropolis samples energies that know no differences") {
  const small_discrete::SmallRbm<double> machine(6, 3, 0.7, 5);
  const auto all = small_discrete::all_states<double>(6, kBits);
  const Values<double> e = energies(machine, all), p = small_discrete::probabilities(e);
  Rng rng(8);
  const auto draws = sample(machine, Metropolis{}, {.chains = 8000, .steps = 40, .warmup = 20, .thin = 40}, rng);
  const statistics::Moments moments(draws.energies);
  CHECK(std::abs(moments.mean_score(p.dot(e))) < 6);
  const double exact = (p.asDiagonal() * proposal_matrix(machine, 1.0)).trace();
  CHECK(draws.acceptance.mean() == Approx(1 - exact).margin(0.005));
}
