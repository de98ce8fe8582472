// Residual<layers...>: what the layers make of the input, added to the input (He, Zhang, Ren, Sun 2016, eq. 1).
//
//   y = x + f(x)          f gives the shape that it takes
#pragma once

#include <ebm/networks/branch.hpp>

#include <algorithm>

namespace ebm {

template <class... Layers>
  requires(sizeof...(Layers) > 0)
struct Residual {};

namespace detail {

template <class Scalar, LayerShape Input, LayerShape Made>
struct SumJoint {
  static_assert(std::same_as<Made, Input>, "ebm::Residual: the layers must give the shape that they take");
  using Output = Input;

  static void join(Strided<const Scalar> x, Strided<const Scalar> made, Strided<Scalar> y, Index tiles) {
    using V = Pack<Scalar>;
    for (Index t = 0; t < tiles; ++t) {
      for (Index i = 0; i < kSize; i += V::size)
        (V::load(x.tile(t) + i) + V::load(made.tile(t) + i)).store(y.tile(t) + i);
    }
  }
  static void split(Strided<const Scalar> dy, Strided<Scalar> made, Index tiles) {
    for (Index t = 0; t < tiles; ++t) std::copy_n(dy.tile(t), kSize, made.tile(t));
  }
  static void add(Strided<const Scalar> dy, Strided<Scalar> dx, Index tiles) { join(dy, dx, dx, tiles); }

 private:
  static constexpr Index kSize = Input::size * kLanes<Scalar>;
};

template <class... Layers, class Scalar, LayerShape Input>
struct BoundLayer<Residual<Layers...>, Scalar, Input>
    : BranchLayer<SumJoint<Scalar, Input, typename LayerStack<Scalar, Input, Layers...>::Output>, Scalar, Input,
                  Layers...> {};

}  // namespace detail
}  // namespace ebm
