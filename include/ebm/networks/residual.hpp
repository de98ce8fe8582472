// Residual<layers...>: what the layers make of the input, added to the input (He, Zhang, Ren, Sun 2016, eq. 1).
//
//   y = x + f(x)          f gives the shape that it takes
#pragma once

#include <ebm/networks/layer_stack.hpp>

#include <algorithm>

namespace ebm {

template <class... Layers>
  requires(sizeof...(Layers) > 0)
struct Residual {};

namespace detail {

template <class... Layers, class Scalar, LayerShape Input>
struct BoundLayer<Residual<Layers...>, Scalar, Input> {
  using Stack = LayerStack<Scalar, Input, Layers...>;
  using Output = Input;
  static_assert(std::same_as<typename Stack::Output, Input>,
                "ebm::Residual: the layers must give the shape that they take");
  static constexpr Index parameters = Stack::parameters, packed = Stack::packed, kept = Stack::memory;
  static constexpr bool in_place = false;

  template <class Draw>
  static void initialise(Scalar* theta, double scale, Draw draw) {
    Stack::initialise(theta, scale, draw);
  }
  static void pack(const Scalar* theta, Scalar* packed_weights) { Stack::pack(theta, packed_weights); }

  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> pass,
                      Workspace& workspace) {
    Stack::template forward<Tiles>(w, x, pass, workspace);
    add(x, Stack::output(pass), y, Tiles);
  }

  // dx and the gradient may be null.
  template <class ForGroups>
  static void backward_tiles(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass,
                             Strided<const Scalar> dy, Strided<Scalar> dx, Scalar* gradient, Index tiles,
                             Workspace& workspace, ForGroups for_groups) {
    Workspace::Scope scope(workspace);
    constexpr Index stride = Stack::widest * kLanes<Scalar>;
    const Strided<Scalar> delta{workspace.take<Scalar>(tiles * stride), stride},
        other{workspace.take<Scalar>(tiles * stride), stride};
    for (Index t = 0; t < tiles; ++t) std::copy_n(dy.tile(t), Output::size * kLanes<Scalar>, delta.tile(t));
    Stack::backward(w, x, pass, delta, other, dx, gradient, tiles, workspace, for_groups);
    if (dx.data) add(dy, dx, dx, tiles);
  }

 private:
  static void add(Strided<const Scalar> a, Strided<const Scalar> b, Strided<Scalar> sum, Index tiles) {
    using V = Pack<Scalar>;
    for (Index t = 0; t < tiles; ++t) {
      for (Index i = 0; i < Input::size * kLanes<Scalar>; i += V::size)
        (V::load(a.tile(t) + i) + V::load(b.tile(t) + i)).store(sum.tile(t) + i);
    }
  }
};

}  // namespace detail
}  // namespace ebm
