// LayerStack: layers one after the other, each bound to the shape that the one below gives, all known at compile time.
//
// A stack is a layer itself (networks/branch.hpp).
#pragma once

#include <ebm/networks/stack_passes.hpp>

#include <array>
#include <tuple>

namespace ebm::detail {

template <class Scalar, LayerShape Input, class... Layers>
struct BindLayers;
template <class Scalar, LayerShape Input>
struct BindLayers<Scalar, Input> {
  using Type = std::tuple<>;
  using Output = Input;
};
template <class Scalar, LayerShape Input, class First, class... Rest>
struct BindLayers<Scalar, Input, First, Rest...> {
  using Bound = BoundLayer<First, Scalar, Input>;
  using Tail = BindLayers<Scalar, typename Bound::Output, Rest...>;
  using Type = decltype(std::tuple_cat(std::declval<std::tuple<Bound>>(), std::declval<typename Tail::Type>()));
  using Output = typename Tail::Output;
};

template <class Scalar, LayerShape InputShape, class... Layers>
  requires(sizeof...(Layers) > 0)
struct LayerStack : StackPasses<LayerStack<Scalar, InputShape, Layers...>, Scalar> {
  using Passes = StackPasses<LayerStack, Scalar>;
  using Input = InputShape;
  using Bound = typename BindLayers<Scalar, Input, Layers...>::Type;
  using Output = typename BindLayers<Scalar, Input, Layers...>::Output;
  template <int L>
  using At = std::tuple_element_t<static_cast<std::size_t>(L), Bound>;

  static constexpr int depth = static_cast<int>(sizeof...(Layers));

 private:
  template <class Size>
  static constexpr std::array<Index, sizeof...(Layers) + 1> offsets(Size size) {
    return [&]<std::size_t... L>(std::index_sequence<L...>) {
      std::array<Index, sizeof...(Layers) + 1> result{};
      ((result[L + 1] = result[L] + size(std::integral_constant<int, static_cast<int>(L)>{})), ...);
      return result;
    }
    (std::make_index_sequence<sizeof...(Layers)>{});
  }

 public:
  // Whether the output of a layer lies where that of the layer below does: never on the stack's own input.
  template <int L>
  static constexpr bool shares_memory = L > 0 && At<L>::in_place;

  static constexpr auto parameter_offsets = offsets([](auto l) { return At<l>::parameters; });
  static constexpr auto packed_offsets = offsets([](auto l) { return At<l>::packed; });
  static constexpr auto memory_offsets =
      offsets([](auto l) { return (shares_memory<l> ? 0 : Index{At<l>::Output::size}) + At<l>::kept; });
  // Where the inputs of every layer start in the memory of the stack, and in the end its outputs.
  static constexpr auto input_offsets = [] {
    std::array<Index, sizeof...(Layers) + 1> result{kOwnInput};
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      ((result[L + 1] = shares_memory<static_cast<int>(L)> ? result[L] : memory_offsets[L]), ...);
    }
    (std::make_index_sequence<sizeof...(Layers)>{});
    return result;
  }();
  static constexpr Index parameters = parameter_offsets[depth], packed = packed_offsets[depth];
  // Scalars of each lane that outputs and what is kept of them take.
  static constexpr Index memory = memory_offsets[depth];
  // The most features that any layer takes or gives.
  static constexpr Index widest = [] {
    Index most = Input::size;
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      ((most = std::max<Index>(most, At<static_cast<int>(L)>::Output::size)), ...);
    }
    (std::make_index_sequence<sizeof...(Layers)>{});
    return most;
  }();

  // Whether a layer takes the outputs of the one below, or the slopes in the inputs of the one above, panel by panel.
  // The first layer's slopes go elsewhere.
  template <int L>
  static constexpr bool takes_panels = [] {
    if constexpr (L > 0 && L < depth) {
      return TakesPanels<At<L>, Scalar> && GivesPanels<At<L - 1>, Scalar>;
    } else {
      return false;
    }
  }();
  template <int L>
  static constexpr bool takes_slope_panels = [] {
    if constexpr (L > 0 && L + 1 < depth) {
      return TakesPanels<At<L>, Scalar> && GivesSlopePanels<At<L + 1>, Scalar>;
    } else {
      return false;
    }
  }();

  // LayerPlace, as constants.
  template <int L>
  struct Place {
    static constexpr Index number = L, parameters = parameter_offsets[L], packed = packed_offsets[L],
                           input = input_offsets[L], output = input_offsets[L + 1],
                           kept = memory_offsets[L] + (shares_memory<L> ? 0 : Index{At<L>::Output::size});
    static constexpr bool takes_panels = LayerStack::takes_panels<L>,
                          takes_slope_panels = LayerStack::takes_slope_panels<L>;
  };

  static Strided<Scalar> output(Strided<Scalar> pass) { return Passes::at(pass, input_offsets[depth]); }

  template <class F>
  static void for_each_layer(F f) {
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      (f(At<static_cast<int>(L)>{}, Place<static_cast<int>(L)>{}), ...);
    }
    (std::make_index_sequence<sizeof...(Layers)>{});
  }
  template <class F>
  static void for_each_layer_down(F f) {
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      (f(At<depth - 1 - static_cast<int>(L)>{}, Place<depth - 1 - static_cast<int>(L)>{}), ...);
    }
    (std::make_index_sequence<sizeof...(Layers)>{});
  }

  template <class Layer, int L, class F>
  static bool with_taker_above(const Layer& layer, Place<L>, F f) {
    if constexpr (takes_panels<L + 1>) f(layer, At<L + 1>{}, Place<L + 1>{});
    return takes_panels<L + 1>;
  }
  template <class Layer, int L, class F>
  static bool with_taker_below(const Layer& layer, Place<L>, F f) {
    if constexpr (takes_slope_panels<L - 1>) f(layer, At<L - 1>{}, Place<L - 1>{});
    return takes_slope_panels<L - 1>;
  }
};

}  // namespace ebm::detail
