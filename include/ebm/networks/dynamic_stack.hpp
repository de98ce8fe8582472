// DynamicStack: layers one after the other whose kinds are known at compile time and whose sizes, some of them, at run
// time: what LayerStack is otherwise, with the same layers, the same memory and the same order of all sums.
//
//   DynamicStack<float, Features<Dynamic>, HiddenLayers<Silu>, Dense<1>> stack({d}, {widths}, {});
//
// Layers that know all their shapes are those of LayerStack: a stack may begin with convolutions.
#pragma once

#include <ebm/networks/layer_stack.hpp>
#include <ebm/networks/stack_sizes.hpp>

#include <limits>

namespace ebm::detail {

template <class Scalar, AnyShape InputShape, class... Layers>
  requires(sizeof...(Layers) > 0)
struct DynamicStack : StackPasses<DynamicStack<Scalar, InputShape, Layers...>, Scalar> {
  static_assert((0 + ... + kIsHiddenLayers<Layers>) <= 1,
                "ebm::network: at most one ebm::HiddenLayers, as tensors do not tell where one of two ends");
  using Input = InputShape;
  using Output = typename StackKinds<Scalar, Input, Layers...>::Output;

  // What the layer is, too.
  struct Place : LayerPlace {
    std::size_t kind;
    Index inputs, outputs;
  };
  // Each of them as LayerStack has it.
  Index inputs, depth = 0, parameters = 0, packed = 0, memory = 0, widest = 0;

  explicit DynamicStack(Input input, const Layers&... layers) : inputs(size_of(input)) {
    require_size("input: features", inputs);
    widest = inputs;
    Index size = inputs;
    append(input, size, layers...);
    require(!places_.empty(), "layers", 0, "at least 1");
  }

  static DynamicStack from(const Tensors& tensors) {
    const SizesFromTensors<Scalar, Input, Layers...> sizes(tensors);
    return std::apply([&](const Layers&... layers) { return DynamicStack(sizes.input, layers...); }, sizes.layers);
  }

  Index outputs() const { return places_.back().outputs; }

  Strided<Scalar> output(Strided<Scalar> pass) const { return this->at(pass, places_.back().output); }

  template <class F>
  void for_each_layer(F f) const {
    for (const Place& place : places_) visit(place, [&](const auto& layer) { f(layer, place); });
  }
  template <class F>
  void for_each_layer_down(F f) const {
    for (std::size_t l = places_.size(); l-- > 0;) visit(places_[l], [&](const auto& layer) { f(layer, places_[l]); });
  }

  template <class Layer, class F>
  bool with_taker_above(const Layer& layer, const Place& place, F f) const {
    if constexpr (GivesPanels<Layer, Scalar>) {
      if (place.number + 1 < depth && next(place, 1).takes_panels) return visit_taker(layer, next(place, 1), f);
    }
    return false;
  }
  template <class Layer, class F>
  bool with_taker_below(const Layer& layer, const Place& place, F f) const {
    if constexpr (GivesSlopePanels<Layer, Scalar>) {
      if (place.number > 0 && next(place, -1).takes_slope_panels) return visit_taker(layer, next(place, -1), f);
    }
    return false;
  }

 private:
  using Kinds = typename StackKinds<Scalar, Input, Layers...>::Kinds;
  static constexpr auto kind_numbers = std::make_index_sequence<std::tuple_size_v<Kinds>>{};

  // The first of the kinds that is this one.
  template <class Bound>
  static constexpr std::size_t kind_of = [] {
    std::size_t kind = std::tuple_size_v<Kinds>;
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      ((std::is_same_v<std::tuple_element_t<K, Kinds>, Bound>&& kind > K ? kind = K : kind), ...);
    }
    (kind_numbers);
    return kind;
  }();
  static void require_size(const char* argument, Index size) {
    require(size >= 1 && size <= std::numeric_limits<int>::max(), argument, static_cast<double>(size),
            "from 1 to 2147483647");
  }

  template <class In>
  void append(const In&, Index&) {}
  template <class In, class First, class... Rest>
  void append(const In&, Index& size, const First& first, const Rest&... rest) {
    using Own = LayerKinds<First, Scalar, In>;
    if constexpr (kIsHiddenLayers<First>) {
      for (const Index width : first.widths) {
        place_layer<std::tuple_element_t<0, typename Own::Kinds>>(size, width);
        place_layer<std::tuple_element_t<1, typename Own::Kinds>>(size, width);
      }
    } else if constexpr (requires { first.outputs; }) {
      place_layer<typename Own::Bound>(size, first.outputs);
    } else if constexpr (LayerShape<typename Own::Output>) {
      place_layer<typename Own::Bound>(size, Own::Output::size);
    } else {
      place_layer<typename Own::Bound>(size, size);
    }
    append(typename Own::Output{}, size, rest...);
  }
  template <class Bound>
  void place_layer(Index& size, Index layer_outputs) {
    const Index number = depth++;
    if (layer_outputs < 1 || layer_outputs > std::numeric_limits<int>::max())
      require_size(joined({"layers.", count_text(number), ": outputs"}).c_str(), layer_outputs);
    Place place{{number, parameters, packed, kOwnInput, memory, 0, false, false}, kind_of<Bound>, size, layer_outputs};
    const auto layer = made<Bound>(place);
    const bool shares_memory = number > 0 && layer.in_place;
    if (number > 0) place.input = places_.back().output;
    if (shares_memory) place.output = place.input;
    place.kept = memory + (shares_memory ? 0 : layer_outputs);
    memory = place.kept + layer.kept;
    parameters += layer.parameters;
    packed += layer.packed;
    if (number > 0) {
      Place& below = places_.back();
      visit(below, [&]<class Below>(const Below&) {
        place.takes_panels = TakesPanels<Bound, Scalar> && GivesPanels<Below, Scalar>;
        below.takes_slope_panels = number > 1 && TakesPanels<Below, Scalar> && GivesSlopePanels<Bound, Scalar>;
      });
    }
    places_.push_back(place);
    size = layer_outputs;
    widest = std::max(widest, size);
  }

  const Place& next(const Place& place, Index steps) const {
    return places_[static_cast<std::size_t>(place.number + steps)];
  }
  template <class Layer, class F>
  static bool visit_taker(const Layer& layer, const Place& place, F f) {
    visit(place, [&]<class Taker>(const Taker& taker) {
      if constexpr (TakesPanels<Taker, Scalar>) f(layer, taker, place);
    });
    return true;
  }
  template <class F>
  static void visit(const Place& place, F f) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      static_cast<void>(((place.kind == K && (f(made<std::tuple_element_t<K, Kinds>>(place)), true)) || ...));
    }
    (kind_numbers);
  }
  template <class Bound>
  static Bound made(const Place& place) {
    if constexpr (std::is_empty_v<Bound>) {
      return {};
    } else {
      return {place.inputs, place.outputs};
    }
  }

  std::vector<Place> places_;
};

// The stack of some layers.
template <class Scalar, AnyShape Input, class... Layers>
struct StackOf {
  using Type = DynamicStack<Scalar, Input, Layers...>;
};
template <class Scalar, LayerShape Input, class... Layers>
  requires(!(... || kSizedAtRunTime<Layers>))
struct StackOf<Scalar, Input, Layers...> {
  using Type = LayerStack<Scalar, Input, Layers...>;
};

}  // namespace ebm::detail
