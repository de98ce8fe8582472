// NetworkEnergy: a network whose single output is the energy.
//
//   E(x) = network(x)
#pragma once

#include <ebm/concepts/storable_energy.hpp>
#include <ebm/energies/network.hpp>

namespace ebm {

template <class Net>
class NetworkEnergy {
  static_assert(Net::outputs_count == 1, "ebm::NetworkEnergy: the network must have one output");

 public:
  using Scalar = typename Net::Scalar;
  static constexpr int dim = Net::dim;
  static constexpr Index tiles_at_once = Net::tiles_at_once;
  // Nothing holds a bare network far away: the trainer puts it into a frame.
  static constexpr bool wants_frame = true;

  explicit NetworkEnergy(Net net) : network_(std::move(net)) {}

  const Net& network() const { return network_; }
  Index dimension() const { return network_.dimension(); }
  std::span<const Scalar> parameters() const { return network_.parameters(); }
  void set_parameters(std::span<const Scalar> theta) { network_.set_parameters(theta); }

  Tensors tensors() const { return network_.tensors(); }
  static NetworkEnergy from(const Tensors& tensors) { return NetworkEnergy(Net::from(tensors)); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    network_.forward(x, workspace,
                     [&](Index t, const Scalar* out) { std::copy_n(out, kLanes<Scalar>, values.tile_data(t)); });
  }
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    network_.backward(x, gradients, nullptr, workspace, Head{values, {nullptr, 0}});
  }
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    network_.backward(x, {nullptr, 0, x.dim()}, gradient.data(), workspace, Head{values, weights});
  }

  // values <- u . dE/dx for directions u; gradient += sum over lanes of weights d(u . dE/dx)/dparameters.
  void add_mixed_gradient(TileSpan<const Scalar, dim> x, TileSpan<const Scalar, dim> directions,
                          LanesSpan<const Scalar> weights, LanesSpan<Scalar> values, std::span<Scalar> gradient,
                          Workspace& workspace) const {
    network_.backward_tangents(x, directions, gradient.data(), workspace,
                               [&](Index t, const Scalar* tangent, Scalar* slopes) {
                                 std::copy_n(tangent, kLanes<Scalar>, values.tile_data(t));
                                 std::copy_n(weights.tile_data(t), kLanes<Scalar>, slopes);
                               });
  }

 private:
  // The output is the energy; weights scale each lane, none means one.
  struct Head {
    LanesSpan<Scalar> values;
    LanesSpan<const Scalar> weights;

    void operator()(Index t, const Scalar* out, Scalar* slopes) const {
      std::copy_n(out, kLanes<Scalar>, values.tile_data(t));
      if (weights.data()) {
        std::copy_n(weights.tile_data(t), kLanes<Scalar>, slopes);
      } else {
        std::fill_n(slopes, kLanes<Scalar>, Scalar(1));
      }
    }
  };

  Net network_;
};

}  // namespace ebm
