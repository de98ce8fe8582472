// Dense<outputs>: every output a weighted sum of every input.
//
//   y = W x + b          parameters: weights [input][output], then biases
//
// A single output, which would fill no panel, is a sum in four strands.
//
// Weights start as N(0, 2 / inputs) (He, Zhang, Ren, Sun 2015, eq. 10), biases at 0.
#pragma once

#include <ebm/networks/layer.hpp>
#include <ebm/networks/outer_product.hpp>

namespace ebm {

template <int Outputs>
  requires(Outputs > 0)
struct Dense {};

namespace detail {

template <int Outputs, class Scalar, LayerShape Input>
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

template <class Scalar, LayerShape Input>
struct BoundLayer<ebm::Dense<1>, Scalar, Input> {
  using V = Pack<Scalar>;
  using Output = Features<1>;
  static constexpr int inputs = Input::size;
  static constexpr Index weights = inputs, parameters = weights + 1, packed = weights, kept = 0;
  static constexpr bool in_place = false, affine = true;

  template <class Draw>
  static void initialise(Scalar* theta, double scale, Draw draw) {
    const double sd = scale * std::sqrt(2.0 / inputs);
    for (Index i = 0; i < weights; ++i) theta[i] = static_cast<Scalar>(sd * draw());
    theta[weights] = Scalar(0);
  }
  static void pack(const Scalar* theta, Scalar* packed_weights) { std::copy_n(theta, weights, packed_weights); }

  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar>, Workspace&) {
    for (int t = 0; t < Tiles; ++t) {
      for (int p = 0; p < kLanes<Scalar>; p += V::size) {
        const Scalar* features = x.tile(t) + p;
        V sum[4] = {V(w.theta ? w.theta[weights] : Scalar(0)), V(0), V(0), V(0)};
        for (int k = 0; k < inputs; ++k)
          sum[k % 4] = fma(V(w.packed[k]), V::load(features + k * kLanes<Scalar>), sum[k % 4]);
        ((sum[0] + sum[1]) + (sum[2] + sum[3])).store(y.tile(t) + p);
      }
    }
  }

  template <int Tiles, class Finished>
  static void backward_panels(LayerWeights<Scalar> w, Strided<const Scalar> dy, Finished finished) {
    alignas(kAlignment) Scalar panel[Tiles * kPanelRows * kLanes<Scalar>];
    for (int first = 0; first < inputs; first += kPanelRows) {
      const int rows = std::min(kPanelRows, inputs - first);
      for (int t = 0; t < Tiles; ++t) {
        for (int p = 0; p < kLanes<Scalar>; p += V::size) {
          const V slope = V::load(dy.tile(t) + p);
          for (int r = 0; r < rows; ++r)
            (V(w.packed[first + r]) * slope).store(panel + (t * rows + r) * kLanes<Scalar> + p);
        }
      }
      finished(first, rows, static_cast<const Scalar*>(panel));
    }
  }
  template <int Tiles>
  static void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar>,
                       Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    backward_panels<Tiles>(w, dy, StorePanels<Tiles, Scalar>{dx});
  }

  static void add_gradient(LayerWeights<Scalar>, Strided<const Scalar> x, Strided<const Scalar>,
                           Strided<const Scalar> dy, Index tiles, Scalar* gradient, Workspace&) {
    for (Index t = 0; t < tiles; ++t) {
      for (Index k = 0; k < weights; ++k) gradient[k] += weighted_sum(x.tile(t) + k * kLanes<Scalar>, dy.tile(t));
      gradient[weights] += sum_lanes(dy.tile(t));
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

}  // namespace detail
}  // namespace ebm
