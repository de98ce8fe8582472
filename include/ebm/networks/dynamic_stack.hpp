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
struct DynamicStack {
  static_assert((0 + ... + kIsHiddenLayers<Layers>) <= 1,
                "ebm::network: at most one ebm::HiddenLayers, as tensors do not tell where one of two ends");
  using Input = InputShape;
  using Output = typename StackKinds<Scalar, Input, Layers...>::Output;

  // Offsets of what a layer has in the memory of the stack: its inputs (none where they are the stack's own), its
  // outputs, what it keeps.
  struct Place : LayerPlace {
    std::size_t kind;
    Index inputs, outputs, input, output, kept;
  };
  // Each of them as LayerStack has it.
  Index inputs, parameters = 0, packed = 0, memory = 0, widest = 0;

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

  template <class Draw>
  void initialise(Scalar* theta, double last_scale, Draw draw) const {
    for_each_layer([&](const auto& layer, const Place& place) {
      layer.initialise(theta + place.parameters, &place == &places_.back() ? last_scale : 1.0, draw);
    });
  }
  void pack(const Scalar* theta, Scalar* packed_weights) const {
    for_each_layer([&](const auto& layer, const Place& place) {
      layer.pack(theta + place.parameters, packed_weights + place.packed);
    });
  }

  Strided<Scalar> output(Strided<Scalar> pass) const { return at(pass, places_.back().output); }

  template <int Tiles>
  void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass, Workspace& workspace) const {
    for_each_layer([&](const auto& layer, const Place& place) {
      layer.template forward<Tiles>(weights(w, place), input(x, pass, place), at(pass, place.output),
                                    at(pass, place.kept), workspace);
    });
  }

  template <class ForGroups>
  void backward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass, Strided<Scalar> delta,
                Strided<Scalar> other, Strided<Scalar> dx, Scalar* gradient, Index tiles, Workspace& workspace,
                ForGroups for_groups) const {
    for_each_layer_down([&](const auto& layer, const Place& place) {
      const bool lowest = place.number == 0;
      step_back(layer, weights(w, place), input(x, pass, place), at(pass, place.output), at(pass, place.kept), delta,
                lowest           ? dx
                : layer.in_place ? delta
                                 : other,
                gradient ? gradient + place.parameters : nullptr, tiles, workspace, for_groups);
      if (!lowest && !layer.in_place) std::swap(delta, other);
    });
  }

  // f(the layer, its place), from the bottom up and from the top down.
  template <class F>
  void for_each_layer(F f) const {
    for (const Place& place : places_) visit(place, [&](const auto& layer) { f(layer, place); });
  }
  template <class F>
  void for_each_layer_down(F f) const {
    for (std::size_t l = places_.size(); l-- > 0;) visit(places_[l], [&](const auto& layer) { f(layer, places_[l]); });
  }
  template <class F>
  void visit_layers(F f) const {
    for_each_layer(f);
  }

  static LayerWeights<Scalar> weights(LayerWeights<Scalar> w, const Place& place) {
    return {w.theta + place.parameters, w.packed + place.packed};
  }
  static Strided<Scalar> at(Strided<Scalar> pass, Index offset) {
    return {pass.data + offset * kLanes<Scalar>, pass.stride};
  }
  static Strided<const Scalar> input(Strided<const Scalar> x, Strided<Scalar> pass, const Place& place) {
    return place.input == kOwnInput ? x : Strided<const Scalar>(at(pass, place.input));
  }

 private:
  using Kinds = typename StackKinds<Scalar, Input, Layers...>::Kinds;
  static constexpr Index kOwnInput = -1;
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
    const Index number = static_cast<Index>(places_.size());
    if (layer_outputs < 1 || layer_outputs > std::numeric_limits<int>::max())
      require_size(joined({"layers.", count_text(number), ": outputs"}).c_str(), layer_outputs);
    Place place{{number, parameters, packed}, kind_of<Bound>, size, layer_outputs, 0, 0, 0};
    visit(place, [&](const auto& layer) {
      const bool shares_memory = number > 0 && layer.in_place;
      place.input = number > 0 ? places_.back().output : kOwnInput;
      place.output = shares_memory ? place.input : memory;
      place.kept = memory + (shares_memory ? 0 : layer_outputs);
      memory = place.kept + layer.kept;
      parameters += layer.parameters;
      packed += layer.packed;
    });
    places_.push_back(place);
    size = layer_outputs;
    widest = std::max(widest, size);
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
