// Mlp: a fully connected network whose single output is the energy.
//
//   E(x) = w_L . h_L + b_L,    h_l = activation(W_l h_{l-1} + b_l),    h_0 = x
//
// evaluated on the tile kernel, with input and parameter gradients by backpropagation. Weights start as
// N(0, 2 / fan-in) (He, Zhang, Ren, Sun 2015, eq. 10), the first layer's biases as N(0, 0.1^2), the last layer's
// weights at a tenth, so that training starts near a flat energy.
#pragma once

#include <ebm/concepts/energy.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/core/tensors.hpp>
#include <ebm/networks/dense_layer.hpp>

#include <string>
#include <utility>
#include <vector>

namespace ebm {

namespace detail {

// Where what lies. Parameters, layer by layer: weights [input][output], then biases [output]. Packed weights of the
// hidden layers: all for the way forward, then all transposed for the way back.
template <int Dim, int... Hidden>
struct MlpLayout {
  static constexpr int depth = static_cast<int>(sizeof...(Hidden));
  static constexpr int widths[] = {Dim, Hidden..., 1};

  static constexpr Index width(int layer) { return widths[layer]; }
  static constexpr Index weights(int layer) { return layer == 0 ? 0 : biases(layer - 1) + width(layer); }
  static constexpr Index biases(int layer) { return weights(layer) + width(layer) * width(layer + 1); }
  static constexpr Index parameters() { return weights(depth + 1); }

  static constexpr Index forward(int layer) {
    return layer == 0 ? 0 : forward(layer - 1) + width(layer - 1) * width(layer);
  }
  static constexpr Index backward(int layer) { return forward(depth) + forward(layer); }
  static constexpr Index packed() { return 2 * forward(depth); }
};

}  // namespace detail

template <Activation Act, class ScalarType, int Dim, int... Hidden>
  requires(Dim > 0 && sizeof...(Hidden) > 0 && ((Hidden > 0) && ...))
class MlpWith {
 public:
  using Scalar = ScalarType;
  static constexpr int dim = Dim;
  static constexpr Index tiles_at_once = detail::kKernelTiles;
  // Nothing holds a bare network far away: the trainer puts it into a frame.
  static constexpr bool wants_frame = true;

  explicit MlpWith(Rng& rng)
      : parameters_(static_cast<std::size_t>(Layout::parameters())),
        packed_(static_cast<std::size_t>(Layout::packed())) {
    const Stream stream = rng.stream();
    std::uint64_t drawn = 0;
    for (int l = 0; l <= kDepth; ++l) {
      const double scale = std::sqrt(2.0 / kWidths[l]) * (l == kDepth ? 0.1 : 1.0);
      Scalar* weights = parameters_.data() + Layout::weights(l);
      for (Index i = 0; i < kWidths[l] * kWidths[l + 1]; ++i)
        weights[i] = static_cast<Scalar>(scale * stream.normal(0, drawn++));
      if (l > 0) continue;
      for (Index i = 0; i < kWidths[1]; ++i)
        parameters_[static_cast<std::size_t>(Layout::biases(0) + i)] =
            static_cast<Scalar>(0.1 * stream.normal(1, drawn++));
    }
    pack();
  }
  explicit MlpWith(Rng&& rng) : MlpWith(rng) {}

  std::span<const Scalar> parameters() const { return parameters_; }

  void set_parameters(std::span<const Scalar> parameters) {
    if (parameters.size() != parameters_.size()) {
      throw ShapeError(joined({"parameters: ", count_text(static_cast<Index>(parameters.size())), " values, wanted ",
                               count_text(static_cast<Index>(parameters_.size()))}));
    }
    std::copy(parameters.begin(), parameters.end(), parameters_.begin());
    pack();
  }

  Tensors tensors() const {
    Tensors result;
    result.add<Scalar>(slots(), parameters());
    return result;
  }
  static MlpWith from(const Tensors& tensors) {
    MlpWith result{Rng{}};
    result.set_parameters(tensors.numbers<Scalar>(slots()));
    return result;
  }

  void value(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    for_groups(x, [&]<int Tiles>(std::integral_constant<int, Tiles>, Index t) {
      Workspace::Scope scope(workspace);
      Pass pass(workspace, Tiles);
      forward<Tiles>(x.tile_data(t), x.stride(), pass, values.tile_data(t));
    });
  }

  void value_and_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, Dim> gradients,
                          Workspace& workspace) const {
    for_groups(x, [&]<int Tiles>(std::integral_constant<int, Tiles>, Index t) {
      Workspace::Scope scope(workspace);
      Pass pass(workspace, Tiles);
      forward<Tiles>(x.tile_data(t), x.stride(), pass, values.tile_data(t));
      backward<Tiles>(pass, nullptr);
      detail::tile_product<Dim, Tiles>(packed_.data() + Layout::backward(0), kNoStart, kWidths[1], pass.slope[0],
                                       kWidths[1] * kLanes<Scalar>, [&](int first, int rows, const Scalar* panel) {
                                         for (int q = 0; q < Tiles; ++q) {
                                           std::copy_n(panel + q * rows * kLanes<Scalar>, rows * kLanes<Scalar>,
                                                       gradients.coordinate(t + q, first));
                                         }
                                       });
    });
  }

  // values <- E(x), gradient += sum over lanes of weights dE/dparameters.
  void add_parameter_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    for (Index first = 0; first < x.count(); first += kGradientTiles) {
      const Index count = std::min(kGradientTiles, x.count() - first);
      Workspace::Scope scope(workspace);
      Pass pass(workspace, count);
      const auto chunk = x.subspan(first, count);
      for_groups(chunk, [&]<int Tiles>(std::integral_constant<int, Tiles>, Index t) {
        Pass part = pass.from_tile(t);
        forward<Tiles>(chunk.tile_data(t), chunk.stride(), part, values.tile_data(first + t));
        backward<Tiles>(part, weights.tile_data(first + t));
      });
      add_last_layer_gradient(pass, weights.subspan(first, count), gradient.data());
      add_layer_gradients(chunk, pass, gradient.data(), workspace, std::make_index_sequence<kDepth>{});
    }
  }

 private:
  static std::vector<TensorSlot> slots() {
    std::vector<TensorSlot> result;
    for (int l = 0; l <= kDepth; ++l) {
      const std::string layer = joined({"layers.", count_text(l)});
      result.push_back({layer + ".weight", {kWidths[l], kWidths[l + 1]}});
      result.push_back({layer + ".bias", {kWidths[l + 1]}});
    }
    return result;
  }

  using Layout = detail::MlpLayout<Dim, Hidden...>;
  using Dense = detail::DenseLayer<Act, Scalar>;
  static constexpr int kDepth = Layout::depth;
  static constexpr const auto& kWidths = Layout::widths;
  static constexpr const Scalar* kNoStart = nullptr;
  // Tiles whose activations are kept together for one pass of the parameter gradient.
  static constexpr Index kGradientTiles = 4;

  // Features of every hidden layer, [tile][feature][lane]: activations, and first derivatives, then deltas
  // dE/d(pre-activation).
  struct Pass {
    Scalar *activation[kDepth], *slope[kDepth];

    Pass(Workspace& workspace, Index tiles) {
      for (int l = 0; l < kDepth; ++l) {
        activation[l] = workspace.take<Scalar>(tiles * kWidths[l + 1] * kLanes<Scalar>);
        slope[l] = workspace.take<Scalar>(tiles * kWidths[l + 1] * kLanes<Scalar>);
      }
    }
    Pass from_tile(Index tile) const {
      Pass result = *this;
      for (int l = 0; l < kDepth; ++l) {
        result.activation[l] += tile * kWidths[l + 1] * kLanes<Scalar>;
        result.slope[l] += tile * kWidths[l + 1] * kLanes<Scalar>;
      }
      return result;
    }
  };

  template <class Group>
  static void for_groups(TileSpan<const Scalar, Dim> x, Group group) {
    Index t = 0;
    for (; t + tiles_at_once <= x.count(); t += tiles_at_once)
      group(std::integral_constant<int, static_cast<int>(tiles_at_once)>{}, t);
    if constexpr (tiles_at_once > 1) {
      for (; t < x.count(); ++t) group(std::integral_constant<int, 1>{}, t);
    }
  }

  template <int Tiles>
  void forward(const Scalar* x, Index stride, const Pass& pass, Scalar* values) const {
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      (Dense::template forward<kWidths[L + 1], Tiles>(packed_.data() + Layout::forward(static_cast<int>(L)),
                                                      parameters_.data() + Layout::biases(static_cast<int>(L)),
                                                      kWidths[L], L == 0 ? x : pass.activation[L == 0 ? 0 : L - 1],
                                                      L == 0 ? stride : Index{kWidths[L] * kLanes<Scalar>},
                                                      pass.activation[L], pass.slope[L]),
       ...);
    }
    (std::make_index_sequence<kDepth>{});
    using V = Pack<Scalar>;
    const Scalar* weights = parameters_.data() + Layout::weights(kDepth);
    for (int c = 0; c < Tiles * kPacks<Scalar>; ++c) {
      const Scalar* features = pass.activation[kDepth - 1] + (c / kPacks<Scalar>)*kWidths[kDepth] * kLanes<Scalar> +
                               (c % kPacks<Scalar>)*V::size;
      V sum[4] = {V(weights[kWidths[kDepth]]), V(0), V(0), V(0)};
      for (int k = 0; k < kWidths[kDepth]; ++k)
        sum[k % 4] = fma(V(weights[k]), V::load(features + k * kLanes<Scalar>), sum[k % 4]);
      ((sum[0] + sum[1]) + (sum[2] + sum[3])).store(values + c * V::size);
    }
  }

  // Turns the slopes of all layers into deltas, from the top down; weights scale each lane, none means one.
  template <int Tiles>
  void backward(const Pass& pass, const Scalar* lane_weights) const {
    using V = Pack<Scalar>;
    const Scalar* weights = parameters_.data() + Layout::weights(kDepth);
    for (int c = 0; c < Tiles * kPacks<Scalar>; ++c) {
      const V scale = lane_weights ? V::load(lane_weights + c * V::size) : V(1);
      Scalar* slopes =
          pass.slope[kDepth - 1] + (c / kPacks<Scalar>)*kWidths[kDepth] * kLanes<Scalar> + (c % kPacks<Scalar>)*V::size;
      for (int k = 0; k < kWidths[kDepth]; ++k, slopes += kLanes<Scalar>)
        (V::load(slopes) * (V(weights[k]) * scale)).store(slopes);
    }
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      (Dense::template backward<kWidths[kDepth - 1 - L], Tiles>(
           packed_.data() + Layout::backward(kDepth - 1 - static_cast<int>(L)), kWidths[kDepth - L],
           pass.slope[kDepth - 1 - L], pass.slope[kDepth - 2 - L]),
       ...);
    }
    (std::make_index_sequence<kDepth - 1>{});
  }

  void add_last_layer_gradient(const Pass& pass, LanesSpan<const Scalar> weights, Scalar* gradient) const {
    constexpr int width = kWidths[kDepth];
    Scalar* out = gradient + Layout::weights(kDepth);
    for (Index t = 0; t < weights.count(); ++t) {
      const Scalar* features = pass.activation[kDepth - 1] + t * width * kLanes<Scalar>;
      for (int k = 0; k < width; ++k, features += kLanes<Scalar>)
        out[k] += weighted_sum(features, weights.tile_data(t));
      out[width] += sum_lanes(weights.tile_data(t));
    }
  }

  static Scalar weighted_sum(const Scalar* features, const Scalar* weights) {
    using V = Pack<Scalar>;
    alignas(kAlignment) Scalar products[kLanes<Scalar>];
    for (int p = 0; p < kLanes<Scalar>; p += V::size)
      (V::load(features + p) * V::load(weights + p)).store(products + p);
    return sum_lanes(products);
  }

  template <std::size_t... L>
  void add_layer_gradients(TileSpan<const Scalar, Dim> x, const Pass& pass, Scalar* gradient, Workspace& workspace,
                           std::index_sequence<L...>) const {
    (Dense::template add_gradient<kWidths[L], kWidths[L + 1]>(
         L == 0 ? x.data() : pass.activation[L == 0 ? 0 : L - 1], pass.slope[L], x.count(),
         gradient + Layout::weights(static_cast<int>(L)), workspace),
     ...);
  }

  void pack() {
    [&]<std::size_t... L>(std::index_sequence<L...>) { (pack_layer<static_cast<int>(L)>(), ...); }
    (std::make_index_sequence<kDepth>{});
  }
  template <int Layer>
  void pack_layer() {
    Dense::template pack<kWidths[Layer], kWidths[Layer + 1]>(parameters_.data() + Layout::weights(Layer),
                                                             packed_.data() + Layout::forward(Layer),
                                                             packed_.data() + Layout::backward(Layer));
  }

  std::vector<Scalar> parameters_, packed_;
};

template <class Scalar, int Dim, int... Hidden>
using Mlp = MlpWith<Silu, Scalar, Dim, Hidden...>;

}  // namespace ebm
