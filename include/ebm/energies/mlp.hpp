// Mlp: a fully connected network whose single output is the energy.
//
//   E(x) = w_L . h_L + b_L,    h_l = activation(W_l h_{l-1} + b_l),    h_0 = x
//
// It is the NetworkEnergy of Dense<h_1>, activation, Dense<h_2>, activation, ..., Dense<1>, except that the biases of
// the first layer start as N(0, 0.1^2) and the weights of the last at a tenth of the others' spread, so that training
// starts near a flat energy; and that its tensors count the dense layers alone: layers.<l>.weight, layers.<l>.bias.
#pragma once

#include <ebm/energies/network_energy.hpp>

namespace ebm {

namespace detail {

// A network with a dense layer and an activation for each width, and a single output, on top.
template <Activation Act, class Net, int... Widths>
struct MlpOnTop;
template <Activation Act, class Scalar, class Input, class... Layers, int Width, int... Rest>
struct MlpOnTop<Act, Network<Scalar, Input, Layers...>, Width, Rest...>
    : MlpOnTop<Act, Network<Scalar, Input, Layers..., Dense<Width>, Act>, Rest...> {};
template <Activation Act, class Scalar, class Input, class... Layers>
struct MlpOnTop<Act, Network<Scalar, Input, Layers...>> {
  using Type = Network<Scalar, Input, Layers..., Dense<1>>;
};
template <Activation Act, class Scalar, int Dim, int... Hidden>
using MlpNetwork = typename MlpOnTop<Act, Network<Scalar, Features<Dim>>, Hidden...>::Type;

}  // namespace detail

template <Activation Act, class ScalarType, int Dim, int... Hidden>
  requires(Dim > 0 && sizeof...(Hidden) > 0 && ((Hidden > 0) && ...))
class MlpWith : public NetworkEnergy<detail::MlpNetwork<Act, ScalarType, Dim, Hidden...>> {
  using Net = detail::MlpNetwork<Act, ScalarType, Dim, Hidden...>;

 public:
  using Scalar = ScalarType;

  explicit MlpWith(Rng& rng) : MlpWith(start(rng.stream())) {}
  explicit MlpWith(Rng&& rng) : MlpWith(rng) {}

  Tensors tensors() const {
    Tensors result;
    result.add<Scalar>(slots(), this->parameters());
    return result;
  }
  static MlpWith from(const Tensors& tensors) { return MlpWith(tensors.numbers<Scalar>(slots())); }

 private:
  explicit MlpWith(const std::vector<Scalar>& theta) : NetworkEnergy<Net>(Net(std::span<const Scalar>(theta))) {}

  // Normals are counted in the order of the parameters that are drawn.
  static std::vector<Scalar> start(Stream stream) {
    constexpr int widths[] = {Dim, Hidden...};
    constexpr std::uint64_t biases = widths[0] * widths[1];
    std::vector<Scalar> theta(static_cast<std::size_t>(Net::Stack::parameters));
    std::uint64_t drawn = 0;
    typename Net::Stack{}.initialise(theta.data(), 0.1, [&] {
      if (drawn == biases) drawn += widths[1];
      return stream.normal(0, drawn++);
    });
    for (std::uint64_t i = biases; i < biases + widths[1]; ++i)
      theta[i] = static_cast<Scalar>(0.1 * stream.normal(1, i));
    return theta;
  }

  static std::vector<TensorSlot> slots() {
    constexpr Index widths[] = {Dim, Hidden..., 1};
    std::vector<TensorSlot> result;
    for (std::size_t l = 0; l <= sizeof...(Hidden); ++l) {
      const std::string layer = joined({"layers.", count_text(static_cast<Index>(l))});
      result.push_back({layer + ".weight", {widths[l], widths[l + 1]}});
      result.push_back({layer + ".bias", {widths[l + 1]}});
    }
    return result;
  }
};

template <class Scalar, int Dim, int... Hidden>
using Mlp = MlpWith<Silu, Scalar, Dim, Hidden...>;

}  // namespace ebm
