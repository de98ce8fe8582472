// What every discrete energy on a graph must get right, checked on models small enough to enumerate.
#pragma once

#include <ebm/energies/check_gradient.hpp>
#include <ebm/objectives/site_losses.hpp>
#include <ebm/samplers/gibbs.hpp>

#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"
#include "support/statistics.hpp"

namespace discrete_checks {

using namespace ebm;
using exact_transitions::Matrix;

// Numbers that no symmetry relates.
inline Points<double> numbers(Index rows, Index columns, double scale, std::uint64_t seed) {
  const Stream stream(seed);
  Points<double> result(rows, columns);
  for (Index i = 0; i < result.size(); ++i) result.data()[i] = scale * stream.normal(0, static_cast<std::uint64_t>(i));
  return result;
}

// Weights for every row, of both signs.
inline Values<double> weights(Index rows) { return numbers(rows, 1, 1.0, 99); }

// The same energy with nothing but what is required, so that the library makes up the rest.
template <class E>
struct Bare {
  using Scalar = typename E::Scalar;
  static constexpr int dim = E::dim;
  E energy;

  Index dimension() const { return energy.dimension(); }
  StateSet states() const { return energy.states(); }
  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    energy.value(x, values, workspace);
  }
  auto parameters() const { return energy.parameters(); }
  void set_parameters(std::span<const Scalar> theta) { energy.set_parameters(theta); }
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    energy.add_parameter_gradient(x, weights, values, gradient, workspace);
  }
};

// Conditional energies, losses of sites and their gradients are those that plain evaluations give.
template <class E>
void check_sites(const E& energy, double tolerance) {
  using Scalar = typename E::Scalar;
  const Bare<E> bare{energy};
  const Index n = energy.dimension(), q = energy.states().count, lanes = kLanes<Scalar>;
  const auto all = small_discrete::all_states<Scalar>(n, energy.states());
  Workspace workspace;
  const auto x = workspace.tiles<Scalar, Dynamic>(1, n);
  pack_rows(all.middleRows(all.rows() / 3, std::min<Index>(lanes, all.rows() / 2)), x);

  std::vector<Index> sites;
  for (Index i = n; i-- > 0;) sites.push_back(i);
  const Index count = n * q;
  const auto own = workspace.tiles<Scalar, 1>(count, 1), plain = workspace.tiles<Scalar, 1>(count, 1);
  site_energies(energy, detail::ConstTiles<E>(x), sites, own, workspace);
  site_energies(bare, detail::ConstTiles<E>(x), sites, plain, workspace);
  for (Index i = 0; i < count; ++i) {
    for (Index l = 0; l < lanes; ++l) {
      const Index first = i / q * q;
      const Scalar own_difference = own.tile_data(i)[l] - own.tile_data(first)[l];
      const Scalar difference = plain.tile_data(i)[l] - plain.tile_data(first)[l];
      CHECK(static_cast<double>(own_difference) == Approx(static_cast<double>(difference)).margin(tolerance));
    }
  }

  // Slopes of sum zero.
  for (Index site = 0; site < n; ++site) {
    for (Index l = 0; l < lanes; ++l) {
      Scalar sum = 0;
      for (Index k = 1; k < q; ++k)
        sum += own.tile_data(site * q + k)[l] = static_cast<Scalar>(((7 * site + 3 * k + 5 * l) % 11) - 5) / 8;
      own.tile_data(site * q)[l] = -sum;
    }
  }
  const std::size_t parameters = energy.parameters().size();
  std::vector<Scalar> gradient(parameters, 1), expected(parameters, 1);
  detail::add_site_gradients(energy, detail::ConstTiles<E>(x), sites, LanesSpan<const Scalar>(own), gradient,
                             workspace);
  detail::add_site_gradients(bare, detail::ConstTiles<E>(x), sites, LanesSpan<const Scalar>(own), expected, workspace);
  for (std::size_t i = 0; i < parameters; ++i)
    CHECK(static_cast<double>(gradient[i]) == Approx(static_cast<double>(expected[i])).margin(20 * tolerance));
}

// The transition matrix of one site drawn from its conditional distribution.
template <class E>
Matrix site_transition(const E& energy, Index site, double temperature) {
  using Scalar = typename E::Scalar;
  const auto all = small_discrete::all_states<Scalar>(energy.dimension(), energy.states());
  const Index q = energy.states().count;
  Matrix result = Matrix::Zero(all.rows(), all.rows());
  Workspace workspace;
  const auto x = workspace.tiles<Scalar, Dynamic>(1, all.cols());
  const auto conditional = workspace.tiles<Scalar, 1>(q, 1);
  for (Index row = 0; row < all.rows(); ++row) {
    pack_rows(all.row(row), x);
    conditional_energies(energy, detail::ConstTiles<E>(x), site, conditional, workspace);
    Values<double> e(q);
    for (Index k = 0; k < q; ++k) e(k) = static_cast<double>(conditional.tile_data(k)[0]) / temperature;
    const Values<double> p = small_discrete::probabilities(e);
    for (Index k = 0; k < q; ++k) {
      auto to = all.row(row).eval();
      to(site) = static_cast<Scalar>(energy.states().value(k));
      result(row, small_discrete::row_of(to, energy.states())) = p(k);
    }
  }
  return result;
}

// Sweeps in the order of the blocks leave the distribution invariant, and are what the Gibbs kernel makes.
template <class E>
void check_gibbs(const E& energy, double temperature) {
  using Scalar = typename E::Scalar;
  const auto all = small_discrete::all_states<Scalar>(energy.dimension(), energy.states());
  const Values<double> p =
      small_discrete::probabilities(Values<double>(energies(energy, all).template cast<double>() / temperature));
  Matrix sweep = Matrix::Identity(all.rows(), all.rows());
  for (const Index site : energy.graph().by_block()) sweep = sweep * site_transition(energy, site, temperature);
  CHECK(exact_transitions::row_error(sweep) < 1e-12);
  CHECK(exact_transitions::invariance_error(p, sweep) < (sizeof(Scalar) == 8 ? 1e-12 : 1e-6));
  const Index chains = 4000;
  const Matrix found = exact_transitions::frequencies(energy, Gibbs{.temperature = temperature}, 0, chains, 17);
  CHECK(exact_transitions::largest_deviation(found, sweep, chains) < exact_transitions::deviation_bound(sweep));
  // At another temperature it is another matrix.
  Matrix other = Matrix::Identity(all.rows(), all.rows());
  for (const Index site : energy.graph().by_block()) other = other * site_transition(energy, site, 1.3 * temperature);
  CHECK(exact_transitions::largest_deviation(found, other, chains) > exact_transitions::deviation_bound(other));
}

}  // namespace discrete_checks
