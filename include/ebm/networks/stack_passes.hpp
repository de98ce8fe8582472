// StackPasses: the ways forward and back through layers one after the other, the same whether their shapes are known at
// compile time (networks/layer_stack.hpp) or at run time (networks/dynamic_stack.hpp).
//
// A stack says how many layers it has (depth) and offers
//
//   for_each_layer(f), for_each_layer_down(f)   f(layer, place), from the bottom up and from the top down
//   with_taker_above(layer, place, f)           f(layer, the one above, its place), if that takes outputs as panels
//   with_taker_below(layer, place, f)           f(layer, the one below, its place), if that takes slopes as panels
//
// where the last two say whether they called f.
//
// Features of all layers lie in one block of memory a tile, so that whatever runs through the stack (one tile, a pair,
// a chunk) finds them at the same distance.
#pragma once

#include <ebm/networks/layer.hpp>

namespace ebm::detail {

// Where a layer stands in a stack: its number; where its parameters and its packed weights start; where its inputs
// (none where they are the stack's own), its outputs and what it keeps start in the memory of the stack; whether it
// takes the outputs of the layer below, or the slopes in the inputs of the one above, panel by panel.
struct LayerPlace {
  Index number, parameters, packed, input, output, kept;
  bool takes_panels, takes_slope_panels;
};
inline constexpr Index kOwnInput = -1;

template <class Stack, class Scalar>
struct StackPasses {
  template <class Draw>
  void initialise(Scalar* theta, double last_scale, Draw draw) const {
    stack().for_each_layer([&](const auto& layer, const auto& place) {
      layer.initialise(theta + place.parameters, place.number + 1 == stack().depth ? last_scale : 1.0, draw);
    });
  }
  void pack(const Scalar* theta, Scalar* packed_weights) const {
    stack().for_each_layer([&](const auto& layer, const auto& place) {
      layer.pack(theta + place.parameters, packed_weights + place.packed);
    });
  }

  // `pass` is the memory of the stack.
  template <int Tiles>
  void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass, Workspace& workspace) const {
    stack().for_each_layer([&](const auto& layer, const auto& place) {
      if (place.takes_panels) return;  // with the layer below
      const LayerWeights<Scalar> own = weights(w, place);
      const Strided<const Scalar> in = input(x, pass, place);
      const bool taken =
          stack().with_taker_above(layer, place, [&](const auto& giver, const auto& taker, const auto& above) {
            giver.template forward_panels<Tiles>(
                own, in, taker.template forward_taker<Tiles>(at(pass, above.output), at(pass, above.kept)));
          });
      if (!taken) layer.template forward<Tiles>(own, in, at(pass, place.output), at(pass, place.kept), workspace);
    });
  }

  // From slopes in the outputs to slopes in the inputs, of `tiles` tiles; `delta` and `other` hold the widest layer,
  // and the slopes in the outputs are in `delta` at first. `gradient` may be null. Slopes in the inputs go to `dx`, if
  // any. Slopes that an activation takes as panels replace what it kept.
  template <class ForGroups>
  void backward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass, Strided<Scalar> delta,
                Strided<Scalar> other, Strided<Scalar> dx, Scalar* gradient, Index tiles, Workspace& workspace,
                ForGroups for_groups) const {
    Strided<Scalar> slopes = delta;
    stack().for_each_layer_down([&]<class Layer>(const Layer& layer, const auto& place) {
      if (place.takes_slope_panels) return;  // with the layer above
      const LayerWeights<Scalar> own = weights(w, place);
      const Strided<const Scalar> in = input(x, pass, place);
      const Strided<Scalar> out = at(pass, place.output), kept = at(pass, place.kept);
      Scalar* sum = gradient ? gradient + place.parameters : nullptr;
      const bool taken =
          stack().with_taker_below(layer, place, [&](const auto& giver, const auto& taker, const auto& below) {
            if (sum) giver.add_gradient(own, in, kept, slopes, tiles, sum, workspace);
            const Strided<Scalar> to = at(pass, below.kept);
            for_groups([&](auto group, Index t) {
              giver.template backward_panels<group>(own, Strided<const Scalar>(slopes.from(t)),
                                                    taker.template backward_taker<group>(to.from(t), to.from(t)));
            });
            slopes = to;
          });
      if (taken) return;
      const Strided<Scalar> free = slopes.data == other.data ? delta : other, to = place.number == 0 ? dx
                                                                                   : layer.in_place  ? slopes
                                                                                                     : free;
      if constexpr (requires { &Layer::template backward_tiles<ForGroups>; }) {
        layer.backward_tiles(own, in, kept, slopes, to, sum, tiles, workspace, for_groups);
      } else {
        if (sum) layer.add_gradient(own, in, kept, slopes, tiles, sum, workspace);
        if (!to.data) return;
        for_groups([&](auto group, Index t) {
          layer.template backward<group>(own, in.from(t), out.from(t), kept.from(t),
                                         Strided<const Scalar>(slopes.from(t)), to.from(t), workspace);
        });
      }
      slopes = to;
    });
  }

  template <class Place>
  static LayerWeights<Scalar> weights(LayerWeights<Scalar> w, const Place& place) {
    return {w.theta + place.parameters, w.packed + place.packed};
  }
  static Strided<Scalar> at(Strided<Scalar> pass, Index offset) {
    return {pass.data + offset * kLanes<Scalar>, pass.stride};
  }
  template <class Place>
  static Strided<const Scalar> input(Strided<const Scalar> x, Strided<Scalar> pass, const Place& place) {
    return place.input == kOwnInput ? x : Strided<const Scalar>(at(pass, place.input));
  }

 private:
  const Stack& stack() const { return static_cast<const Stack&>(*this); }
};

}  // namespace ebm::detail
