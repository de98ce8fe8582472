// Bethe: log Z by loopy belief propagation (Bethe 1935; Pearl 1988; Yedidia, Freeman & Weiss 2005), exact on trees.
//
//   u_{i->j} = atanh(tanh J_ij tanh h_{i->j}),   h_{i->j} = h_i + sum over k other than j of u_{k->i}
//   log Z ~ constant + sum_i log sum_s exp(h_i s) prod_k sum_t exp(J_ik s t + h_{k->i} t) / (2 cosh h_{k->i})
//           - sum_(ij) log sum_{s,t} exp(J_ij s t + h_{i->j} s + h_{j->i} t) / (4 cosh h_{i->j} cosh h_{j->i})
//
// On graphs with loops it is no bound, and messages that do not settle are the verdict's business.
#pragma once

#include <ebm/partition/spin_pairs.hpp>

namespace ebm {

struct BetheOptions {
  double damping = 0.3;
  Index most_sweeps = 10'000;
  double tolerance = 1e-12;  // of the messages
};

namespace detail {

// log sum_t exp(j s t + h t) for s = 1 and s = -1.
inline double log_sum_over_spin(double j, double s, double h) { return log_two_cosh(fma(j, s, h)); }

// Whether the pairs form a forest: a union of spins never meets itself.
[[gnu::noinline]] inline bool is_forest(const SpinPairs& model) {
  std::vector<Index> parent(model.fields.size());
  for (std::size_t i = 0; i < parent.size(); ++i) parent[i] = static_cast<Index>(i);
  const auto root = [&](Index i) {
    while (parent[static_cast<std::size_t>(i)] != i) i = parent[static_cast<std::size_t>(i)];
    return i;
  };
  for (const auto& pair : model.pairs) {
    if (pair.coupling == 0) continue;
    const Index a = root(pair.a), b = root(pair.b);
    if (a == b) return false;
    parent[static_cast<std::size_t>(a)] = b;
  }
  return true;
}

}  // namespace detail

[[gnu::noinline]] inline PartitionEstimate bethe(const SpinPairs& model, const BetheOptions& options = {}) {
  require(options.damping >= 0 && options.damping < 1, "damping", options.damping, "at least 0, less than 1");
  const auto neighbours = model.neighbours();
  // messages[2 p] goes from a to b of pair p, messages[2 p + 1] back.
  std::vector<double> messages(2 * model.pairs.size());
  const auto incoming = [&](std::size_t i, const SpinPairs::Neighbour& from) -> double& {
    return messages[2 * from.pair + (model.pairs[from.pair].b == static_cast<Index>(i) ? 0 : 1)];
  };
  const auto outgoing = [&](std::size_t i, const SpinPairs::Neighbour& to) -> double& {
    return messages[2 * to.pair + (model.pairs[to.pair].a == static_cast<Index>(i) ? 0 : 1)];
  };
  const auto total = [&](std::size_t i) {
    double field = model.fields[i];
    for (const auto& neighbour : neighbours[i]) field += incoming(i, neighbour);
    return field;
  };
  const bool forest = detail::is_forest(model);
  const double damping = forest ? 0 : options.damping;
  double change = 1;
  for (Index sweep = 0; sweep < options.most_sweeps && change > options.tolerance; ++sweep) {
    change = 0;
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
      const double field = total(i);
      for (const auto& to : neighbours[i]) {
        const double h = field - incoming(i, to), j = to.coupling;
        // atanh(tanh j tanh h) = log(cosh(j + h) / cosh(j - h)) / 2
        const double u = 0.5 * (detail::log_two_cosh(j + h) - detail::log_two_cosh(j - h));
        double& message = outgoing(i, to);
        const double next = damping * message + (1 - damping) * u;
        change = std::max(change, std::abs(next - message));
        message = next;
      }
    }
  }
  // The field of spin i without what came from the neighbour.
  const auto cavity = [&](std::size_t i, const SpinPairs::Neighbour& without) { return total(i) - incoming(i, without); };
  PartitionEstimate result;
  result.value = model.constant;
  std::vector<double> cavities(messages.size());  // [2 p]: of a without b, [2 p + 1]: of b without a
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    for (const auto& neighbour : neighbours[i])
      cavities[2 * neighbour.pair + (model.pairs[neighbour.pair].a == static_cast<Index>(i) ? 0 : 1)] =
          cavity(i, neighbour);
  }
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    double terms[2];
    for (const int up : {0, 1}) {
      const double s = up ? 1 : -1;
      terms[up] = model.fields[i] * s;
      for (const auto& neighbour : neighbours[i]) {
        const double h = cavities[2 * neighbour.pair + (model.pairs[neighbour.pair].a == static_cast<Index>(i) ? 1 : 0)];
        terms[up] += detail::log_sum_over_spin(neighbour.coupling, s, h) - detail::log_two_cosh(h);
      }
    }
    result.value += log_add_exp(terms[0], terms[1]);
  }
  for (std::size_t p = 0; p < model.pairs.size(); ++p) {
    const double a = cavities[2 * p], b = cavities[2 * p + 1], j = model.pairs[p].coupling;
    result.value -= log_add_exp(a + detail::log_sum_over_spin(j, 1, b), -a + detail::log_sum_over_spin(j, -1, b)) -
                    detail::log_two_cosh(a) - detail::log_two_cosh(b);
  }
  if (!(change <= options.tolerance)) {
    result.verdict = PartitionVerdict::unreliable;
    result.warning = joined({"Belief propagation did not settle: messages still change by ", to_text(change)});
    return result;
  }
  if (forest) return PartitionEstimate::exact(result.value);
  result.verdict = PartitionVerdict::estimated;
  return result;
}
template <HasSpinPairs E>
PartitionEstimate bethe(const E& energy, const BetheOptions& options = {}) {
  return bethe(SpinPairs(energy), options);
}

}  // namespace ebm
