// Potts: q states on a graph, a coupling for every edge between equal states, a field for every state of every node;
// Potts 1952, in units of the temperature.
//
//   E(s) = -sum_(ij) J_ij [s_i = s_j] - sum_i h_i(s_i),   s in {0, ..., q - 1},   every edge once
//   p(s_i = k | rest) = exp(-e_k / T) / sum_l exp(-e_l / T),   e_k = -h_i(k) - sum_j J_ij [s_j = k]
//
// Two states make the Ising model with couplings J / 2 and fields (h(1) - h(0)) / 2. The parameters, all of them
// trainable, are the couplings in the order of the edges, then the fields, node after node. A Gibbs sweep draws block
// after block of the graph's colouring. There is no gradient in the states, which are names.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/categories.hpp>
#include <ebm/core/flat_vector.hpp>
#include <ebm/core/tile_noise.hpp>
#include <ebm/core/graph.hpp>

namespace ebm {

template <class S>
class Potts {
 public:
  using Scalar = S;
  static constexpr int dim = Dynamic;
  static constexpr Index tiles_at_once = 4;

  // The same coupling everywhere, and no fields.
  Potts(Graph graph, Index states, double coupling = 0)
      : graph_(std::move(graph)), states_(states), parameters_(parameter_count(graph_, states)) {
    require(coupling - coupling == 0, "coupling", coupling, "a finite number");
    std::fill_n(parameters_.data(), graph_.edges(), static_cast<Scalar>(coupling));
  }
  // A coupling for every edge; fields, nodes x states.
  template <class Couplings, class Fields>
  Potts(Graph graph, Index states, const Eigen::DenseBase<Couplings>& couplings, const Eigen::DenseBase<Fields>& fields)
      : Potts(std::move(graph), states) {
    require_shape("couplings", couplings, graph_.edges(), 1);
    require_shape("fields", fields, graph_.nodes(), states);
    require_finite("couplings", couplings);
    require_finite("fields", fields);
    Scalar* to = parameters_.data();
    for (Index e = 0; e < graph_.edges(); ++e) *to++ = static_cast<Scalar>(couplings.derived().coeff(e, 0));
    for (Index i = 0; i < graph_.nodes(); ++i) {
      for (Index k = 0; k < states; ++k) *to++ = static_cast<Scalar>(fields.derived().coeff(i, k));
    }
  }

  Index dimension() const { return graph_.nodes(); }
  StateSet states() const { return {0, 1, states_}; }
  const Graph& graph() const { return graph_; }
  double coupling(Index edge) const { return static_cast<double>(parameters_.data()[edge]); }
  double field(Index node, Index k) const { return static_cast<double>(fields(node)[k]); }

  // What an edge whose ends are in states k and l, and a node in state k, add to the energy.
  double edge_energy(Index edge, Index k, Index l) const { return k == l ? -coupling(edge) : 0.0; }
  double node_energy(Index node, Index k) const { return -field(node, k); }
  // By how much an edge prefers equal states, which is all that it does.
  double agreement(Index edge) const { return coupling(edge); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace&) const {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const Scalar* at = x.tile_data(t) + p;
        V sum(0);
        for (Index e = 0; e < graph_.edges(); ++e) {
          const auto [a, b] = graph_.edge(e);
          sum = sum - select(load(at, a) == load(at, b), V(parameters_.data()[e]), V(0));
        }
        for (Index i = 0; i < dimension(); ++i) {
          for (Index k = 0; k < states_; ++k)
            sum = sum - select(load(at, i) == V(static_cast<Scalar>(k)), V(fields(i)[k]), V(0));
        }
        sum.store(values.tile_data(t) + p);
      }
    }
  }

  // E with x_site in each state, up to a constant of the lane.
  void conditional_energies(TileSpan<const Scalar, dim> x, Index site, LanesSpan<Scalar> energies, Workspace&) const {
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
      for (Index k = 0; k < states_; ++k) energy_of(x.data() + p, site, k).store(energies.tile_data(k) + p);
    }
  }
  // gradient += sum of slopes[q n + k][lane] dE/dtheta with site n in state k; the slopes of a site sum to zero.
  void add_site_gradients(TileSpan<const Scalar, dim> x, std::span<const Index> sites, LanesSpan<const Scalar> slopes,
                          std::span<Scalar> gradient, Workspace&) const {
    Lanes<Scalar> sum;
    for (std::size_t n = 0; n < sites.size(); ++n) {
      const Index first = static_cast<Index>(n) * states_;
      for (const auto [node, edge] : graph_.neighbours(sites[n])) {
        for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
          V slope(0);
          for (Index k = 0; k < states_; ++k)
            slope = select(load(x.data() + p, node) == V(static_cast<Scalar>(k)),
                           V::load(slopes.tile_data(first + k) + p), slope);
          slope.store(sum.data() + p);
        }
        gradient[static_cast<std::size_t>(edge)] -= sum_lanes(sum.data());
      }
      for (Index k = 0; k < states_; ++k)
        gradient[field_parameter(sites[n], k)] -= sum_lanes(slopes.tile_data(first + k));
    }
  }

  std::span<const Scalar> parameters() const { return parameters_.span(); }
  void set_parameters(std::span<const Scalar> theta) {
    require(theta.size() == parameters_.size(), "theta: size", static_cast<double>(theta.size()),
            "edges + nodes * states");
    std::copy(theta.begin(), theta.end(), parameters_.data());
  }

  // dE/dJ_ij = -[x_i = x_j],   dE/dh_i(k) = -[x_i = k].
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    value(x, values, workspace);
    const auto add = [&](std::size_t parameter, auto holds) {
      Lanes<Scalar> sum;
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        V total(0);
        for (Index t = 0; t < x.count(); ++t)
          total = total + select(holds(x.tile_data(t) + p), V::load(weights.tile_data(t) + p), V(0));
        total.store(sum.data() + p);
      }
      gradient[parameter] -= sum_lanes(sum.data());
    };
    for (Index e = 0; e < graph_.edges(); ++e) {
      const auto [a, b] = graph_.edge(e);
      add(static_cast<std::size_t>(e), [a = a, b = b](const Scalar* at) { return load(at, a) == load(at, b); });
    }
    for (Index i = 0; i < dimension(); ++i) {
      for (Index k = 0; k < states_; ++k)
        add(field_parameter(i, k), [i, k](const Scalar* at) { return load(at, i) == V(static_cast<Scalar>(k)); });
    }
  }

  // Every block of the graph's colouring given the others; the first state whose cumulative weight reaches the mark.
  void gibbs_sweep(TileSpan<Scalar, dim> x, double beta, TileNoise<Scalar, dim>& noise, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    Scalar* weights = workspace.take<Scalar>(states_ * V::size);
    const V minus_beta(-beta);
    Index drawn = 0;
    for (const Index i : graph_.by_block()) {
      for (Index t = 0; t < x.count(); ++t) {
        const Scalar* uniforms = noise.uniforms(t, drawn);
        for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
          const Scalar* at = x.tile_data(t) + p;
          for (Index k = 0; k < states_; ++k) energy_of(at, i, k).store(weights + k * V::size);
          const V uniform = V::load(uniforms + p);
          detail::DrawnCategory<V>(weights, V::size, states_, minus_beta, uniform).number.store(x.coordinate(t, i) + p);
        }
      }
      ++drawn;
    }
  }
  Index gibbs_uniforms() const {
    return (dimension() + kNoiseBlock<Scalar> - 1) / kNoiseBlock<Scalar> * kNoiseBlock<Scalar>;
  }

  Tensors tensors() const {
    Tensors result;
    graph_.add_to(result);
    result.add<Scalar>(slots(graph_, states_), parameters());
    return result;
  }
  static Potts from(const Tensors& tensors) {
    const TensorShape shape = tensors.sides("fields", 2);
    Potts result(Graph::from(tensors, shape[0]), shape[1]);
    result.set_parameters(tensors.numbers<Scalar>(slots(result.graph_, shape[1])));
    return result;
  }

 private:
  using V = Pack<Scalar>;

  static std::vector<TensorSlot> slots(const Graph& graph, Index states) {
    return {{"couplings", {graph.edges()}}, {"fields", {graph.nodes(), states}}};
  }
  static std::size_t parameter_count(const Graph& graph, Index states) {
    require(states >= 2 && states <= 1024, "states", static_cast<double>(states), "2 to 1024");
    return static_cast<std::size_t>(graph.edges() + graph.nodes() * states);
  }
  std::size_t field_parameter(Index node, Index k) const {
    return static_cast<std::size_t>(graph_.edges() + node * states_ + k);
  }
  const Scalar* fields(Index node) const { return parameters_.data() + graph_.edges() + node * states_; }
  // Coordinate i of the pack of lanes of one tile that begins at x.
  EBM_INLINE static V load(const Scalar* x, Index i) { return V::load(x + i * kLanes<Scalar>); }

  EBM_INLINE V energy_of(const Scalar* x, Index i, Index k) const {
    const V state(static_cast<Scalar>(k));
    V energy(-fields(i)[k]);
    for (const auto [node, edge] : graph_.neighbours(i))
      energy = energy - select(load(x, node) == state, V(parameters_.data()[edge]), V(0));
    return energy;
  }

  Graph graph_;
  Index states_;
  FlatVector<Scalar> parameters_;
};

}  // namespace ebm
