// The mixed product of networks/mixed_gradient.hpp for a stack whose sizes are known at run time.
#pragma once

#include <ebm/networks/dynamic_stack.hpp>
#include <ebm/networks/mixed_gradient.hpp>

namespace ebm::detail {

template <class Scalar, AnyShape Input, class... Layers>
struct MixedGradient<DynamicStack<Scalar, Input, Layers...>, Scalar> {
  using Stack = DynamicStack<Scalar, Input, Layers...>;
  using Place = typename Stack::Place;
  using Features = WithTangent<Strided<Scalar>>;
  using Inputs = WithTangent<Strided<const Scalar>>;

  const Stack& stack;

  // `pass` is the memory of the stack, twice.
  template <int Tiles>
  void forward(LayerWeights<Scalar> w, Inputs x, Features pass, Workspace& workspace) const {
    stack.for_each_layer([&]<class Layer>(const Layer& layer, const Place& place) {
      const LayerWeights<Scalar> own = Stack::weights(w, place);
      const Inputs in = inputs(x, pass, place);
      const Features out = at(pass, place.output), kept = at(pass, place.kept);
      if constexpr (kAffine<Layer>) {
        layer.template forward<Tiles>(own, in.value, out.value, kept.value, workspace);
        layer.template forward<Tiles>({nullptr, own.packed}, in.tangent, out.tangent, kept.tangent, workspace);
      } else {
        static_assert(
            requires { &Layer::template forward_tangents<Tiles>; },
            "ebm: mixed gradients are those of affine layers and smooth activations only");
        layer.template forward_tangents<Tiles>(in.value, in.tangent, out.value, out.tangent, kept.value, kept.tangent);
      }
    });
  }

  // From slopes in the outputs and their tangents, in `delta`, which like `other` holds the widest layer.
  template <class ForGroups>
  void backward(LayerWeights<Scalar> w, Inputs x, Features pass, Features delta, Features other, Scalar* gradient,
                Index tiles, Workspace& workspace, ForGroups for_groups) const {
    stack.for_each_layer_down([&]<class Layer>(const Layer& layer, const Place& place) {
      const Features kept = at(pass, place.kept);
      if constexpr (kAffine<Layer>) {
        const LayerWeights<Scalar> own = Stack::weights(w, place);
        if constexpr (requires { layer.weights; }) {
          const Inputs in = inputs(x, pass, place);
          Scalar* sum = gradient + place.parameters;
          layer.add_gradient(own, in.value, kept.value, delta.value, tiles, sum, workspace);
          // Tangents know no biases.
          Workspace::Scope scope(workspace);
          const Index biases = layer.parameters - layer.weights;
          Scalar* untouched = workspace.take<Scalar>(biases);
          std::copy_n(sum + layer.weights, biases, untouched);
          layer.add_gradient(own, in.tangent, kept.tangent, delta.tangent, tiles, sum, workspace);
          std::copy_n(untouched, biases, sum + layer.weights);
        }
        if (place.number == 0) return;
        const Features to = layer.in_place ? delta : other;
        for_groups([&](auto group, Index t) {
          const auto through = [&](Strided<const Scalar> memory, Strided<const Scalar> from, Strided<Scalar> down) {
            const Strided<const Scalar> unread{nullptr, 0};
            layer.template backward<group>(own, unread, unread, memory.from(t), from.from(t), down.from(t), workspace);
          };
          through(kept.value, delta.value, to.value);
          through(kept.tangent, delta.tangent, to.tangent);
        });
        if (!layer.in_place) std::swap(delta, other);
      } else {
        layer.backward_tangents(kept.value, kept.tangent, delta.value, delta.tangent, tiles);
      }
    });
  }

 private:
  template <class Layer>
  static constexpr bool kAffine = requires {
    requires Layer::affine;
  };

  static Features at(Features pass, Index offset) {
    return {Stack::at(pass.value, offset), Stack::at(pass.tangent, offset)};
  }
  static Inputs inputs(Inputs x, Features pass, const Place& place) {
    return {Stack::input(x.value, pass.value, place), Stack::input(x.tangent, pass.tangent, place)};
  }
};

}  // namespace ebm::detail
