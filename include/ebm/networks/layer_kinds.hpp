// What descriptions of layers stand for where some sizes are known at run time only: types of bound layers, and the
// shapes between them.
#pragma once

#include <ebm/networks/dense.hpp>
#include <ebm/networks/hidden_layers.hpp>
#include <ebm/networks/pointwise.hpp>

#include <tuple>

namespace ebm::detail {

template <class Layer>
inline constexpr bool kIsHiddenLayers = false;
template <class Act>
inline constexpr bool kIsHiddenLayers<HiddenLayers<Act>> = true;

// Whether a description has sizes that are known at run time.
template <class Layer>
inline constexpr bool kSizedAtRunTime = std::same_as<Layer, ebm::Dense<Dynamic>> || kIsHiddenLayers<Layer>;

// What a description stands for: kinds of layers, and the shape that comes out.
template <class Layer, class Scalar, AnyShape Input>
struct LayerKinds {
  using Bound = BoundLayer<Layer, Scalar, Input>;
  using Kinds = std::tuple<Bound>;
  using Output = typename Bound::Output;
};
template <Activation Act, class Scalar, AnyShape Input>
struct LayerKinds<HiddenLayers<Act>, Scalar, Input> {
  using Kinds = std::tuple<BoundLayer<ebm::Dense<Dynamic>, Scalar, Features<Dynamic>>,
                           BoundLayer<Act, Scalar, Features<Dynamic>>>;
  using Output = Features<Dynamic>;
};

template <class Scalar, AnyShape Input, class... Layers>
struct StackKinds {
  using Kinds = std::tuple<>;
  using Output = Input;
};
template <class Scalar, AnyShape Input, class First, class... Rest>
struct StackKinds<Scalar, Input, First, Rest...> {
  using Own = LayerKinds<First, Scalar, Input>;
  using Tail = StackKinds<Scalar, typename Own::Output, Rest...>;
  using Kinds = decltype(std::tuple_cat(std::declval<typename Own::Kinds>(), std::declval<typename Tail::Kinds>()));
  using Output = typename Tail::Output;
};

}  // namespace ebm::detail
