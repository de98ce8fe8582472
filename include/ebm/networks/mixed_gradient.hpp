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

#include <ebm/networks/layer_stack.hpp>

#include <algorithm>

namespace ebm::detail {

template <class Stack, class Scalar>
struct MixedGradient {
  template <int L>
  using At = typename Stack::template At<L>;

  template <int L>
  static constexpr bool affine = requires {
    requires At<L>::affine;
  };

  // `pass` is the memory of the stack, twice.
  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> pass, Workspace& workspace) {
    Stack::for_each_layer([&](auto l) {
      using Layer = At<l>;
      const LayerWeights<Scalar> own = Stack::template weights<l>(w);
      const Tangents<const Scalar> in = input<l>(x, pass);
      const Tangents<Scalar> out{Stack::template output<l>(pass.value), Stack::template output<l>(pass.tangent)};
      if constexpr (affine<l>) {
        Layer::template forward<Tiles>(own, in.value, out.value, kept<l>(pass).value, workspace);
        Layer::template forward<Tiles>({nullptr, own.packed}, in.tangent, out.tangent, kept<l>(pass).tangent,
                                       workspace);
      } else {
        static_assert(
            requires { &Layer::template forward_tangents<Tiles>; },
            "ebm: mixed gradients want the curvature of every activation");
        Layer::template forward_tangents<Tiles>(own, in, out, kept<l>(pass), workspace);
      }
    });
  }

  // From slopes in the outputs and their tangents, in `delta`, which like `other` holds the widest layer. Slopes in the
  // inputs go to `dx`, if any.
  template <class ForGroups>
  static void backward(LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> pass, Tangents<Scalar> delta,
                       Tangents<Scalar> other, Tangents<Scalar> dx, Scalar* gradient, Index tiles, Workspace& workspace,
                       ForGroups for_groups) {
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      (step_back<Stack::depth - 1 - static_cast<int>(L)>(w, x, pass, delta, other, dx, gradient, tiles, workspace,
                                                         for_groups),
       ...);
    }
    (std::make_index_sequence<static_cast<std::size_t>(Stack::depth)>{});
  }

 private:
  template <int L>
  static Tangents<const Scalar> input(Tangents<const Scalar> x, Tangents<Scalar> pass) {
    return {Stack::template input<L>(x.value, pass.value), Stack::template input<L>(x.tangent, pass.tangent)};
  }
  template <int L>
  static Tangents<Scalar> kept(Tangents<Scalar> pass) {
    return {Stack::template kept<L>(pass.value), Stack::template kept<L>(pass.tangent)};
  }

  template <int L, class ForGroups>
  static void step_back(LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> pass,
                        Tangents<Scalar>& delta, Tangents<Scalar>& other, Tangents<Scalar> dx, Scalar* gradient,
                        Index tiles, Workspace& workspace, ForGroups for_groups) {
    using Layer = At<L>;
    const LayerWeights<Scalar> own = Stack::template weights<L>(w);
    const Tangents<const Scalar> in = input<L>(x, pass);
    const Tangents<Scalar> memory = kept<L>(pass), to = L == 0 ? dx : Layer::in_place ? delta : other;
    Scalar* sum = gradient + Stack::parameter_offsets[L];
    if constexpr (requires { &Layer::template backward_tangents_tiles<ForGroups>; }) {
      Layer::backward_tangents_tiles(own, in, memory, delta, to, sum, tiles, workspace, for_groups);
    } else {
      if constexpr (affine<L>) {
        if constexpr (Layer::parameters > 0) add_affine_gradient<Layer>(own, in, memory, delta, tiles, sum, workspace);
      } else if constexpr (Layer::parameters > 0) {
        Layer::add_tangent_gradient(own, memory, delta, tiles, sum);
      }
      if (L == 0 && !dx.value.data) return;
      for_groups([&](auto group, Index t) {
        if constexpr (affine<L>) {
          const auto through = [&](Strided<Scalar> of, Strided<Scalar> from, Strided<Scalar> down) {
            const Strided<const Scalar> unread{nullptr, 0};
            Layer::template backward<group>(own, unread, unread, Strided<const Scalar>(of.from(t)),
                                            Strided<const Scalar>(from.from(t)), down.from(t), workspace);
          };
          through(memory.value, delta.value, to.value);
          through(memory.tangent, delta.tangent, to.tangent);
        } else {
          Layer::template backward_tangents<group>(own, memory.from(t), delta.from(t), to.from(t), workspace);
        }
      });
    }
    if constexpr (L > 0 && !Layer::in_place) std::swap(delta, other);
  }

  template <class Layer>
  static void add_affine_gradient(LayerWeights<Scalar> own, Tangents<const Scalar> x, Tangents<const Scalar> memory,
                                  Tangents<const Scalar> delta, Index tiles, Scalar* sum, Workspace& workspace) {
    Layer::add_gradient(own, x.value, memory.value, delta.value, tiles, sum, workspace);
    // Tangents know no biases.
    Workspace::Scope scope(workspace);
    constexpr Index biases = Layer::parameters - Layer::weights;
    Scalar* untouched = workspace.take<Scalar>(biases);
    std::copy_n(sum + Layer::weights, biases, untouched);
    Layer::add_gradient(own, x.tangent, memory.tangent, delta.tangent, tiles, sum, workspace);
    std::copy_n(untouched, biases, sum + Layer::weights);
  }
};

}  // namespace ebm::detail
