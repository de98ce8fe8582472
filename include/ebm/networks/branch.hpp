// BranchLayer: layers on a branch of their own, whose result is joined with the input: residual blocks and skips.
//
//   y = join(x, f(x))
//
// A joint, which is linear, offers for some tiles
//
//   Output                    the shape of both joined
//   join(x, made, y, tiles)   y from the input and from what the layers made of it
//   split(dy, made, tiles)    slopes in what the layers made, from those in y
//   add(dy, dx, tiles)        slopes in y to those in the input, beside those by way of the layers
#pragma once

#include <ebm/networks/layer_stack.hpp>
#include <ebm/networks/mixed_gradient.hpp>

namespace ebm::detail {

template <class Joint, class Scalar, LayerShape Input, class... Layers>
struct BranchLayer {
  using Stack = LayerStack<Scalar, Input, Layers...>;
  using Output = typename Joint::Output;
  static constexpr Index parameters = Stack::parameters, packed = Stack::packed, kept = Stack::memory;
  static constexpr bool in_place = false;

  template <class Draw>
  static void initialise(Scalar* theta, double scale, Draw draw) {
    Stack{}.initialise(theta, scale, draw);
  }
  static void pack(const Scalar* theta, Scalar* packed_weights) { Stack{}.pack(theta, packed_weights); }

  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> pass,
                      Workspace& workspace) {
    Stack{}.template forward<Tiles>(w, x, pass, workspace);
    Joint::join(x, Strided<const Scalar>(Stack::output(pass)), y, Tiles);
  }

  // dx and the gradient may be null.
  template <class ForGroups>
  static void backward_tiles(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass,
                             Strided<const Scalar> dy, Strided<Scalar> dx, Scalar* gradient, Index tiles,
                             Workspace& workspace, ForGroups for_groups) {
    Workspace::Scope scope(workspace);
    const Strided<Scalar> delta = widest(tiles, workspace), other = widest(tiles, workspace);
    Joint::split(dy, delta, tiles);
    Stack{}.backward(w, x, pass, delta, other, dx, gradient, tiles, workspace, for_groups);
    if (dx.data) Joint::add(dy, dx, tiles);
  }

  template <int Tiles>
  static void forward_tangents(LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> y,
                               Tangents<Scalar> pass, Workspace& workspace) {
    MixedGradient<Stack, Scalar>::template forward<Tiles>(Stack{}, w, x, pass, workspace);
    Joint::join(x.value, Strided<const Scalar>(Stack::output(pass.value)), y.value, Tiles);
    Joint::join(x.tangent, Strided<const Scalar>(Stack::output(pass.tangent)), y.tangent, Tiles);
  }

  // dx may be null.
  template <class ForGroups>
  static void backward_tangents_tiles(LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> pass,
                                      Tangents<const Scalar> dy, Tangents<Scalar> dx, Scalar* gradient, Index tiles,
                                      Workspace& workspace, ForGroups for_groups) {
    Workspace::Scope scope(workspace);
    const Tangents<Scalar> delta{widest(tiles, workspace), widest(tiles, workspace)},
        other{widest(tiles, workspace), widest(tiles, workspace)};
    Joint::split(dy.value, delta.value, tiles), Joint::split(dy.tangent, delta.tangent, tiles);
    MixedGradient<Stack, Scalar>::backward(Stack{}, w, x, pass, delta, other, dx, gradient, tiles, workspace,
                                           for_groups);
    if (!dx.value.data) return;
    Joint::add(dy.value, dx.value, tiles), Joint::add(dy.tangent, dx.tangent, tiles);
  }

 private:
  static Strided<Scalar> widest(Index tiles, Workspace& workspace) {
    constexpr Index stride = Stack::widest * kLanes<Scalar>;
    return {workspace.take<Scalar>(tiles * stride), stride};
  }
};

}  // namespace ebm::detail
