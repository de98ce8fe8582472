// The mixed product of a stack of layers: the slope in the parameters of the slope in the inputs along a direction.
//
//   d/dtheta (u . dE/dx)        by tangents forward, then slopes backward through values and tangents
//
//   affine layer    y = W x + b, y_u = W x_u          x' = W' y', x_u' = W' y_u',   W' += y' x + y_u' x_u, b' += y'
//   activation      y = a(x), y_u = a'(x) x_u         x' = a'(x) y' + a''(x) x_u y_u',   x_u' = a'(x) y_u'
//
// where primes on the right are slopes of E_u = u . dE/dx. It is what score matching needs, at about twice the price of a
// parameter gradient (Pearlmutter 1994 has the technique).
#pragma once

#include <ebm/networks/layer_stack.hpp>

#include <algorithm>

namespace ebm::detail {

// A pair of something for values and for their tangents.
template <class T>
struct WithTangent {
  T value, tangent;
};

template <class Stack, class Scalar>
struct MixedGradient {
  template <int L>
  using At = typename Stack::template At<L>;
  using Features = WithTangent<Strided<Scalar>>;
  using Inputs = WithTangent<Strided<const Scalar>>;

  template <int L>
  static constexpr bool affine = requires {
    requires At<L>::affine;
  };

  // `pass` is the memory of the stack, twice.
  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Inputs x, Features pass, Workspace& workspace) {
    Stack::for_each_layer([&](auto l) {
      using Layer = At<l>;
      const LayerWeights<Scalar> own = Stack::template weights<l>(w);
      const Inputs in{Stack::template input<l>(x.value, pass.value), Stack::template input<l>(x.tangent, pass.tangent)};
      const Features out{Stack::template output<l>(pass.value), Stack::template output<l>(pass.tangent)},
          kept{Stack::template kept<l>(pass.value), Stack::template kept<l>(pass.tangent)};
      if constexpr (affine<l>) {
        Layer::template forward<Tiles>(own, in.value, out.value, kept.value, workspace);
        Layer::template forward<Tiles>({nullptr, own.packed}, in.tangent, out.tangent, kept.tangent, workspace);
      } else {
        static_assert(
            requires { &Layer::template forward_tangents<Tiles>; },
            "ebm: mixed gradients are those of affine layers and smooth activations only");
        Layer::template forward_tangents<Tiles>(in.value, in.tangent, out.value, out.tangent, kept.value, kept.tangent);
      }
    });
  }

  // From slopes in the outputs and their tangents, in `delta`, which like `other` holds the widest layer.
  template <class ForGroups>
  static void backward(LayerWeights<Scalar> w, Inputs x, Features pass, Features delta, Features other,
                       Scalar* gradient, Index tiles, Workspace& workspace, ForGroups for_groups) {
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      (step_back<Stack::depth - 1 - static_cast<int>(L)>(w, x, pass, delta, other, gradient, tiles, workspace,
                                                         for_groups),
       ...);
    }
    (std::make_index_sequence<static_cast<std::size_t>(Stack::depth)>{});
  }

 private:
  template <int L, class ForGroups>
  static void step_back(LayerWeights<Scalar> w, Inputs x, Features pass, Features& delta, Features& other,
                        Scalar* gradient, Index tiles, Workspace& workspace, ForGroups for_groups) {
    using Layer = At<L>;
    const Features kept{Stack::template kept<L>(pass.value), Stack::template kept<L>(pass.tangent)};
    if constexpr (affine<L>) {
      const LayerWeights<Scalar> own = Stack::template weights<L>(w);
      if constexpr (Layer::parameters > 0) {
        Scalar* sum = gradient + Stack::parameter_offsets[L];
        Layer::add_gradient(own, Stack::template input<L>(x.value, pass.value), kept.value, delta.value, tiles, sum,
                            workspace);
        // Tangents know no biases.
        Workspace::Scope scope(workspace);
        constexpr Index biases = Layer::parameters - Layer::weights;
        Scalar* untouched = workspace.take<Scalar>(biases);
        std::copy_n(sum + Layer::weights, biases, untouched);
        Layer::add_gradient(own, Stack::template input<L>(x.tangent, pass.tangent), kept.tangent, delta.tangent, tiles,
                            sum, workspace);
        std::copy_n(untouched, biases, sum + Layer::weights);
      }
      if constexpr (L > 0) {
        const Features to = Layer::in_place ? delta : other;
        for_groups([&](auto group, Index t) {
          const auto through = [&](Strided<Scalar> memory, Strided<Scalar> from, Strided<Scalar> down) {
            const Strided<const Scalar> unread{nullptr, 0};
            Layer::template backward<group>(own, unread, unread, Strided<const Scalar>(memory.from(t)),
                                            Strided<const Scalar>(from.from(t)), down.from(t), workspace);
          };
          through(kept.value, delta.value, to.value);
          through(kept.tangent, delta.tangent, to.tangent);
        });
        if constexpr (!Layer::in_place) std::swap(delta, other);
      }
    } else {
      Layer::backward_tangents(kept.value, kept.tangent, delta.value, delta.tangent, tiles);
    }
  }
};

}  // namespace ebm::detail
