// Bethe: log Z by loopy belief propagation (Bethe 1935; Pearl 1988; Yedidia, Freeman & Weiss 2005), exact on trees.
//
//   u_{i->j} = atanh(tanh J_ij tanh h_{i->j}),   h_{i->j} = h_i + sum over k other than j of u_{k->i}
//   log Z ~ constant + sum_i log sum_s exp(h_i s) prod_k sum_t exp(J_ik s t + h_{k->i} t) / (2 cosh h_{k->i})
//           - sum_(ij) log sum_{s,t} exp(J_ij s t + h_{i->j} s + h_{j->i} t) / (4 cosh h_{i->j} cosh h_{j->i})
//
// On graphs with loops it is no bound, and messages that do not settle are the verdict's business. Of several fixed
// points that of the largest log Z is taken, since below a critical temperature that without magnetisation is far too
// low.
#pragma once

#include <ebm/core/rng.hpp>
#include <ebm/partition/spin_pairs.hpp>

namespace ebm {

struct BetheOptions {
  Index starts = 6;  // without messages, with positive ones, with random ones
  double damping = 0.3;
  Index most_sweeps = 2000;
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

// A fixed point of the messages.
struct BetheFixedPoint {
  double value = 0, change = 0;  // log Z, and by how much a message changed at the end
};

[[gnu::noinline]] inline BetheFixedPoint propagate_beliefs(
    const SpinPairs& model, const std::vector<std::vector<SpinPairs::Neighbour>>& neighbours, double damping,
    const BetheOptions& options, std::vector<double> messages) {
  // messages[2 p] goes from a to b of pair p, messages[2 p + 1] back.
  const auto incoming = [&](std::size_t i, const SpinPairs::Neighbour& from) {
    return 2 * from.pair + (model.pairs[from.pair].b == static_cast<Index>(i) ? 0 : 1);
  };
  const auto outgoing = [&](std::size_t i, const SpinPairs::Neighbour& to) { return incoming(i, to) ^ 1; };
  // The field of spin i with all messages.
  const auto total = [&](std::size_t i) {
    double field = model.fields[i];
    for (const auto& neighbour : neighbours[i]) field += messages[incoming(i, neighbour)];
    return field;
  };
  BetheFixedPoint result{model.constant, std::numeric_limits<double>::infinity()};
  for (Index sweep = 0; sweep < options.most_sweeps && result.change > options.tolerance; ++sweep) {
    result.change = 0;
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
      const double field = total(i);
      for (const auto& to : neighbours[i]) {
        const double h = field - messages[incoming(i, to)], j = to.coupling;
        // atanh(tanh j tanh h) = log(cosh(j + h) / cosh(j - h)) / 2
        const double u = 0.5 * (log_two_cosh(j + h) - log_two_cosh(j - h));
        double& message = messages[outgoing(i, to)];
        const double next = damping * message + (1 - damping) * u;
        result.change = std::max(result.change, std::abs(next - message));
        message = next;
      }
    }
  }
  std::vector<double> cavities(messages.size());  // [2 p]: field of a without b's message, [2 p + 1]: of b without a's
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    const double field = total(i);
    for (const auto& to : neighbours[i]) cavities[outgoing(i, to)] = field - messages[incoming(i, to)];
  }
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    double terms[2];
    for (const int up : {0, 1}) {
      const double s = up ? 1 : -1;
      terms[up] = model.fields[i] * s;
      for (const auto& neighbour : neighbours[i]) {
        const double h = cavities[incoming(i, neighbour)];
        terms[up] += log_sum_over_spin(neighbour.coupling, s, h) - log_two_cosh(h);
      }
    }
    result.value += log_add_exp(terms[0], terms[1]);
  }
  for (std::size_t p = 0; p < model.pairs.size(); ++p) {
    const double a = cavities[2 * p], b = cavities[2 * p + 1], j = model.pairs[p].coupling;
    result.value -= log_add_exp(a + log_sum_over_spin(j, 1, b), -a + log_sum_over_spin(j, -1, b)) - log_two_cosh(a) -
                    log_two_cosh(b);
  }
  return result;
}

}  // namespace detail

[[gnu::noinline]] inline PartitionEstimate bethe(const SpinPairs& model, const BetheOptions& options = {}) {
  require(options.damping >= 0 && options.damping < 1, "damping", options.damping, "at least 0, less than 1");
  require(options.starts >= 1, "starts", static_cast<double>(options.starts), "at least 1");
  const auto neighbours = model.neighbours();
  std::vector<double> messages(2 * model.pairs.size());
  if (detail::is_forest(model))
    return PartitionEstimate::exact(detail::propagate_beliefs(model, neighbours, 0, options, messages).value);

  const Stream stream(0);
  detail::BetheFixedPoint best;
  bool settled = false;
  for (Index start = 0; start < options.starts; ++start) {
    for (std::size_t k = 0; k < messages.size() && start > 0; ++k)
      messages[k] = start == 1 ? 0.5 : stream.normal(static_cast<std::uint32_t>(start), k);
    const auto point = detail::propagate_beliefs(model, neighbours, options.damping, options, messages);
    const bool settles = point.change <= options.tolerance;
    if (start == 0 || (settles && (!settled || point.value > best.value))) best = point;
    settled = settled || settles;
  }
  PartitionEstimate result;
  result.value = best.value;
  if (settled) {
    result.verdict = PartitionVerdict::estimated;
  } else {
    result.warning = joined({"Belief propagation did not settle: messages still change by ", to_text(best.change)});
  }
  return result;
}
template <HasSpinPairs E>
PartitionEstimate bethe(const E& energy, const BetheOptions& options = {}) {
  return bethe(SpinPairs(energy), options);
}

}  // namespace ebm
