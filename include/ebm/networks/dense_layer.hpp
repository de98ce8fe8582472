// DenseLayer: a fully connected layer with its activation on tiles, forward and backward.
//
//   h = activation(W x + b)        delta_below = (W' delta) slope_below        dE/dW = delta x'
//
// Weights are [input][output]; both products run on the tile kernel, over panels that pack() lays out.
#pragma once

#include <ebm/core/workspace.hpp>
#include <ebm/networks/activation.hpp>
#include <ebm/networks/outer_product.hpp>

namespace ebm::detail {

template <Activation Act, class Scalar>
struct DenseLayer {
  // Activations of Width outputs and their slopes, each [tile][output][lane]. Layers of equal width share the code.
  template <int Width, int Tiles>
  static void forward(const Scalar* packed, const Scalar* biases, Index inputs, const Scalar* x, Index stride,
                      Scalar* activation, Scalar* slope) {
    using V = Pack<Scalar>;
    constexpr Index tile_stride = Index{Width} * kLanes<Scalar>;
    tile_product<Width, Tiles>(packed, biases, inputs, x, stride, [&](int first, int rows, const Scalar* panel) {
      for (int t = 0; t < Tiles; ++t) {
        Scalar* features = activation + t * tile_stride + first * kLanes<Scalar>;
        Scalar* slopes = slope + t * tile_stride + first * kLanes<Scalar>;
        for (int i = 0; i < rows * kLanes<Scalar>; i += V::size) {
          V derivative;
          Act::apply(V::load(panel + t * rows * kLanes<Scalar> + i), derivative).store(features + i);
          derivative.store(slopes + i);
        }
      }
    });
  }

  // Deltas of a layer to deltas of the layer below, of Width outputs: (W' delta) times that layer's slope.
  template <int Width, int Tiles>
  static void backward(const Scalar* packed, Index outputs, const Scalar* delta, Scalar* slope_below) {
    using V = Pack<Scalar>;
    constexpr const Scalar* no_start = nullptr;
    constexpr Index tile_stride = Index{Width} * kLanes<Scalar>;
    tile_product<Width, Tiles>(
        packed, no_start, outputs, delta, outputs * kLanes<Scalar>, [&](int first, int rows, const Scalar* panel) {
          for (int t = 0; t < Tiles; ++t) {
            Scalar* slopes = slope_below + t * tile_stride + first * kLanes<Scalar>;
            for (int i = 0; i < rows * kLanes<Scalar>; i += V::size) {
              (V::load(slopes + i) * V::load(panel + t * rows * kLanes<Scalar> + i)).store(slopes + i);
            }
          }
        });
  }

  // gradient += sum over lanes of x delta', weights [input][output] and then biases.
  template <int Inputs, int Outputs>
  static void add_gradient(const Scalar* x, const Scalar* delta, Index tiles, Scalar* gradient, Workspace& workspace) {
    Workspace::Scope scope(workspace);
    constexpr Index transposed_tile = Index{padded_outputs<Scalar>(Outputs)} * kLanes<Scalar>;
    Scalar* transposed = workspace.take<Scalar>(tiles * transposed_tile);
    for (Index t = 0; t < tiles; ++t)
      transpose_tile<Outputs>(delta + t * Outputs * kLanes<Scalar>, transposed + t * transposed_tile);
    add_outer_product<Inputs, Outputs>(x, Index{Inputs} * kLanes<Scalar>, transposed, tiles, gradient);
  }

  // Panels of the weights for the way forward, and of their transpose for the way back.
  template <int Inputs, int Outputs>
  static void pack(const Scalar* weights, Scalar* forward_panels, Scalar* backward_panels) {
    pack_panels<Outputs>(Inputs, Strided{weights, 1, Outputs}, forward_panels);
    pack_panels<Inputs>(Outputs, Strided{weights, Outputs, 1}, backward_panels);
  }

 private:
  // A weight matrix, or its transpose.
  struct Strided {
    const Scalar* weights;
    Index row_stride, column_stride;

    Scalar operator()(Index row, Index column) const { return weights[row * row_stride + column * column_stride]; }
  };
};

}  // namespace ebm::detail
