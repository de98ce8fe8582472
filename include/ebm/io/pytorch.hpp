// Weights of PyTorch, in safetensors files of a state_dict, for networks of the same layers; and out again.
//
//   safetensors.torch.save_file(model.state_dict(), "model.safetensors")        there
//   ebm::load_pytorch(network, "model.safetensors");                            here
//
// From other files by way of their tensors: load_pytorch(network, read_npz("model.npz")), with io/npz.hpp.
//
//   there                                             here
//   Linear   [output][input]                          [input][output]
//   Conv2d   [output][input][row][column]             [row][column][input][output]
//   what a Linear sees of an image: channel by channel    pixel by pixel, the channels of a pixel side by side
//   images   [channel][row][column]                   the same, so the columns of the points are other ones
//
// Modules with weights are taken in the order of their names, numbers by value ("2.weight" before "10.weight"), which
// is that of a Sequential; where it is another one, `modules` names them from the first layer to the last. Dense
// layers, convolutions and group normalisation have a counterpart; a network with other weights is refused.
#pragma once

#include <ebm/io/safetensors.hpp>
#include <ebm/networks/layer_tensors.hpp>

namespace ebm {

namespace detail {

// Names in the order of their parts, numbers by value.
[[gnu::noinline]] inline bool natural_less(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text) { return std::min(text.find_first_not_of("0123456789"), text.size()); };
  while (!a.empty() && !b.empty()) {
    const std::size_t m = digits(a), n = digits(b);
    if (m > 0 && n > 0) {
      if (m != n) return m < n;
      if (a.substr(0, m) != b.substr(0, n)) return a.substr(0, m) < b.substr(0, n);
      a.remove_prefix(m), b.remove_prefix(n);
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1), b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

// A layer's weights as PyTorch has them: its shape, and where each of its numbers lies here.
struct PytorchTensor {
  std::string module, name;
  TensorShape shape;
  std::vector<std::size_t> places;  // in the parameters of the network
};

template <class Net>
void require_pytorch_layers(const Net& network) {
  for_each_buffered_layer(
      network.stack(), "", network.parameters().data(), network.parameters().data(),
      [](auto, const std::string& name, auto, auto) { throw ValueError(name + ": wanted none, to exchange weights"); });
}

// The pixels of an image are flattened in another order there, which the next dense layer makes good: what has weights
// of its own before that has no counterpart.
template <class Net>
void require_pytorch_order(const Net& network) {
  bool reordered = false;
  for_each_layer(network.stack(), "", [&]<class Bound>(const Bound& layer, const std::string& name, const auto&) {
    using Input = typename BoundOf<Bound>::Input;
    if constexpr (WeightsOf<Bound>::kind == TensorKind::dense_weight) {
      reordered = false;
    } else if constexpr (ImageShape<Input>) {
      reordered = Input::channels > 1 && Input::height * Input::width > 1;
    } else if (reordered && layer.parameters > 0) {
      throw ValueError(joined({name, ": acts on a flattened image, which PyTorch has in another order"}));
    }
  });
}

// Of all layers that have weights, one module each.
template <class Net>
std::vector<PytorchTensor> pytorch_tensors(const Net& network) {
  require_pytorch_order(network);
  std::vector<PytorchTensor> result;
  std::size_t first = 0;
  const auto add = [&](const std::string& module, const char* name, TensorShape shape, auto place) {
    PytorchTensor tensor{module, name, shape, {}};
    const std::size_t count = TensorSlot{"", shape}.size();
    for (std::size_t at = 0; at < count; ++at) tensor.places.push_back(first + place(at));
    result.push_back(std::move(tensor));
    first += count;
  };
  const auto as_it_is = [](std::size_t at) { return at; };
  for (const auto& [slot, kind, image] : layer_tensors(network.stack())) {
    const std::string module = slot.name.substr(0, slot.name.rfind('.'));
    const auto side = [&shape = slot.shape](std::size_t k) { return static_cast<std::size_t>(shape[k]); };
    if (kind == TensorKind::dense_weight) {
      const std::size_t channels = image.empty() ? 1 : static_cast<std::size_t>(image[2]), pixels = side(0) / channels;
      add(module, "weight", {slot.shape[1], slot.shape[0]}, [&](std::size_t at) {
        const std::size_t output = at / side(0), input = at % side(0);
        return (input % pixels * channels + input / pixels) * side(1) + output;
      });
    } else if (kind == TensorKind::conv_weight) {
      const std::size_t pixels = side(0) * side(1), inputs = side(2), outputs = side(3);
      add(module, "weight", {slot.shape[3], slot.shape[2], slot.shape[0], slot.shape[1]}, [&](std::size_t at) {
        const std::size_t output = at / (inputs * pixels), input = at / pixels % inputs;
        return (at % pixels * inputs + input) * outputs + output;
      });
    } else if (slot.name.ends_with(".parameters")) {
      if (slot.shape[0] % 2 != 0) throw ValueError(slot.name + ": of a layer without a counterpart in PyTorch");
      add(module, "weight", {slot.shape[0] / 2}, as_it_is);
      add(module, "bias", {slot.shape[0] / 2}, as_it_is);
    } else {
      add(module, "bias", slot.shape, as_it_is);
    }
  }
  return result;
}

// Gives the tensors the names of modules, in their order.
[[gnu::noinline]] inline void name_modules(std::vector<PytorchTensor>& tensors, const std::vector<std::string>& names,
                                           const std::string& path) {
  std::string module;
  std::size_t next = 0;
  for (PytorchTensor& tensor : tensors) {
    if (tensor.module != module) module = tensor.module, ++next;
    if (next <= names.size()) tensor.module = names[next - 1];
  }
  if (next == names.size()) return;
  throw Error(joined({path, ": ", count_text(static_cast<Index>(names.size())), " modules with weights, wanted ",
                      count_text(static_cast<Index>(next))}));
}

}  // namespace detail

// Sets the parameters of a network; whatever does not fit is refused, and the network is as it was.
template <class Net>
void load_pytorch(Net& network, const Tensors& file, std::vector<std::string> modules = {}) {
  using Scalar = typename Net::Scalar;
  if (modules.empty()) {
    for (const Tensor& tensor : file.list()) modules.push_back(tensor.name.substr(0, tensor.name.rfind('.')));
    std::sort(modules.begin(), modules.end(), detail::natural_less);
    modules.erase(std::unique(modules.begin(), modules.end()), modules.end());
  }
  detail::require_pytorch_layers(network);
  std::vector<detail::PytorchTensor> tensors = detail::pytorch_tensors(network);
  detail::name_modules(tensors, modules, file.source());
  std::vector<Scalar> theta(network.parameters().size());
  for (const auto& [module, name, shape, places] : tensors) {
    const std::string full = module + "." + name;
    const auto take = [&, &to = places]<class T>(const std::vector<T>& values) {
      for (std::size_t k = 0; k < to.size(); ++k) {
        theta[to[k]] = static_cast<Scalar>(values[k]);
        if (!std::isfinite(theta[to[k]])) file.fail(full, "holds a number that is not finite, or not in this precision");
      }
    };
    if (file.at(full).type == NumberType::f64) {
      take(file.numbers<double>(full, shape));
    } else {
      take(file.numbers<float>(full, shape));
    }
  }
  for (const Tensor& tensor : file.list()) {
    if (std::none_of(tensors.begin(), tensors.end(),
                     [&](const auto& t) { return t.module + "." + t.name == tensor.name; }))
      file.fail(tensor.name, "belongs to no layer of the network");
  }
  network.set_parameters(theta);
}

// The same from a safetensors file.
template <class Net>
void load_pytorch(Net& network, const std::string& path, std::vector<std::string> modules = {}) {
  load_pytorch(network, read_safetensors(path), std::move(modules));
}

// The state_dict of a network. Without names the modules are numbered like the layers, activations included, as those
// of a Sequential are.
template <class Net>
Tensors pytorch_state_dict(const Net& network, const std::vector<std::string>& modules = {}) {
  using Scalar = typename Net::Scalar;
  detail::require_pytorch_layers(network);
  std::vector<detail::PytorchTensor> tensors = detail::pytorch_tensors(network);
  if (modules.empty()) {
    for (detail::PytorchTensor& tensor : tensors) tensor.module.erase(0, std::string_view("layers.").size());
  } else {
    detail::name_modules(tensors, modules, "modules");
  }
  Tensors state;
  for (const auto& [module, name, shape, places] : tensors) {
    std::vector<Scalar> values;
    for (const std::size_t place : places) values.push_back(network.parameters()[place]);
    state.add<Scalar>(module + "." + name, shape, values);
  }
  return state;
}

// Writes it as a safetensors file.
template <class Net>
void save_pytorch(const Net& network, const std::string& path, const std::vector<std::string>& modules = {}) {
  write_safetensors(path, pytorch_state_dict(network, modules));
}

}  // namespace ebm
