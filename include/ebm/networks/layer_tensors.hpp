// Which tensors the parameters of a network's layers are, in the order in which they lie (core/tensors.hpp).
//
//   layers.<n>.weight     [input][output] of a dense layer, [kernel row][kernel column][input][output] of a convolution
//   layers.<n>.bias       [output]
//   layers.<n>.parameters of any other kind of layer, in a row
//
// A layer of layers names them layers.<n>.layers.<m>. A layer whose packed weights end in numbers that pack() moves on
// instead of making them from the parameters offers, to come back with the same bits,
//
//   buffers                  how many they are
//   restore(theta, packed)   makes the packed weights of the parameters and of the buffers, which are in their place
#pragma once

#include <ebm/core/tensors.hpp>
#include <ebm/networks/conv.hpp>
#include <ebm/networks/dense.hpp>
#include <ebm/networks/layer_stack.hpp>

#include <utility>

namespace ebm::detail {

enum class TensorKind { dense_weight, conv_weight, other };

struct LayerTensor {
  TensorSlot slot;
  TensorKind kind = TensorKind::other;
  TensorShape image = {};  // height, width, channels of the image that a dense layer takes, if it takes one
};

template <class Bound>
struct WeightsOf {
  static constexpr TensorKind kind = TensorKind::other;
};
template <int Outputs, class Scalar, AnyShape Input>
struct WeightsOf<BoundLayer<ebm::Dense<Outputs>, Scalar, Input>> {
  static constexpr TensorKind kind = TensorKind::dense_weight;
  template <class Bound>
  static TensorShape shape(const Bound& layer) {
    return {layer.inputs, layer.parameters - layer.weights};
  }
};
template <int Channels, int Kernel, int Stride, int Padding, class Scalar, ImageShape Input>
struct WeightsOf<BoundLayer<Conv<Channels, Kernel, Stride, Padding>, Scalar, Input>> {
  static constexpr TensorKind kind = TensorKind::conv_weight;
  template <class Bound>
  static TensorShape shape(const Bound&) {
    return {Kernel, Kernel, Input::channels, Channels};
  }
};

// f(layer, its name, where it stands).
template <class Stack, class F>
void for_each_layer(const Stack& stack, const std::string& prefix, F f) {
  stack.for_each_layer([&](const auto& layer, const auto& place) {
    f(layer, joined({prefix, "layers.", count_text(place.number)}), place);
  });
}

// `image` is the last one on the way, until a dense layer mixes its pixels.
template <class Stack>
void list_tensors(const Stack& stack, const std::string& prefix, std::vector<LayerTensor>& to, TensorShape& image);

template <class Bound>
void list_tensors_of_layer(const Bound& layer, const std::string& name, std::vector<LayerTensor>& to,
                           TensorShape& image) {
  using Weights = WeightsOf<Bound>;
  using Input = typename BoundOf<Bound>::Input;
  if constexpr (ImageShape<Input>) image = {Input::height, Input::width, Input::channels};
  if constexpr (Weights::kind != TensorKind::other) {
    const TensorShape shape = Weights::shape(layer);
    if (Weights::kind == TensorKind::conv_weight) image.clear();
    to.push_back({{name + ".weight", shape}, Weights::kind, std::exchange(image, {})});
    to.push_back({{name + ".bias", {shape.back()}}});
  } else if constexpr (requires { typename Bound::Stack; }) {
    list_tensors(typename Bound::Stack{}, name + ".", to, image);
  } else if constexpr (requires { typename Bound::Inner; }) {
    list_tensors_of_layer(typename Bound::Inner{}, name, to, image);
  } else if (layer.parameters > 0) {
    to.push_back({{name + ".parameters", {layer.parameters}}});
  }
}

template <class Stack>
void list_tensors(const Stack& stack, const std::string& prefix, std::vector<LayerTensor>& to, TensorShape& image) {
  for_each_layer(stack, prefix, [&](const auto& layer, const std::string& name, const auto&) {
    list_tensors_of_layer(layer, name, to, image);
  });
}

// f(layer, name, theta, packed) for every layer that has buffers.
template <class Stack, class Scalar, class Packed, class F>
void for_each_buffered_layer(const Stack& stack, const std::string& prefix, const Scalar* theta, Packed* packed, F f) {
  for_each_layer(stack, prefix, [&]<class Bound>(const Bound& layer, const std::string& name, const auto& place) {
    if constexpr (requires { Bound::buffers; }) {
      f(layer, name + ".buffers", theta + place.parameters, packed + place.packed);
    } else if constexpr (requires { typename Bound::Stack; }) {
      for_each_buffered_layer(typename Bound::Stack{}, name + ".", theta + place.parameters, packed + place.packed, f);
    }
  });
}

template <class Stack>
std::vector<LayerTensor> layer_tensors(const Stack& stack) {
  std::vector<LayerTensor> tensors;
  TensorShape image;
  list_tensors(stack, "", tensors, image);
  return tensors;
}
template <class Stack>
std::vector<TensorSlot> tensor_slots(const Stack& stack) {
  std::vector<TensorSlot> slots;
  for (const LayerTensor& tensor : layer_tensors(stack)) slots.push_back(tensor.slot);
  return slots;
}

}  // namespace ebm::detail
