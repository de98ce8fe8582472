// Tensors: named arrays of numbers, row by row: what an energy or a training is on disk (io/safetensors.hpp).
//
//   tensors.add("weight", {64, 2}, values);     tensors.numbers<float>("weight", {64, 2})
//
// What is asked for must be there, of this type and shape and finite; an error names the tensor and where it came from.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace ebm {

enum class NumberType { f32, f64, i64 };

inline const char* to_text(NumberType type) {
  return type == NumberType::f32 ? "F32" : type == NumberType::f64 ? "F64" : "I64";
}
inline std::size_t bytes_of(NumberType type) { return type == NumberType::f32 ? 4 : 8; }

template <class T>
inline constexpr NumberType kNumberType = [] {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>,
                "ebm::Tensors: wanted float, double or std::int64_t");
  return std::is_same_v<T, float> ? NumberType::f32 : std::is_same_v<T, double> ? NumberType::f64 : NumberType::i64;
}();

using TensorShape = std::vector<Index>;

[[gnu::noinline]] inline std::string shape_text(const TensorShape& shape) {
  if (shape.empty()) return "one number";
  std::string text;
  for (const Index size : shape) text += (text.empty() ? "" : " x ") + count_text(size);
  return text;
}

// Sides that a file may give a tensor.
inline constexpr std::size_t kMostSides = 32;

// Whether a shape holds exactly so many numbers, without overflow.
inline bool holds(const TensorShape& shape, std::size_t numbers) {
  if (std::count(shape.begin(), shape.end(), 0) > 0) return numbers == 0;
  for (const Index side : shape) {
    if (numbers % static_cast<std::size_t>(side) != 0) return false;
    numbers /= static_cast<std::size_t>(side);
  }
  return numbers == 1;
}

struct Tensor {
  std::string name;
  NumberType type;
  TensorShape shape;
  std::string bytes;  // of the numbers, little-endian

  bool operator==(const Tensor&) const = default;
};

// A tensor that some numbers of a flat vector of parameters are.
struct TensorSlot {
  std::string name;
  TensorShape shape;

  std::size_t size() const {
    std::size_t count = 1;
    for (const Index n : shape) count *= static_cast<std::size_t>(n);
    return count;
  }
};

class Tensors {
 public:
  Tensors() = default;
  // No name may occur twice. Errors begin with the source, a path as a rule.
  [[gnu::noinline]] Tensors(std::vector<Tensor> tensors, std::string source)
      : tensors_(std::move(tensors)), source_(std::move(source)) {
    std::vector<std::string_view> names;
    for (const Tensor& tensor : tensors_) names.push_back(tensor.name);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) fail(*twice, "occurs twice");
  }

  const std::vector<Tensor>& list() const { return tensors_; }
  const std::string& source() const { return source_; }

  [[gnu::noinline]] void add(Tensor tensor) {
    if (has(tensor.name)) fail(tensor.name, "occurs twice");
    tensors_.push_back(std::move(tensor));
  }

  template <class T>
  void add(std::string name, TensorShape shape, std::span<const T> values) {
    add_bytes({std::move(name), kNumberType<T>, std::move(shape), {}}, values.data(), values.size());
  }
  template <class T>
  void add(std::string name, T value) {
    add_bytes({std::move(name), kNumberType<T>, {}, {}}, &value, 1);
  }
  // The parameters, slot by slot.
  template <class T>
  void add(std::span<const TensorSlot> slots, std::span<const T> parameters) {
    for (const TensorSlot& slot : slots) {
      add(slot.name, slot.shape, parameters.first(slot.size()));
      parameters = parameters.subspan(slot.size());
    }
  }

  const Tensor* find(std::string_view name) const {
    const auto found = std::find_if(tensors_.begin(), tensors_.end(), [&](const Tensor& t) { return t.name == name; });
    return found == tensors_.end() ? nullptr : &*found;
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }

  const Tensor& at(std::string_view name) const {
    if (const Tensor* tensor = find(name)) return *tensor;
    fail(name, "is not there");
  }

  template <class T>
  std::vector<T> numbers(std::string_view name, const TensorShape& shape) const {
    const Tensor& tensor = checked(name, kNumberType<T>, shape);
    std::vector<T> values(tensor.bytes.size() / sizeof(T));
    copy_to(tensor, values.data());
    if constexpr (!std::is_integral_v<T>) {
      for (const T value : values) {
        if (!std::isfinite(value)) fail_value(name, static_cast<double>(value));
      }
    }
    return values;
  }
  // One number, which may be infinite.
  template <class T>
  T number(std::string_view name) const {
    T value;
    copy_to(checked(name, kNumberType<T>, {}), &value);
    if (value != value) fail_value(name, static_cast<double>(value));
    return value;
  }
  // The parameters, slot by slot.
  template <class T>
  std::vector<T> numbers(std::span<const TensorSlot> slots) const {
    std::vector<T> parameters;
    for (const TensorSlot& slot : slots) {
      const std::vector<T> values = numbers<T>(slot.name, slot.shape);
      parameters.insert(parameters.end(), values.begin(), values.end());
    }
    return parameters;
  }

  // The shape of a tensor, which has so many sides, none of them 0.
  [[gnu::noinline]] TensorShape sides(std::string_view name, std::size_t wanted) const {
    const Tensor& tensor = at(name);
    if (tensor.shape.size() != wanted || std::count(tensor.shape.begin(), tensor.shape.end(), 0) > 0)
      fail(name, joined({"has shape ", shape_text(tensor.shape), ", wanted ", count_text(static_cast<Index>(wanted)),
                         " sides of at least 1"}));
    return tensor.shape;
  }

  // The tensor of this type and shape, whatever its numbers.
  [[gnu::noinline]] const Tensor& checked(std::string_view name, NumberType type, const TensorShape& shape) const {
    const Tensor& tensor = at(name);
    if (tensor.type != type) fail(name, joined({"holds ", to_text(tensor.type), ", wanted ", to_text(type)}));
    if (tensor.shape != shape)
      fail(name, joined({"has shape ", shape_text(tensor.shape), ", wanted ", shape_text(shape)}));
    return tensor;
  }

  // Throws where these tensors have one that the others have not.
  [[gnu::noinline]] void require_within(const Tensors& others) const {
    for (const Tensor& tensor : tensors_) {
      if (!others.has(tensor.name)) fail(tensor.name, "belongs to something else than what is wanted");
    }
  }

  [[noreturn, gnu::cold, gnu::noinline]] void fail(std::string_view name, std::string_view what) const {
    throw Error(joined({source_, source_.empty() ? "" : ": ", "tensor \"", name, "\" ", what}));
  }

  bool operator==(const Tensors& other) const { return tensors_ == other.tensors_; }

 private:
  [[gnu::noinline]] void add_bytes(Tensor tensor, const void* values, std::size_t count) {
    if (has(tensor.name)) fail(tensor.name, "occurs twice");
    if (TensorSlot{"", tensor.shape}.size() != count)
      fail(tensor.name, joined({"has shape ", shape_text(tensor.shape), " for ", count_text(static_cast<Index>(count)),
                                " numbers"}));
    tensor.bytes.assign(static_cast<const char*>(values), count * bytes_of(tensor.type));
    tensors_.push_back(std::move(tensor));
  }
  template <class T>
  static void copy_to(const Tensor& tensor, T* values) {
    if (!tensor.bytes.empty()) std::memcpy(values, tensor.bytes.data(), tensor.bytes.size());
  }
  [[noreturn, gnu::cold, gnu::noinline]] void fail_value(std::string_view name, double value) const {
    fail(name, joined({"holds ", ebm::to_text(value), ", wanted finite numbers"}));
  }

  std::vector<Tensor> tensors_;
  std::string source_;
};

}  // namespace ebm
