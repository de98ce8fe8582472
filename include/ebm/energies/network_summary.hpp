// A network as a table: its layers, the shapes that come out of them, their parameters.
//
//   std::cout << network;        or    to_text(network)
//
//   layer               output          parameters
//   input               28 x 28 x 1
//   Conv<32, 5, 2>      12 x 12 x 32           832
//   Silu                12 x 12 x 32
//   Dense<10>           10                   46090
//   total                                    46922
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/energies/network.hpp>
#include <ebm/networks/average_pool.hpp>
#include <ebm/networks/flatten.hpp>
#include <ebm/networks/max_pool.hpp>
#include <ebm/networks/norm.hpp>
#include <ebm/networks/residual.hpp>
#include <ebm/networks/skip.hpp>
#include <ebm/networks/spectral_norm.hpp>

#include <iosfwd>
#include <vector>

namespace ebm {

namespace detail {

// name<a, b, ...>
inline std::string name_with(std::string_view name, std::initializer_list<int> arguments) {
  std::string text(name), separator = "<";
  for (const int argument : arguments) text = joined({text, separator, count_text(argument)}), separator = ", ";
  return text + ">";
}

// As the layer is written, without what is as it would be by default. A layer that is not the library's own may say
// what it is by a member `name`.
template <class Layer>
std::string name_of(Layer) {
  if constexpr (requires { std::string(Layer::name); }) {
    return Layer::name;
  } else {
    return "layer";
  }
}
inline std::string name_of(Silu) { return "Silu"; }
inline std::string name_of(Softplus) { return "Softplus"; }
inline std::string name_of(Tanh) { return "Tanh"; }
inline std::string name_of(LeakyRelu) { return "LeakyRelu"; }
inline std::string name_of(Flatten) { return "Flatten"; }
inline std::string name_of(LayerNorm) { return "LayerNorm"; }
template <int Groups>
std::string name_of(GroupNorm<Groups>) {
  return name_with("GroupNorm", {Groups});
}
template <int Outputs>
std::string name_of(Dense<Outputs>) {
  return name_with("Dense", {Outputs});
}
template <int Channels, int Kernel, int Stride, int Padding>
std::string name_of(Conv<Channels, Kernel, Stride, Padding>) {
  return Padding > 0  ? name_with("Conv", {Channels, Kernel, Stride, Padding})
         : Stride > 1 ? name_with("Conv", {Channels, Kernel, Stride})
                      : name_with("Conv", {Channels, Kernel});
}
template <int Window, int Stride>
std::string name_of(AveragePool<Window, Stride>) {
  return Stride == Window ? name_with("AveragePool", {Window}) : name_with("AveragePool", {Window, Stride});
}
template <int Window, int Stride>
std::string name_of(MaxPool<Window, Stride>) {
  return Stride == Window ? name_with("MaxPool", {Window}) : name_with("MaxPool", {Window, Stride});
}
template <class Layer, int Iterations>
std::string name_of(SpectralNorm<Layer, Iterations>) {
  return joined({"SpectralNorm<", name_of(Layer{}), ">"});
}
template <class... Layers>
std::string name_of(Residual<Layers...>) {
  return "Residual";
}
template <class... Layers>
std::string name_of(Skip<Layers...>) {
  return "Skip";
}

struct SummaryRow {
  std::string layer, output, parameters;
};

template <LayerShape S>
std::string shape_of() {
  if constexpr (ImageShape<S>) {
    return joined({count_text(S::height), " x ", count_text(S::width), " x ", count_text(S::channels)});
  } else {
    return count_text(S::size);
  }
}

// Rows of some layers and of what they are made of.
template <class Stack>
void add_rows(const Stack& stack, std::vector<SummaryRow>& rows, const std::string& indent) {
  stack.for_each_layer([&]<class Bound>(const Bound& layer, const auto&) {
    using Layer = typename BoundOf<Bound>::Layer;
    std::string name, output;
    if constexpr (LayerShape<typename Bound::Output>) {
      name = name_of(Layer{}), output = shape_of<typename Bound::Output>();
    } else {
      name = name_of(Layer{}), output = count_text(layer.outputs);
      if constexpr (std::same_as<Layer, Dense<Dynamic>>) name = joined({"Dense<", output, ">"});
    }
    rows.push_back({indent + name, output, layer.parameters > 0 ? count_text(layer.parameters) : ""});
    if constexpr (requires { typename Bound::Stack; }) add_rows(typename Bound::Stack{}, rows, indent + "  ");
  });
}

[[gnu::noinline]] inline std::string table_of(const std::vector<SummaryRow>& rows) {
  std::size_t width[3] = {};
  for (const SummaryRow& row : rows) {
    width[0] = std::max(width[0], row.layer.size()), width[1] = std::max(width[1], row.output.size());
    width[2] = std::max(width[2], row.parameters.size());
  }
  std::string text;
  for (const SummaryRow& row : rows) {
    std::string line = row.layer + std::string(width[0] - row.layer.size() + 2, ' ') + row.output;
    if (!row.parameters.empty())
      line += std::string(width[1] - row.output.size() + 2 + width[2] - row.parameters.size(), ' ') + row.parameters;
    text += line + "\n";
  }
  return text;
}

}  // namespace detail

template <class Scalar, AnyShape Input, class... Layers>
std::string to_text(const Network<Scalar, Input, Layers...>& network) {
  std::string input = count_text(network.dimension());
  if constexpr (ImageShape<Input>) input = detail::shape_of<Input>();
  std::vector<detail::SummaryRow> rows{{"layer", "output", "parameters"}, {"input", input, ""}};
  detail::add_rows(network.stack(), rows, "");
  rows.push_back({"total", "", count_text(static_cast<Index>(network.parameters().size()))});
  return detail::table_of(rows);
}

template <class Traits, class Scalar, AnyShape Input, class... Layers>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             const Network<Scalar, Input, Layers...>& network) {
  return out << to_text(network);
}

}  // namespace ebm
