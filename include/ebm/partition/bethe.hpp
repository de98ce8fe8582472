// Bethe: log Z by loopy belief propagation (Bethe 1935; Pearl 1988; Yedidia, Freeman & Weiss 2005), exact on trees.
//
//   u_{i->j} = atanh(tanh J_ij tanh h_{i->j}),   h_{i->j} = h_i + sum over k other than j of u_{k->i}
//   log Z ~ constant + sum_i log sum_s exp(h_i s) prod_k sum_t exp(J_ik s t + h_{k->i} t) / (2 cosh h_{k->i})
//           - sum_(ij) log sum_{s,t} exp(J_ij s t + h_{i->j} s + h_{j->i} t) / (4 cosh h_{i->j} cosh h_{j->i})
//
// On trees, messages go from the leaves to a root and back, and are right then. On graphs with loops it is no bound,
// and messages that do not settle are the verdict's business. Of several fixed points that of the largest log Z is
// taken, since below a critical temperature that without magnetisation is far too low.
#pragma once

#include <ebm/core/rng.hpp>
#include <ebm/partition/spin_pairs.hpp>

#include <optional>

namespace ebm {

struct BetheOptions {
  Index starts = 6;  // without messages, with positive ones, with random ones
  double damping = 0.3;
  Index most_sweeps = 2000;  // on graphs with loops
  double tolerance = 1e-12;  // of the messages
};

namespace detail {

// log sum_t exp(j s t + h t) for s = 1 and s = -1.
inline double log_sum_over_spin(double j, double s, double h) { return log_two_cosh(fma(j, s, h)); }

// The spins of a forest, each after the one that it hangs on; nothing where pairs make a loop.
[[gnu::noinline]] inline std::optional<std::vector<std::size_t>> forest_order(
    const std::vector<std::vector<SpinPairs::Neighbour>>& neighbours) {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> order, from(neighbours.size(), none);  // the pair through which each spin was reached
  std::vector<char> reached(neighbours.size());
  for (std::size_t root = 0; root < neighbours.size(); ++root) {
    if (reached[root]) continue;
    reached[root] = true;
    order.push_back(root);
    for (std::size_t next = order.size() - 1; next < order.size(); ++next) {
      const std::size_t spin = order[next];
      for (const auto& neighbour : neighbours[spin]) {
        const auto other = static_cast<std::size_t>(neighbour.spin);
        if (neighbour.coupling == 0 || neighbour.pair == from[spin]) continue;
        if (reached[other]) return std::nullopt;
        reached[other] = true, from[other] = neighbour.pair;
        order.push_back(other);
      }
    }
  }
  return order;
}

struct Beliefs {
  const SpinPairs& model;
  const std::vector<std::vector<SpinPairs::Neighbour>>& neighbours;
  std::vector<double> messages;  // [2 p] goes from a to b of pair p, [2 p + 1] back

  // Sends the messages of spin i, and returns by how much one changed at most.
  double send(std::size_t i, double damping) {
    double change = 0;
    const double field = total(i);
    for (const auto& to : neighbours[i]) {
      const double h = field - messages[incoming(i, to)], j = to.coupling;
      // atanh(tanh j tanh h) = log(cosh(j + h) / cosh(j - h)) / 2
      const double u = 0.5 * (log_two_cosh(j + h) - log_two_cosh(j - h));
      double& message = messages[outgoing(i, to)];
      const double next = damping * message + (1 - damping) * u;
      change = std::max(change, std::abs(next - message));
      message = next;
    }
    return change;
  }

  double log_partition() const {
    std::vector<double> cavities(
        messages.size());  // [2 p]: field of a without b's message, [2 p + 1]: of b without a's
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
      const double field = total(i);
      for (const auto& to : neighbours[i]) cavities[outgoing(i, to)] = field - messages[incoming(i, to)];
    }
    double value = model.constant;
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
      value += log_add_exp(terms[0], terms[1]);
    }
    for (std::size_t p = 0; p < model.pairs.size(); ++p) {
      const double a = cavities[2 * p], b = cavities[2 * p + 1], j = model.pairs[p].coupling;
      value -= log_add_exp(a + log_sum_over_spin(j, 1, b), -a + log_sum_over_spin(j, -1, b)) - log_two_cosh(a) -
               log_two_cosh(b);
    }
    return value;
  }

 private:
  std::size_t incoming(std::size_t i, const SpinPairs::Neighbour& from) const {
    return 2 * from.pair + (model.pairs[from.pair].b == static_cast<Index>(i) ? 0 : 1);
  }
  std::size_t outgoing(std::size_t i, const SpinPairs::Neighbour& to) const { return incoming(i, to) ^ 1; }
  // The field of spin i with all messages.
  double total(std::size_t i) const {
    double field = model.fields[i];
    for (const auto& neighbour : neighbours[i]) field += messages[incoming(i, neighbour)];
    return field;
  }
};

}  // namespace detail

[[gnu::noinline]] inline PartitionEstimate bethe(const SpinPairs& model, const BetheOptions& options = {}) {
  require(options.damping >= 0 && options.damping < 1, "damping", options.damping, "at least 0, less than 1");
  require(options.starts >= 1, "starts", static_cast<double>(options.starts), "at least 1");
  const auto neighbours = model.neighbours();
  std::vector<double> messages(2 * model.pairs.size());
  if (const auto order = detail::forest_order(neighbours)) {
    detail::Beliefs beliefs{model, neighbours, messages};
    for (auto spin = order->rbegin(); spin != order->rend(); ++spin) beliefs.send(*spin, 0);
    for (const std::size_t spin : *order) beliefs.send(spin, 0);
    return PartitionEstimate::exact(beliefs.log_partition());
  }

  const Stream stream(0);
  double best = 0, change_of_best = 0;
  bool settled = false;
  for (Index start = 0; start < options.starts; ++start) {
    for (std::size_t k = 0; k < messages.size() && start > 0; ++k)
      messages[k] = start == 1 ? 0.5 : stream.normal(static_cast<std::uint32_t>(start), k);
    detail::Beliefs beliefs{model, neighbours, messages};
    double change = std::numeric_limits<double>::infinity();
    for (Index sweep = 0; sweep < options.most_sweeps && change > options.tolerance; ++sweep) {
      change = 0;
      for (std::size_t i = 0; i < model.fields.size(); ++i) change = std::max(change, beliefs.send(i, options.damping));
    }
    const double value = beliefs.log_partition();
    const bool settles = change <= options.tolerance;
    if (start == 0 || (settles && (!settled || value > best))) best = value, change_of_best = change;
    settled = settled || settles;
  }
  PartitionEstimate result;
  result.value = best;
  if (settled) {
    result.verdict = PartitionVerdict::estimated;
  } else {
    result.warning = joined({"Belief propagation did not settle: messages still change by ", to_text(change_of_best)});
  }
  return result;
}
template <HasSpinPairs E>
PartitionEstimate bethe(const E& energy, const BetheOptions& options = {}) {
  return bethe(SpinPairs(energy), options);
}

}  // namespace ebm
