// Archive: one list of what a state is made of serves to keep it and to get it back.
//
//   void transfer(Archive& archive) { archive("velocity", velocity), archive("steps", steps); }
//
// Written, the numbers become tensors named after the path that led to them ("optimizer.velocity"). Read, they are put
// into a state that was made in the same way, so that sizes agree; a tensor that does not fit is refused.
#pragma once

#include <ebm/core/flat_vector.hpp>
#include <ebm/core/tensors.hpp>

#include <concepts>

namespace ebm {

class Archive;

template <class S>
concept Transferable = requires(S& state, Archive& archive) {
  { state.transfer(archive) } -> std::same_as<void>;
};

class Archive {
 public:
  // To be written.
  Archive() = default;
  // To be read.
  explicit Archive(Tensors tensors) : tensors_(std::move(tensors)), reading_(true) {}

  bool reading() const { return reading_; }
  const Tensors& tensors() const { return tensors_; }

  template <std::floating_point T>
  void operator()(std::string_view name, T& value) {
    numbers(name, &value, 1);
  }
  template <std::integral T>
  void operator()(std::string_view name, T& value) {
    std::int64_t wide = static_cast<std::int64_t>(value);
    numbers(name, &wide, 1);
    value = static_cast<T>(wide);
  }
  template <class T>
  void operator()(std::string_view name, FlatVector<T>& values) {
    numbers(name, values.data(), values.size());
  }
  template <class T>
  void operator()(std::string_view name, std::vector<Lanes<T>>& values) {
    numbers(name, values.empty() ? nullptr : values.front().data(), values.size() * kLanes<T>);
  }
  template <class T>
    requires std::is_arithmetic_v<T>
  void operator()(std::string_view name, std::vector<T>& values) {
    if constexpr (std::floating_point<T>) {
      numbers(name, values.data(), values.size());
    } else {
      std::vector<std::int64_t> wide(values.begin(), values.end());
      numbers(name, wide.data(), wide.size());
      for (std::size_t i = 0; i < wide.size(); ++i) values[i] = static_cast<T>(wide[i]);
    }
  }
  // A text may be of any length, and is kept with a zero behind it.
  [[gnu::noinline]] void operator()(std::string_view name, std::string& text) {
    if (reading_) text.resize(static_cast<std::size_t>(tensors_.sides(prefix_ + std::string(name), 1)[0] - 1));
    std::vector<std::int64_t> codes(text.begin(), text.end());
    codes.push_back(0);
    numbers(name, codes.data(), codes.size());
    text.assign(codes.begin(), codes.end() - 1);
  }
  template <Transferable S>
  void operator()(std::string_view name, S& state) {
    within(name, [&] { state.transfer(*this); });
  }

  // What f() transfers lies under this name.
  template <class F>
  void within(std::string_view name, F f) {
    const std::size_t length = prefix_.size();
    (prefix_ += name) += '.';
    f();
    prefix_.resize(length);
  }

  // Tensors as they are, under this name; what is read is what was written.
  [[gnu::noinline]] void transfer_tensors(std::string_view name, Tensors& whole) {
    const std::string path = joined({prefix_, name, "."});
    if (!reading_) {
      for (Tensor tensor : whole.list()) {
        tensor.name = path + tensor.name;
        tensors_.add(std::move(tensor));
      }
      return;
    }
    std::vector<Tensor> found;
    for (Tensor tensor : tensors_.list()) {
      if (!tensor.name.starts_with(path)) continue;
      tensor.name.erase(0, path.size());
      found.push_back(std::move(tensor));
    }
    whole = Tensors(std::move(found), joined({tensors_.source(), ": ", prefix_, name}));
  }

 private:
  template <class T>
  void numbers(std::string_view name, T* values, std::size_t count) {
    transfer_bytes(name, kNumberType<T>, values, count);
  }
  [[gnu::noinline]] void transfer_bytes(std::string_view name, NumberType type, void* values, std::size_t count) {
    std::string path = prefix_ + std::string(name);
    const TensorShape shape{static_cast<Index>(count)};
    if (reading_) {
      const Tensor& tensor = tensors_.checked(path, type, shape);
      if (count > 0) std::memcpy(values, tensor.bytes.data(), tensor.bytes.size());
    } else {
      tensors_.add({std::move(path), type, shape, {static_cast<const char*>(values), count * bytes_of(type)}});
    }
  }

  Tensors tensors_;
  bool reading_ = false;
  std::string prefix_;
};

}  // namespace ebm
