// Sizes that are known at run time only, from the shapes of tensors: a network comes back from a file as it went.
//
// A dense layer is there as layers.<n>.weight of shape inputs x outputs. How many HiddenLayers stands for follows from
// the number of the last layer that has tensors.
#pragma once

#include <ebm/core/tensors.hpp>
#include <ebm/networks/layer_kinds.hpp>

#include <limits>
#include <optional>

namespace ebm::detail {

// The number n of "layers.<n>. ...", if a tensor is called so.
[[gnu::noinline]] inline std::optional<Index> layer_number(std::string_view name) {
  constexpr std::string_view start = "layers.";
  if (!name.starts_with(start)) return {};
  name.remove_prefix(start.size());
  const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  if (digits == 0 || digits > 6 || digits == name.size() || name[digits] != '.') return {};
  Index number = 0;
  for (const char digit : name.substr(0, digits)) number = 10 * number + (digit - '0');
  return number;
}

// The shapes are not compared with each other yet: whoever reads the tensors does.
template <class Scalar, AnyShape Input, class... Layers>
class SizesFromTensors {
 public:
  Input input{};
  std::tuple<Layers...> layers;

  explicit SizesFromTensors(const Tensors& tensors) {
    Index first = std::numeric_limits<Index>::max();
    for (const Tensor& tensor : tensors.list()) {
      const auto number = layer_number(tensor.name);
      if (!number) continue;
      last_ = std::max(last_, *number);
      if (tensor.name == weight_name(*number)) first = std::min(first, *number);
    }
    if (last_ < 0) tensors.at(weight_name(0));
    if constexpr (RunTimeShape<Input>) input.count = tensors.sides(weight_name(first <= last_ ? first : 0), 2)[0];
    [&]<std::size_t... L>(std::index_sequence<L...>) {
      (read<sizeof...(Layers) - 1 - L>(tensors, std::get<L>(layers)), ...);
    }
    (std::index_sequence_for<Layers...>{});
  }

 private:
  static std::string weight_name(Index number) { return joined({"layers.", count_text(number), ".weight"}); }
  Index next_outputs(const Tensors& tensors) const { return tensors.sides(weight_name(number_), 2)[1]; }

  // One description, and how many come after it.
  template <std::size_t After, class Layer>
  void read(const Tensors& tensors, Layer& layer) {
    if constexpr (kIsHiddenLayers<Layer>) {
      for (Index left = hidden_layers(After); left > 0; --left, number_ += 2)
        layer.widths.push_back(next_outputs(tensors));
    } else {
      if constexpr (requires { layer.outputs; }) layer.outputs = next_outputs(tensors);
      ++number_;
    }
  }

  // How many there must be from the next layer on, with `after` others after them.
  Index hidden_layers(std::size_t after) const {
    const std::size_t silent = std::min(silent_at_end(), after);
    if (silent == after) return last_ < number_ ? 0 : (last_ - number_) / 2 + 1;
    return (last_ - number_ - static_cast<Index>(after - silent - 1)) / 2;
  }

  // Kinds at the end that have no tensors.
  static std::size_t silent_at_end() {
    using Kinds = typename StackKinds<Scalar, Input, Layers...>::Kinds;
    std::size_t count = 0;
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      ((kHasParameters<std::tuple_element_t<K, Kinds>, Scalar> ? count = 0 : ++count), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<Kinds>>{});
    return count;
  }
  Index number_ = 0, last_ = -1;  // of the next layer, and of the last one that has tensors
};

}  // namespace ebm::detail
