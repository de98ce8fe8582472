// Dense<outputs>: every output a weighted sum of every input. Dense{outputs} has as many as are known at run time.
//
//   y = W x + b          parameters: weights [input][output], then biases
//
// A single output, which would fill no panel, is a sum in four strands.
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

// First parameters: N(0, scale^2 2 / inputs), and biases of 0.
template <class Scalar, class Draw>
void initialise_dense(Index inputs, Index outputs, Scalar* theta, double scale, Draw draw) {
  const double sd = scale * std::sqrt(2.0 / static_cast<double>(inputs));
  for (Index i = 0; i < inputs * outputs; ++i) theta[i] = static_cast<Scalar>(sd * draw());
  std::fill_n(theta + inputs * outputs, outputs, Scalar(0));
}

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
    initialise_dense(inputs, Outputs, theta, scale, draw);
  }

  static void pack(const Scalar* theta, Scalar* panels) {
    pack_panels<Outputs>(
        inputs, [&](Index row, Index k) { return theta[k * Outputs + row]; }, panels);
    pack_panels<inputs>(
        Outputs, [&](Index row, Index k) { return theta[row * Outputs + k]; }, panels + weights);
  }

  template <int Tiles, class Finished>
  static void forward_panels(LayerWeights<Scalar> w, Strided<const Scalar> x, Finished finished) {
    tile_product<Outputs, Tiles>(w.packed, w.theta ? w.theta + weights : nullptr, inputs, x.data, x.stride, finished);
  }
  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) {
    forward_panels<Tiles>(w, x, StorePanels<Tiles, Scalar>{y});
  }

  template <int Tiles, class Finished>
  static void backward_panels(LayerWeights<Scalar> w, Strided<const Scalar> dy, Finished finished) {
    constexpr const Scalar* no_start = nullptr;
    tile_product<inputs, Tiles>(w.packed + weights, no_start, Outputs, dy.data, dy.stride, finished);
  }
  template <int Tiles>
  static void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    backward_panels<Tiles>(w, dy, StorePanels<Tiles, Scalar>{dx});
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

// The work of a single output.
template <class Scalar>
struct SingleOutput {
  using V = Pack<Scalar>;

  template <int Tiles, class Finished>
  EBM_INLINE static void forward_panels(const Scalar* weights, Scalar bias, Index inputs, Strided<const Scalar> x,
                                        Finished finished) {
    alignas(kAlignment) Scalar panel[Tiles * kLanes<Scalar>];
    for (int t = 0; t < Tiles; ++t) {
      for (int p = 0; p < kLanes<Scalar>; p += V::size) {
        const Scalar* features = x.tile(t) + p;
        V sum[4] = {V(bias), V(0), V(0), V(0)};
        const auto add = [&](Index k, int strand) {
          sum[strand] = fma(V(weights[k]), V::load(features + k * kLanes<Scalar>), sum[strand]);
        };
        Index k = 0;
        for (; k + 4 <= inputs; k += 4) add(k, 0), add(k + 1, 1), add(k + 2, 2), add(k + 3, 3);
        if (k < inputs) add(k, 0);
        if (k + 1 < inputs) add(k + 1, 1);
        if (k + 2 < inputs) add(k + 2, 2);
        ((sum[0] + sum[1]) + (sum[2] + sum[3])).store(panel + t * kLanes<Scalar> + p);
      }
    }
    finished(0, 1, static_cast<const Scalar*>(panel));
  }

  template <int Tiles, class Finished>
  EBM_INLINE static void backward_panels(const Scalar* weights, Index inputs, Strided<const Scalar> dy,
                                         Finished finished) {
    alignas(kAlignment) Scalar panel[Tiles * kPanelRows * kLanes<Scalar>];
    for (Index first = 0; first < inputs; first += kPanelRows) {
      const int rows = static_cast<int>(std::min<Index>(kPanelRows, inputs - first));
      for (int t = 0; t < Tiles; ++t) {
        for (int p = 0; p < kLanes<Scalar>; p += V::size) {
          const V slope = V::load(dy.tile(t) + p);
          for (int r = 0; r < rows; ++r)
            (V(weights[first + r]) * slope).store(panel + (t * rows + r) * kLanes<Scalar> + p);
        }
      }
      finished(first, rows, static_cast<const Scalar*>(panel));
    }
  }

  EBM_INLINE static void add_gradient(Index inputs, Strided<const Scalar> x, Strided<const Scalar> dy, Index tiles,
                                      Scalar* gradient) {
    for (Index t = 0; t < tiles; ++t) {
      for (Index k = 0; k < inputs; ++k) gradient[k] += weighted_sum(x.tile(t) + k * kLanes<Scalar>, dy.tile(t));
      gradient[inputs] += sum_lanes(dy.tile(t));
    }
  }

 private:
  static Scalar weighted_sum(const Scalar* features, const Scalar* lane_weights) {
    alignas(kAlignment) Scalar products[kLanes<Scalar>];
    for (int p = 0; p < kLanes<Scalar>; p += V::size)
      (V::load(features + p) * V::load(lane_weights + p)).store(products + p);
    return sum_lanes(products);
  }
};

template <class Scalar, LayerShape Input>
struct BoundLayer<ebm::Dense<1>, Scalar, Input> {
  using Output = Features<1>;
  static constexpr int inputs = Input::size;
  static constexpr Index weights = inputs, parameters = weights + 1, packed = weights, kept = 0;
  static constexpr bool in_place = false, affine = true;

  template <class Draw>
  static void initialise(Scalar* theta, double scale, Draw draw) {
    initialise_dense(inputs, 1, theta, scale, draw);
  }
  static void pack(const Scalar* theta, Scalar* packed_weights) { std::copy_n(theta, weights, packed_weights); }

  template <int Tiles, class Finished>
  static void forward_panels(LayerWeights<Scalar> w, Strided<const Scalar> x, Finished finished) {
    SingleOutput<Scalar>::template forward_panels<Tiles>(w.packed, w.theta ? w.theta[weights] : Scalar(0), inputs, x,
                                                         finished);
  }
  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) {
    forward_panels<Tiles>(w, x, StorePanels<Tiles, Scalar>{y});
  }

  template <int Tiles, class Finished>
  static void backward_panels(LayerWeights<Scalar> w, Strided<const Scalar> dy, Finished finished) {
    SingleOutput<Scalar>::template backward_panels<Tiles>(w.packed, inputs, dy, finished);
  }
  template <int Tiles>
  static void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    backward_panels<Tiles>(w, dy, StorePanels<Tiles, Scalar>{dx});
  }

  static void add_gradient(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<const Scalar>,
                           Strided<const Scalar> dy, Index tiles, Scalar* gradient, Workspace&) {
    SingleOutput<Scalar>::add_gradient(inputs, x, dy, tiles, gradient);
  }
};

// Of inputs or outputs whose number is known at run time.
template <class Scalar>
struct DynamicDense {
  static constexpr Index kept = 0;
  static constexpr bool in_place = false, affine = true;
  Index inputs, outputs, weights = inputs * outputs, parameters = weights + outputs;
  Index packed = outputs == 1 ? weights : 2 * weights;

  DynamicDense(Index in, Index out) : inputs(in), outputs(out) {}

  template <class Draw>
  void initialise(Scalar* theta, double scale, Draw draw) const {
    initialise_dense(inputs, outputs, theta, scale, draw);
  }

  void pack(const Scalar* theta, Scalar* panels) const {
    if (outputs == 1) {
      std::copy_n(theta, weights, panels);
    } else {
      pack_panels(
          PanelSplit<Dynamic>(outputs), inputs, [&](Index row, Index k) { return theta[k * outputs + row]; }, panels);
      pack_panels(
          PanelSplit<Dynamic>(inputs), outputs, [&](Index row, Index k) { return theta[row * outputs + k]; },
          panels + weights);
    }
  }

  template <int Tiles, class Finished>
  void forward_panels(LayerWeights<Scalar> w, Strided<const Scalar> x, Finished finished) const {
    if (outputs == 1) {
      SingleOutput<Scalar>::template forward_panels<Tiles>(w.packed, w.theta ? w.theta[weights] : Scalar(0), inputs, x,
                                                           finished);
    } else {
      tile_product<Tiles>(PanelSplit<Dynamic>(outputs), w.packed, w.theta ? w.theta + weights : nullptr, inputs, x.data,
                          x.stride, finished);
    }
  }
  template <int Tiles>
  void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) const {
    forward_panels<Tiles>(w, x, StorePanels<Tiles, Scalar>{y});
  }

  template <int Tiles, class Finished>
  void backward_panels(LayerWeights<Scalar> w, Strided<const Scalar> dy, Finished finished) const {
    if (outputs == 1) {
      SingleOutput<Scalar>::template backward_panels<Tiles>(w.packed, inputs, dy, finished);
    } else {
      constexpr const Scalar* no_start = nullptr;
      tile_product<Tiles>(PanelSplit<Dynamic>(inputs), w.packed + weights, no_start, outputs, dy.data, dy.stride,
                          finished);
    }
  }
  template <int Tiles>
  void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) const {
    backward_panels<Tiles>(w, dy, StorePanels<Tiles, Scalar>{dx});
  }

  void add_gradient(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<const Scalar>, Strided<const Scalar> dy,
                    Index tiles, Scalar* gradient, Workspace& workspace) const {
    if (outputs == 1) return SingleOutput<Scalar>::add_gradient(inputs, x, dy, tiles, gradient);
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
