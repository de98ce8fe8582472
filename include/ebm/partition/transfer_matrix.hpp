// TransferMatrix: log Z and independent draws of a model of pairs (concepts/pair_model.hpp) on a narrow graph, as
// strips, trees and small tori.
//
// Kramers & Wannier 1941, site by site. Nodes are taken up in their order; the table holds, for all states of the nodes
// that still wait for a neighbour (the frontier), the sum over the states of those that are done. Taking up a node
// multiplies by the weights of its field and of its edges into the frontier; a node all of whose neighbours are taken
// up is summed out. Time and memory go as q^(largest frontier + 1): rows of w sites, free at their ends, need w, joined
// to a torus 2 w. Put the short side into the columns.
//
// Draws go the same way back: each node from its conditional distribution given those that were summed out after it.
#pragma once

#include <ebm/concepts/pair_model.hpp>
#include <ebm/core/rng.hpp>

namespace ebm {

struct TransferMatrixOptions {
  double temperature = 1.0;
  double most_entries = 0x1p27;  // of a table, or of all that draws need
};

template <PairModel E>
class TransferMatrix {
 public:
  explicit TransferMatrix(const E& energy, const TransferMatrixOptions& options = {})
      : energy_(energy),
        beta_(1.0 / options.temperature),
        most_entries_(options.most_entries),
        states_(energy.states()) {
    require(options.temperature > 0, "temperature", options.temperature, "above 0");
    last_neighbour_ = last_neighbours(graph());
    for_each_sum(last_neighbour_, [&](Index frontier) { width_ = std::max(width_, frontier); });
    const double entries = std::pow(static_cast<double>(states_.count), static_cast<double>(width_));
    require(entries <= most_entries_, "energy: entries of a table", entries, "at most most_entries");
    log_partition_ = forward([](const auto&, Index, Index) {});
  }

  // Of all tables that draws need, from the graph alone: what most_entries must allow.
  static double entries_for_draws(const E& energy) {
    double entries = 0;
    for_each_sum(last_neighbours(energy.graph()), [&](Index frontier) {
      entries += std::pow(static_cast<double>(energy.states().count), static_cast<double>(frontier));
    });
    return entries;
  }

  // log sum_x exp(-E(x) / T).
  double log_partition() const { return log_partition_; }
  // The largest number of nodes in a table.
  Index width() const { return width_; }

  // Independent samples of exp(-E / T), one a row.
  Points<typename E::Scalar> draws(Index count, Rng& rng) const {
    require(count >= 0, "count", static_cast<double>(count), "at least 0");
    struct SummedOut {
      Index node, place;
      std::vector<Index> frontier;  // with the node itself, at `place`
      std::vector<double> table;
    };
    std::vector<SummedOut> history;
    double entries = 0;
    forward([&](const auto& table, Index node, Index place) {
      entries += static_cast<double>(table.weights.size());
      require(entries <= most_entries_, "energy: entries of the tables that draws need", entries,
              "at most most_entries");
      history.push_back({node, place, table.frontier, table.weights});
    });
    const Stream stream = rng.stream();
    Points<typename E::Scalar> points(count, graph().nodes());
    const Index q = states_.count;
    std::vector<Index> state(size(graph().nodes()));
    for (Index n = 0; n < count; ++n) {
      for (auto step = history.rbegin(); step != history.rend(); ++step) {
        Index first = 0, stride = 1, power = 1;
        for (std::size_t place = 0; place < step->frontier.size(); ++place, power *= q) {
          if (static_cast<Index>(place) == step->place) {
            stride = power;
          } else {
            first += state[size(step->frontier[place])] * power;
          }
        }
        double total = 0;
        for (Index k = 0; k < q; ++k) total += step->table[size(first + k * stride)];
        double rest = total * stream.uniform(static_cast<std::uint32_t>(n), static_cast<std::uint64_t>(step->node));
        Index k = 0;
        while (k + 1 < q && (rest -= step->table[size(first + k * stride)]) >= 0) ++k;
        state[size(step->node)] = k;
      }
      for (Index i = 0; i < graph().nodes(); ++i)
        points(n, i) = static_cast<typename E::Scalar>(states_.value(state[size(i)]));
    }
    return points;
  }

 private:
  // weights[number of the frontier's states, the first node's digit lowest] exp(log_scale) = the sum over what is done.
  struct Table {
    std::vector<Index> frontier;
    std::vector<double> weights{1.0};
    double log_scale = 0;
  };

  static std::size_t size(Index i) { return static_cast<std::size_t>(i); }
  const Graph& graph() const { return energy_.graph(); }

  // Of each node, itself if none comes after it.
  static std::vector<Index> last_neighbours(const Graph& graph) {
    std::vector<Index> result;
    for (Index i = 0; i < graph.nodes(); ++i) {
      result.push_back(i);
      for (const auto [node, edge] : graph.neighbours(i)) result.back() = std::max<Index>(result.back(), node);
    }
    return result;
  }

  // f(nodes in the table) before each node is summed out.
  template <class F>
  static void for_each_sum(const std::vector<Index>& last_neighbours, F f) {
    std::vector<Index> done(last_neighbours.size());  // nodes that are summed out after each
    for (const Index last : last_neighbours) ++done[size(last)];
    Index waiting = 0;
    for (const Index summed_out : done) {
      ++waiting;
      for (Index k = 0; k < summed_out; ++k) f(waiting--);
    }
  }

  // before_sum(table, node, place) sees the table before the node at that place of its frontier is summed out.
  template <class BeforeSum>
  double forward(BeforeSum before_sum) const {
    Table table;
    for (Index node = 0; node < graph().nodes(); ++node) {
      take_up(table, node);
      for (Index place = static_cast<Index>(table.frontier.size()); place-- > 0;) {
        if (last_neighbour_[size(table.frontier[size(place)])] > node) continue;
        before_sum(std::as_const(table), table.frontier[size(place)], place);
        sum_out(table, place);
      }
      rescale(table);
    }
    return table.log_scale + ebm::log(table.weights[0]);
  }

  // The node becomes the highest digit.
  void take_up(Table& table, Index node) const {
    const Index q = states_.count, old = static_cast<Index>(table.weights.size());
    std::vector<double> field(size(q));
    for (Index k = 0; k < q; ++k) field[size(k)] = energy_.node_energy(node, k);
    to_weights(field, table.log_scale);
    table.weights.resize(size(old * q));
    for (Index k = q; k-- > 0;) {
      for (Index i = 0; i < old; ++i) table.weights[size(k * old + i)] = field[size(k)] * table.weights[size(i)];
    }
    table.frontier.push_back(node);
    for (const auto [other, edge] : graph().neighbours(node)) {
      if (other > node) break;
      const auto place = std::find(table.frontier.begin(), table.frontier.end(), other) - table.frontier.begin();
      Index run = 1;
      for (Index i = 0; i < place; ++i) run *= q;
      std::vector<double> weight(size(q * q));
      for (Index k = 0; k < q; ++k) {
        for (Index l = 0; l < q; ++l) {
          const bool forth = graph().edge(edge).a == node;
          weight[size(k * q + l)] = forth ? energy_.edge_energy(edge, k, l) : energy_.edge_energy(edge, l, k);
        }
      }
      to_weights(weight, table.log_scale);
      double* to = table.weights.data();
      for (Index k = 0; k < q; ++k) {
        for (Index high = 0; high < old; high += run * q) {
          for (Index l = 0; l < q; ++l) {
            for (Index i = 0; i < run; ++i) *to++ *= weight[size(k * q + l)];
          }
        }
      }
    }
  }

  // Energies become exp(-beta (e - smallest)); the smallest goes into the scale.
  void to_weights(std::vector<double>& energies, double& log_scale) const {
    const double smallest = *std::min_element(energies.begin(), energies.end());
    for (double& energy : energies) energy = ebm::exp(beta_ * (smallest - energy));
    log_scale = ebm::fma(-beta_, smallest, log_scale);
  }

  void sum_out(Table& table, Index place) const {
    const Index q = states_.count;
    Index run = 1;
    for (Index i = 0; i < place; ++i) run *= q;
    const Index count = static_cast<Index>(table.weights.size()) / q;
    double* weights = table.weights.data();
    for (Index high = 0; high < count; high += run) {
      for (Index i = 0; i < run; ++i) {
        double sum = weights[high * q + i];
        for (Index k = 1; k < q; ++k) sum += weights[high * q + k * run + i];
        weights[high + i] = sum;
      }
    }
    table.weights.resize(size(count));
    table.frontier.erase(table.frontier.begin() + place);
  }

  void rescale(Table& table) const {
    const double largest = *std::max_element(table.weights.begin(), table.weights.end());
    if (!(largest > 0))
      throw NumericalError("energy: couplings of such strength leave no weight that a double can hold");
    for (double& weight : table.weights) weight /= largest;
    table.log_scale += ebm::log(largest);
  }

  E energy_;
  double beta_, most_entries_, log_partition_ = 0;
  StateSet states_;
  Index width_ = 0;
  std::vector<Index> last_neighbour_;
};

}  // namespace ebm
