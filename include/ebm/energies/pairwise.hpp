// PairwiseEnergy: units of two states on a graph, with a coupling for every edge and a field at every node.
//
//   E(x) = -sum_(ij) J_ij x_i x_j - sum_i h_i x_i,   dE/dx_i = -f_i,   f_i = h_i + sum_j J_ij x_j
//   p(x_i = upper | rest) = logistic((upper - lower) f_i / T)
//
// x_i is -1 or 1 (Ising, energies/ising.hpp), or 0 or 1 (BoltzmannMachine, energies/boltzmann_machine.hpp). Every edge
// counts once. The parameters, all of them trainable, are the couplings in the order of the edges, then the fields. A
// Gibbs sweep draws block after block of the graph's colouring. The gradient is that of E extended to real x.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/flat_vector.hpp>
#include <ebm/core/tile_noise.hpp>
#include <ebm/core/graph.hpp>

namespace ebm {

enum class Units { spins, bits };

template <class S, Units units>
class PairwiseEnergy {
 public:
  using Scalar = S;
  static constexpr int dim = Dynamic;
  static constexpr Index tiles_at_once = 4;

  // The same coupling and field everywhere.
  explicit PairwiseEnergy(Graph graph, double coupling = 0, double field = 0)
      : graph_(std::move(graph)),
        parameters_(static_cast<std::size_t>(graph_.edges() + graph_.nodes())),
        by_neighbour_(static_cast<std::size_t>(2 * graph_.edges())) {
    require(coupling - coupling == 0, "coupling", coupling, "a finite number");
    require(field - field == 0, "field", field, "a finite number");
    FlatVector<Scalar> theta(parameters_.size());
    std::fill_n(theta.data(), graph_.edges(), static_cast<Scalar>(coupling));
    std::fill_n(theta.data() + graph_.edges(), graph_.nodes(), static_cast<Scalar>(field));
    set_parameters(theta.span());
  }
  // A coupling for every edge and a field for every node.
  template <class Couplings, class Fields>
  PairwiseEnergy(Graph graph, const Eigen::DenseBase<Couplings>& couplings, const Eigen::DenseBase<Fields>& fields)
      : PairwiseEnergy(std::move(graph)) {
    require_shape("couplings", couplings, graph_.edges(), 1);
    require_shape("fields", fields, graph_.nodes(), 1);
    FlatVector<Scalar> theta(parameters_.size());
    for (Index e = 0; e < graph_.edges(); ++e) theta.data()[e] = static_cast<Scalar>(couplings.derived().coeff(e, 0));
    for (Index i = 0; i < graph_.nodes(); ++i)
      theta.data()[graph_.edges() + i] = static_cast<Scalar>(fields.derived().coeff(i, 0));
    require_finite("parameters", Eigen::Map<const Values<Scalar>>(theta.data(), graph_.edges() + graph_.nodes()));
    set_parameters(theta.span());
  }

  Index dimension() const { return graph_.nodes(); }
  StateSet states() const { return units == Units::spins ? kSpins : kBits; }
  const Graph& graph() const { return graph_; }
  double coupling(Index edge) const { return static_cast<double>(parameters_.data()[edge]); }
  double field(Index node) const { return static_cast<double>(fields()[node]); }

  // What an edge whose ends are in states k and l, and a node in state k, add to the energy.
  double edge_energy(Index edge, Index k, Index l) const {
    return -coupling(edge) * (states().value(k) * states().value(l));
  }
  double node_energy(Index node, Index k) const { return -field(node) * states().value(k); }
  // By how much an edge prefers equal states, which for spins is all that it does.
  double agreement(Index edge) const requires(units == Units::spins) { return 2.0 * coupling(edge); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace&) const {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const Scalar* at = x.tile_data(t) + p;
        V sum(0);
        for (Index i = 0; i < dimension(); ++i) sum = fma(-load(at, i), field_of_later(at, i), sum);
        sum.store(values.tile_data(t) + p);
      }
    }
  }
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    value(x, values, workspace);
    for (Index t = 0; t < x.count(); ++t) {
      for (Index i = 0; i < dimension(); ++i) {
        for (Index p = 0; p < kLanes<Scalar>; p += V::size)
          (-field_of_all(x.tile_data(t) + p, i)).store(gradients.coordinate(t, i) + p);
      }
    }
  }

  // E with x_site = lower, upper, up to a constant of the lane.
  void conditional_energies(TileSpan<const Scalar, dim> x, Index site, LanesSpan<Scalar> energies, Workspace&) const {
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
      const V field = field_of_all(x.data() + p, site);
      (field * V(-states().value(0))).store(energies.tile_data(0) + p);
      (field * V(-states().value(1))).store(energies.tile_data(1) + p);
    }
  }
  // The same for several sites.
  void site_energies(TileSpan<const Scalar, dim> x, std::span<const Index> sites, LanesSpan<Scalar> energies,
                     Workspace& workspace) const {
    for (std::size_t n = 0; n < sites.size(); ++n)
      conditional_energies(x, sites[n], energies.subspan(2 * static_cast<Index>(n), 2), workspace);
  }
  // gradient += sum of slopes[2 n + k][lane] dE/dtheta with site n in state k; the slopes of a site sum to zero.
  void add_site_gradients(TileSpan<const Scalar, dim> x, std::span<const Index> sites, LanesSpan<const Scalar> slopes,
                          std::span<Scalar> gradient, Workspace&) const {
    constexpr Scalar gap = 2 - static_cast<int>(units == Units::bits);
    Lanes<Scalar> slope, product;
    for (std::size_t n = 0; n < sites.size(); ++n) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size)
        (V::load(slopes.tile_data(static_cast<Index>(2 * n + 1)) + p) * V(-gap)).store(slope.data() + p);
      for (const auto [node, edge] : graph_.neighbours(sites[n])) {
        for (Index p = 0; p < kLanes<Scalar>; p += V::size)
          (V::load(slope.data() + p) * V::load(x.coordinate(0, node) + p)).store(product.data() + p);
        gradient[static_cast<std::size_t>(edge)] += sum_lanes(product.data());
      }
      gradient[static_cast<std::size_t>(graph_.edges() + sites[n])] += sum_lanes(slope.data());
    }
  }

  std::span<const Scalar> parameters() const { return parameters_.span(); }
  void set_parameters(std::span<const Scalar> theta) {
    require(theta.size() == parameters_.size(), "theta: size", static_cast<double>(theta.size()), "edges + nodes");
    std::copy(theta.begin(), theta.end(), parameters_.data());
    for (Index i = 0; i < dimension(); ++i) {
      std::size_t at = graph_.first_neighbour(i);
      for (const auto [node, edge] : graph_.neighbours(i)) by_neighbour_[at++] = parameters_.data()[edge];
    }
  }

  // dE/dJ_ij = -x_i x_j,   dE/dh_i = -x_i.
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    value(x, values, workspace);
    const auto add = [&](Index parameter, auto statistic) {
      Lanes<Scalar> sum;
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        V total(0);
        for (Index t = 0; t < x.count(); ++t)
          total = fma(-V::load(weights.tile_data(t) + p), statistic(x.tile_data(t) + p), total);
        total.store(sum.data() + p);
      }
      gradient[static_cast<std::size_t>(parameter)] += sum_lanes(sum.data());
    };
    for (Index e = 0; e < graph_.edges(); ++e) {
      const auto [a, b] = graph_.edge(e);
      add(e, [a = a, b = b](const Scalar* at) { return load(at, a) * load(at, b); });
    }
    for (Index i = 0; i < dimension(); ++i) add(graph_.edges() + i, [i](const Scalar* at) { return load(at, i); });
  }

  // Every block of the graph's colouring given the others.
  void gibbs_sweep(TileSpan<Scalar, dim> x, double beta, TileNoise<Scalar, dim>& noise, Workspace&) const {
    const V lower(states().value(0)), upper(states().value(1)), scale(beta * (states().value(1) - states().value(0)));
    Index drawn = 0;
    for (const Index i : graph_.by_block()) {
      for (Index t = 0; t < x.count(); ++t) {
        const Scalar* uniforms = noise.uniforms(t, drawn);
        for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
          const V probability = logistic(scale * field_of_all(x.tile_data(t) + p, i));
          select(V::load(uniforms + p) <= probability, upper, lower).store(x.coordinate(t, i) + p);
        }
      }
      ++drawn;
    }
  }
  Index gibbs_uniforms() const {
    return (dimension() + kNoiseBlock<Scalar> - 1) / kNoiseBlock<Scalar> * kNoiseBlock<Scalar>;
  }

  // Before the first training: fields that give independent units the mean of the data, where no parameter is set yet.
  void initialise_from(const Values<double>& mean) {
    require_shape("mean", mean, dimension(), 1);
    FlatVector<Scalar> theta(parameters_.span());
    for (std::size_t k = 0; k < theta.size(); ++k) {
      if (theta.data()[k] != Scalar(0)) return;
    }
    const double lowest = states().value(0), range = states().value(1) - lowest;
    for (Index i = 0; i < dimension(); ++i) {
      const double share = std::min(std::max((mean(i) - lowest) / range, 0.02), 0.98);
      theta.data()[graph_.edges() + i] = static_cast<Scalar>(ebm::log(share / (1.0 - share)) / range);
    }
    set_parameters(theta.span());
  }

  Tensors tensors() const {
    Tensors result;
    graph_.add_to(result);
    result.add<Scalar>(slots(graph_), parameters());
    return result;
  }
  static PairwiseEnergy from(const Tensors& tensors) {
    PairwiseEnergy result(Graph::from(tensors, tensors.sides("fields", 1)[0]));
    result.set_parameters(tensors.numbers<Scalar>(slots(result.graph_)));
    return result;
  }

 private:
  using V = Pack<Scalar>;

  static std::vector<TensorSlot> slots(const Graph& graph) {
    return {{"couplings", {graph.edges()}}, {"fields", {graph.nodes()}}};
  }
  const Scalar* fields() const { return parameters_.data() + graph_.edges(); }
  // Coordinate i of the pack of lanes of one tile that begins at x.
  EBM_INLINE static V load(const Scalar* x, Index i) { return V::load(x + i * kLanes<Scalar>); }

  EBM_INLINE V field_of_all(const Scalar* x, Index i) const {
    V sum(fields()[i]);
    std::size_t k = graph_.first_neighbour(i);
    for (const auto [node, edge] : graph_.neighbours(i)) sum = fma(V(by_neighbour_[k++]), load(x, node), sum);
    return sum;
  }
  // Without the neighbours that come before i, so that each edge counts once.
  EBM_INLINE V field_of_later(const Scalar* x, Index i) const {
    V sum(fields()[i]);
    std::size_t k = graph_.first_neighbour(i + 1);
    const auto neighbours = graph_.neighbours(i);
    for (auto other = neighbours.rbegin(); other != neighbours.rend() && other->node > i; ++other)
      sum = fma(V(by_neighbour_[--k]), load(x, other->node), sum);
    return sum;
  }

  Graph graph_;
  FlatVector<Scalar> parameters_;
  std::vector<Scalar> by_neighbour_;  // couplings in the order of the neighbours of all nodes
};

}  // namespace ebm
