// The mixed product of a stack of layers: the slope in the parameters of the slope in the inputs along a direction.
//
//   d/dtheta (u . dE/dx)        by tangents forward, then slopes backward through values and tangents
//
//   affine layer    y = W x + b, y_u = W x_u          x' = W' y', x_u' = W' y_u',   W' += y' x + y_u' x_u, b' += y'
//   activation      y = a(x), y_u = a'(x) x_u         x' = a'(x) y' + a''(x) x_u y_u',   x_u' = a'(x) y_u'
//   largest value   y = x[winner], y_u = x_u[winner]  slopes go to the winner
//
// where primes on the right are slopes of E_u = u . dE/dx; those of normalisation stand in networks/norm.hpp. What is
// linear in pieces (leaky ReLU, max pooling) has a second derivative of zero wherever it has one: E_u jumps from piece
// to piece, and what is given here is its slope on the piece where x lies. It is what score matching needs, at about
// twice the price of a parameter gradient (Pearlmutter 1994 has the technique).
#pragma once

#include <ebm/networks/stack_passes.hpp>

#include <algorithm>

namespace ebm::detail {

template <class Layer>
inline constexpr bool kIsAffine = requires {
  requires Layer::affine;
};

template <class Stack, class Scalar>
struct MixedGradient {
  // `pass` is the memory of the stack, twice.
  template <int Tiles>
  static void forward(const Stack& stack, LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> pass,
                      Workspace& workspace) {
    stack.for_each_layer([&]<class Layer>(const Layer& layer, const auto& place) {
      const LayerWeights<Scalar> own = Stack::weights(w, place);
      const Tangents<const Scalar> in = input(x, pass, place);
      const Tangents<Scalar> out = at(pass, place.output), kept = at(pass, place.kept);
      if constexpr (kIsAffine<Layer>) {
        layer.template forward<Tiles>(own, in.value, out.value, kept.value, workspace);
        layer.template forward<Tiles>({nullptr, own.packed}, in.tangent, out.tangent, kept.tangent, workspace);
      } else {
        static_assert(
            requires { &Layer::template forward_tangents<Tiles>; },
            "ebm: mixed gradients want the curvature of every activation");
        layer.template forward_tangents<Tiles>(own, in, out, kept, workspace);
      }
    });
  }

  // From slopes in the outputs and their tangents, in `delta`, which like `other` holds the widest layer. Slopes in the
  // inputs go to `dx`, if any.
  template <class ForGroups>
  static void backward(const Stack& stack, LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> pass,
                       Tangents<Scalar> delta, Tangents<Scalar> other, Tangents<Scalar> dx, Scalar* gradient,
                       Index tiles, Workspace& workspace, ForGroups for_groups) {
    stack.for_each_layer_down([&]<class Layer>(const Layer& layer, const auto& place) {
      const LayerWeights<Scalar> own = Stack::weights(w, place);
      const Tangents<const Scalar> in = input(x, pass, place);
      const Tangents<Scalar> kept = at(pass, place.kept), to = place.number == 0 ? dx : layer.in_place ? delta : other;
      Scalar* sum = gradient + place.parameters;
      if constexpr (requires { &Layer::template backward_tangents_tiles<ForGroups>; }) {
        layer.backward_tangents_tiles(own, in, kept, delta, to, sum, tiles, workspace, for_groups);
      } else {
        if constexpr (kHasParameters<Layer, Scalar> && kIsAffine<Layer>) {
          add_affine_gradient(layer, own, in, kept, delta, tiles, sum, workspace);
        } else if constexpr (kHasParameters<Layer, Scalar>) {
          layer.add_tangent_gradient(own, kept, delta, tiles, sum);
        }
        if (!to.value.data) return;
        for_groups([&](auto group, Index t) {
          if constexpr (kIsAffine<Layer>) {
            const auto through = [&](Strided<const Scalar> memory, Strided<const Scalar> from, Strided<Scalar> down) {
              const Strided<const Scalar> unread{nullptr, 0};
              layer.template backward<group>(own, unread, unread, memory.from(t), from.from(t), down.from(t),
                                             workspace);
            };
            through(kept.value, delta.value, to.value);
            through(kept.tangent, delta.tangent, to.tangent);
          } else {
            layer.template backward_tangents<group>(own, kept.from(t), delta.from(t), to.from(t), workspace);
          }
        });
      }
      if (place.number > 0 && !layer.in_place) std::swap(delta, other);
    });
  }

 private:
  template <class Place>
  static Tangents<const Scalar> input(Tangents<const Scalar> x, Tangents<Scalar> pass, const Place& place) {
    return {Stack::input(x.value, pass.value, place), Stack::input(x.tangent, pass.tangent, place)};
  }
  static Tangents<Scalar> at(Tangents<Scalar> pass, Index offset) {
    return {Stack::at(pass.value, offset), Stack::at(pass.tangent, offset)};
  }

  template <class Layer>
  static void add_affine_gradient(const Layer& layer, LayerWeights<Scalar> own, Tangents<const Scalar> x,
                                  Tangents<const Scalar> kept, Tangents<const Scalar> delta, Index tiles, Scalar* sum,
                                  Workspace& workspace) {
    layer.add_gradient(own, x.value, kept.value, delta.value, tiles, sum, workspace);
    // Tangents know no biases.
    Workspace::Scope scope(workspace);
    const Index biases = layer.parameters - layer.weights;
    Scalar* untouched = workspace.take<Scalar>(biases);
    std::copy_n(sum + layer.weights, biases, untouched);
    layer.add_gradient(own, x.tangent, kept.tangent, delta.tangent, tiles, sum, workspace);
    std::copy_n(untouched, biases, sum + layer.weights);
  }
};

}  // namespace ebm::detail
