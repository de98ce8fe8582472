// LayerStack: layers one after the other, each bound to the shape that the one below gives.
//
// Features of all layers lie in one block of memory a tile, so that whatever runs through the stack (one tile, a pair,
// a chunk) finds them at the same distance. A stack is a layer itself (networks/residual.hpp).
#pragma once

#include <ebm/networks/layer.hpp>

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
struct LayerStack {
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

  template <class Draw>
  static void initialise(Scalar* theta, double last_scale, Draw draw) {
    for_each_layer(
        [&](auto l) { At<l>::initialise(theta + parameter_offsets[l], l + 1 == depth ? last_scale : 1.0, draw); });
  }
  static void pack(const Scalar* theta, Scalar* packed_weights) {
    for_each_layer([&](auto l) { At<l>::pack(theta + parameter_offsets[l], packed_weights + packed_offsets[l]); });
  }

  // Whether a layer takes the outputs of the one below, or the slopes in the inputs of the one above, panel by panel.
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
    if constexpr (L > 0 && L + 1 < depth) {  // the first layer's go elsewhere
      return TakesPanels<At<L>, Scalar> && GivesSlopePanels<At<L + 1>, Scalar>;
    } else {
      return false;
    }
  }();

  // Where the output of a layer lies in the memory of the stack.
  template <int L>
  static Strided<Scalar> output(Strided<Scalar> pass) {
    if constexpr (shares_memory<L>) {
      return output<L - 1>(pass);
    } else {
      return {pass.data + memory_offsets[L] * kLanes<Scalar>, pass.stride};
    }
  }
  static Strided<Scalar> output(Strided<Scalar> pass) { return output<depth - 1>(pass); }

  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass, Workspace& workspace) {
    for_each_layer([&](auto l) {
      if constexpr (takes_panels<l>) {
        At<l - 1>::template forward_panels<Tiles>(weights<l - 1>(w), input<l - 1>(x, pass),
                                                  At<l>::template forward_taker<Tiles>(output<l>(pass), kept<l>(pass)));
      } else if constexpr (!takes_panels<l + 1>) {
        At<l>::template forward<Tiles>(weights<l>(w), input<l>(x, pass), output<l>(pass), kept<l>(pass), workspace);
      }
    });
  }

  // From slopes in the outputs to slopes in the inputs, of `tiles` tiles; `delta` and `other` hold the widest layer,
  // and the slopes in the outputs are in `delta` at first. `gradient` may be null. Slopes in the inputs go to `dx`, if
  // any.
  template <class ForGroups>
  static void backward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass, Strided<Scalar> delta,
                       Strided<Scalar> other, Strided<Scalar> dx, Scalar* gradient, Index tiles, Workspace& workspace,
                       ForGroups for_groups) {
    Strided<Scalar> slopes = delta;
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      (step_back<depth - 1 - static_cast<int>(L)>(w, x, pass, slopes, slopes.data == other.data ? delta : other, dx,
                                                  gradient, tiles, workspace, for_groups),
       ...);
    }
    (std::make_index_sequence<sizeof...(Layers)>{});
  }

  // f(the layer's number as a constant), from the bottom up.
  template <class F>
  static constexpr void for_each_layer(F f) {
    [&]<std::size_t... L>(std::index_sequence<L...>) { (f(std::integral_constant<int, static_cast<int>(L)>{}), ...); }
    (std::make_index_sequence<sizeof...(Layers)>{});
  }

  template <int L>
  static LayerWeights<Scalar> weights(LayerWeights<Scalar> w) {
    return {w.theta + parameter_offsets[L], w.packed + packed_offsets[L]};
  }
  template <int L>
  static Strided<const Scalar> input(Strided<const Scalar> x, Strided<Scalar> pass) {
    if constexpr (L == 0) {
      return x;
    } else {
      return output<L - 1>(pass);
    }
  }
  template <int L>
  static Strided<Scalar> kept(Strided<Scalar> pass) {
    constexpr Index own = shares_memory<L> ? 0 : Index{At<L>::Output::size};
    return {pass.data + (memory_offsets[L] + own) * kLanes<Scalar>, pass.stride};
  }

 private:
  // From the slopes in the outputs of a layer to those in its inputs, which are put into `slopes`; `free` is memory for
  // them. Those that an activation below takes as panels replace what it kept.
  template <int L, class ForGroups>
  static void step_back(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass, Strided<Scalar>& slopes,
                        Strided<Scalar> free, Strided<Scalar> dx, Scalar* gradient, Index tiles, Workspace& workspace,
                        ForGroups for_groups) {
    if constexpr (takes_slope_panels<L>) {
      return;  // with the layer above
    } else if constexpr (takes_slope_panels<L - 1>) {
      if (gradient) add_gradient<L>(w, x, pass, slopes, gradient, tiles, workspace);
      const Strided<Scalar> to = kept<L - 1>(pass);
      for_groups([&](auto group, Index t) {
        At<L>::template backward_panels<group>(weights<L>(w), Strided<const Scalar>(slopes.from(t)),
                                               At<L - 1>::template backward_taker<group>(to.from(t), to.from(t)));
      });
      slopes = to;
    } else {
      const Strided<Scalar> to = L == 0 ? dx : At<L>::in_place ? slopes : free;
      if constexpr (requires { &At<L>::template backward_tiles<ForGroups>; }) {
        At<L>::backward_tiles(weights<L>(w), input<L>(x, pass), kept<L>(pass), slopes, to,
                              gradient ? gradient + parameter_offsets[L] : nullptr, tiles, workspace, for_groups);
      } else {
        if (gradient) add_gradient<L>(w, x, pass, slopes, gradient, tiles, workspace);
        if (L == 0 && !dx.data) return;
        for_groups([&](auto group, Index t) {
          At<L>::template backward<group>(weights<L>(w), input<L>(x, pass).from(t), output<L>(pass).from(t),
                                          kept<L>(pass).from(t), Strided<const Scalar>(slopes.from(t)), to.from(t),
                                          workspace);
        });
      }
      slopes = to;
    }
  }

  template <int L>
  static void add_gradient(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> pass,
                           Strided<const Scalar> slopes, Scalar* gradient, Index tiles, Workspace& workspace) {
    At<L>::add_gradient(weights<L>(w), input<L>(x, pass), kept<L>(pass), slopes, tiles, gradient + parameter_offsets[L],
                        workspace);
  }
};

}  // namespace ebm::detail
