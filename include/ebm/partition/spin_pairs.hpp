// SpinPairs: any energy of two-state units and pairs of them, as the variational approximations of log Z want it.
//
//   E(s) = -constant - sum_i h_i s_i - sum_(ij) J_ij s_i s_j,   s in {-1, 1}
//
// Made from an energy on a graph (Ising, BoltzmannMachine, Potts of two states), or from a restricted Boltzmann
// machine: visible, then hidden units, so that log Z is the same. States 0 and 1 become -1 and 1.
#pragma once

#include <ebm/partition/estimate.hpp>
#include <ebm/partition/layer_enumeration.hpp>
#include <ebm/partition/transfer_matrix.hpp>

namespace ebm {

struct SpinPairs {
  struct Pair {
    Index a, b;
    double coupling;
  };
  struct Neighbour {
    Index spin;
    double coupling;
    std::size_t pair;
  };

  std::vector<double> fields;
  std::vector<Pair> pairs;
  double constant = 0;

  explicit SpinPairs(std::vector<double> of_spins, std::vector<Pair> of_pairs = {}, double of_all = 0)
      : fields(std::move(of_spins)), pairs(std::move(of_pairs)), constant(of_all) {}
  template <PairModel E>
  explicit SpinPairs(const E& energy) : fields(static_cast<std::size_t>(energy.graph().nodes())) {
    require(energy.states().count == 2, "energy: states", static_cast<double>(energy.states().count), "2");
    for (Index i = 0; i < energy.graph().nodes(); ++i) add_node(i, energy.node_energy(i, 0), energy.node_energy(i, 1));
    for (Index e = 0; e < energy.graph().edges(); ++e) {
      const auto [a, b] = energy.graph().edge(e);
      add_edge(a, b, energy.edge_energy(e, 0, 0), energy.edge_energy(e, 0, 1), energy.edge_energy(e, 1, 0),
               energy.edge_energy(e, 1, 1));
    }
  }
  template <RestrictedBoltzmannMachine E>
  explicit SpinPairs(const E& rbm) : fields(static_cast<std::size_t>(rbm.visible() + rbm.hidden())) {
    const Index visible = rbm.visible();
    for (Index i = 0; i < visible; ++i) add_node(i, 0, -rbm.visible_bias(i));
    for (Index j = 0; j < rbm.hidden(); ++j) add_node(visible + j, 0, -rbm.hidden_bias(j));
    for (Index i = 0; i < visible; ++i) {
      for (Index j = 0; j < rbm.hidden(); ++j) add_edge(i, visible + j, 0, 0, 0, -rbm.weight(i, j));
    }
  }

  Index spins() const { return static_cast<Index>(fields.size()); }

  std::vector<std::vector<Neighbour>> neighbours() const {
    std::vector<std::vector<Neighbour>> result(fields.size());
    for (std::size_t p = 0; p < pairs.size(); ++p) {
      result[static_cast<std::size_t>(pairs[p].a)].push_back({pairs[p].b, pairs[p].coupling, p});
      result[static_cast<std::size_t>(pairs[p].b)].push_back({pairs[p].a, pairs[p].coupling, p});
    }
    return result;
  }

  // The first spins held at given values, -1 or 1: what is left has the log Z of exp(-E) summed over the other spins.
  SpinPairs clamped(std::span<const double> values) const {
    const Index held = static_cast<Index>(values.size());
    require(held < spins(), "values: size", static_cast<double>(held), "fewer than there are spins");
    SpinPairs rest({fields.begin() + held, fields.end()}, {}, constant);
    const auto value = [&](Index i) { return values[static_cast<std::size_t>(i)]; };
    for (Index i = 0; i < held; ++i) rest.constant += fields[static_cast<std::size_t>(i)] * value(i);
    for (const Pair& pair : pairs) {
      const Index low = std::min(pair.a, pair.b), high = std::max(pair.a, pair.b);
      if (high < held) {
        rest.constant += pair.coupling * value(low) * value(high);
      } else if (low < held) {
        rest.fields[static_cast<std::size_t>(high - held)] += pair.coupling * value(low);
      } else {
        rest.pairs.push_back({low - held, high - held, pair.coupling});
      }
    }
    return rest;
  }

  // Through all states, in the order of a Gray code that starts afresh now and then.
  double exact_log_partition() const {
    require(spins() <= 26, "spins", static_cast<double>(spins()), "at most 26 for a sum over all states");
    const auto of = neighbours();
    std::vector<double> s(fields.size()), terms, sums;
    const Index states = Index{1} << spins();
    double minus_energy = 0;
    for (Index n = 0; n < states; ++n) {
      const Index gray = n ^ (n >> 1);
      if (n % 4096 == 0) {
        if (n > 0) sums.push_back(log_sum_exp(terms)), terms.clear();
        minus_energy = constant;
        for (std::size_t i = 0; i < s.size(); ++i) s[i] = ((gray >> i) & 1) ? 1 : -1, minus_energy += fields[i] * s[i];
        for (const Pair& pair : pairs)
          minus_energy += pair.coupling * s[static_cast<std::size_t>(pair.a)] * s[static_cast<std::size_t>(pair.b)];
      } else {
        const auto i = static_cast<std::size_t>(std::countr_zero(static_cast<std::uint64_t>(n)));
        s[i] = -s[i];
        double field = fields[i];
        for (const Neighbour& neighbour : of[i])
          field += neighbour.coupling * s[static_cast<std::size_t>(neighbour.spin)];
        minus_energy += 2 * s[i] * field;
      }
      terms.push_back(minus_energy);
    }
    sums.push_back(log_sum_exp(terms));
    return log_sum_exp(sums);
  }

 private:
  // Energies of a node's two states.
  void add_node(Index i, double low, double high) {
    constant -= 0.5 * (low + high), fields[static_cast<std::size_t>(i)] -= 0.5 * (high - low);
  }
  void add_edge(Index a, Index b, double e00, double e01, double e10, double e11) {
    constant -= 0.25 * (e00 + e01 + e10 + e11);
    fields[static_cast<std::size_t>(a)] -= 0.25 * (e10 + e11 - e00 - e01);
    fields[static_cast<std::size_t>(b)] -= 0.25 * (e01 + e11 - e00 - e10);
    pairs.push_back({a, b, -0.25 * (e00 + e11 - e01 - e10)});
  }
};

template <class E>
concept HasSpinPairs = PairModel<E> || RestrictedBoltzmannMachine<E>;

namespace detail {

// log(2 cosh x).
inline double log_two_cosh(double x) { return std::abs(x) + log1p_exp(-2 * std::abs(x)); }
// Entropy of a spin of mean tanh x.
inline double spin_entropy(double x) { return log_two_cosh(x) - x * tanh(x); }

}  // namespace detail

}  // namespace ebm
