// Dense<outputs>: every output a weighted sum of every input. Dense{outputs} has as many as are known at run time.
//
//   y = W x + b          parameters: weights [input][output], then biases
//
// Weights start as N(0, 2 / inputs) (He, Zhang, Ren, Sun 2015, eq. 10), biases at 0.
#pragma once

#include <ebm/networks/dynamic_rows.hpp>
#include <ebm/networks/layer.hpp>
#include <ebm/networks/outer_product.hpp>

namespace ebm {

template <int Outputs>
  requires(Outputs > 0 || Outputs == Dynamic)
struct Dense {};
template <>
struct Dense<Dynamic> {
  Index outputs;
};
Dense(Index)->Dense<Dynamic>;

namespace detail {

template <int Outputs, class Scalar, LayerShape Input>
  requires(Outputs > 0)
struct BoundLayer<ebm::Dense<Outputs>, Scalar, Input> {
  using Output = Features<Outputs>;
  static constexpr int inputs = Input::size;
  static constexpr Index weights = Index{inputs} * Outputs;
  static constexpr Index parameters = weights + Outputs, packed = 2 * weights, kept = 0;
  static constexpr bool in_place = false, affine = true;

  template <class Draw>
  static void initialise(Scalar* theta, double scale, Draw draw) {
    const double sd = scale * std::sqrt(2.0 / inputs);
    for (Index i = 0; i < weights; ++i) theta[i] = static_cast<Scalar>(sd * draw());
    std::fill_n(theta + weights, Outputs, Scalar(0));
  }

  static void pack(const Scalar* theta, Scalar* panels) {
    pack_panels<Outputs>(
        inputs, [&](Index row, Index k) { return theta[k * Outputs + row]; }, panels);
    pack_panels<inputs>(
        Outputs, [&](Index row, Index k) { return theta[row * Outputs + k]; }, panels + weights);
  }

  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) {
    tile_product<Outputs, Tiles>(
        w.packed, w.theta ? w.theta + weights : nullptr, inputs, x.data, x.stride,
        [&](int first, int rows, const Scalar* panel) { store_panel<Tiles>(panel, rows, y, first); });
  }

  template <int Tiles>
  static void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    constexpr const Scalar* no_start = nullptr;
    tile_product<inputs, Tiles>(
        w.packed + weights, no_start, Outputs, dy.data, dy.stride,
        [&](int first, int rows, const Scalar* panel) { store_panel<Tiles>(panel, rows, dx, first); });
  }

  static void add_gradient(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<const Scalar>,
                           Strided<const Scalar> dy, Index tiles, Scalar* gradient, Workspace& workspace) {
    Workspace::Scope scope(workspace);
    constexpr Index transposed_tile = Index{padded_outputs<Scalar>(Outputs)} * kLanes<Scalar>;
    Scalar* transposed = workspace.take<Scalar>(tiles * transposed_tile);
    for (Index t = 0; t < tiles; ++t) transpose_tile<Outputs>(dy.tile(t), transposed + t * transposed_tile);
    add_outer_product<inputs, Outputs>(x.data, x.stride, transposed, tiles, gradient);
  }
};

// Of inputs or outputs whose number is known at run time.
template <class Scalar>
struct DynamicDense {
  static constexpr Index kept = 0;
  static constexpr bool in_place = false, affine = true;
  Index inputs, outputs, weights = inputs * outputs, parameters = weights + outputs, packed = 2 * weights;

  DynamicDense(Index in, Index out) : inputs(in), outputs(out) {}

  template <class Draw>
  void initialise(Scalar* theta, double scale, Draw draw) const {
    const double sd = scale * std::sqrt(2.0 / static_cast<double>(inputs));
    for (Index i = 0; i < weights; ++i) theta[i] = static_cast<Scalar>(sd * draw());
    std::fill_n(theta + weights, outputs, Scalar(0));
  }

  void pack(const Scalar* theta, Scalar* panels) const {
    pack_panels(
        PanelSplit<Dynamic>(outputs), inputs, [&](Index row, Index k) { return theta[k * outputs + row]; }, panels);
    pack_panels(
        PanelSplit<Dynamic>(inputs), outputs, [&](Index row, Index k) { return theta[row * outputs + k]; },
        panels + weights);
  }

  template <int Tiles>
  void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) const {
    tile_product<Tiles>(PanelSplit<Dynamic>(outputs), w.packed, w.theta ? w.theta + weights : nullptr, inputs, x.data,
                        x.stride,
                        [&](Index first, int rows, const Scalar* panel) { store_panel<Tiles>(panel, rows, y, first); });
  }

  template <int Tiles>
  void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) const {
    constexpr const Scalar* no_start = nullptr;
    tile_product<Tiles>(
        PanelSplit<Dynamic>(inputs), w.packed + weights, no_start, outputs, dy.data, dy.stride,
        [&](Index first, int rows, const Scalar* panel) { store_panel<Tiles>(panel, rows, dx, first); });
  }

  void add_gradient(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<const Scalar>, Strided<const Scalar> dy,
                    Index tiles, Scalar* gradient, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const int columns = static_cast<int>(outputs);
    const Index transposed_tile = Index{padded_outputs<Scalar>(columns)} * kLanes<Scalar>;
    Scalar* transposed = workspace.take<Scalar>(tiles * transposed_tile);
    for (Index t = 0; t < tiles; ++t) transpose_rows(columns, dy.tile(t), transposed + t * transposed_tile);
    add_outer_product(inputs, columns, x.data, x.stride, transposed, tiles, gradient);
  }
};

template <int Outputs, class Scalar, AnyShape Input>
  requires(Outputs == Dynamic || RunTimeShape<Input>)
struct BoundLayer<ebm::Dense<Outputs>, Scalar, Input> : DynamicDense<Scalar> {
  using DynamicDense<Scalar>::DynamicDense;
  using Output = Features<Outputs>;
};

}  // namespace detail
}  // namespace ebm
