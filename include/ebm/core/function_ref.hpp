// A reference to something callable, for the length of a call: an option need not store a function.
#pragma once

#include <type_traits>

namespace ebm {

template <class Signature>
class FunctionRef;

template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  FunctionRef() = default;
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> && std::is_invocable_r_v<Result, F&, Arguments...>)
  FunctionRef(F&& callable)
      : object_(address(&callable)), call_([](void* object, Arguments... arguments) -> Result {
          using Pointer = std::remove_reference_t<F>*;
          if constexpr (std::is_function_v<std::remove_reference_t<F>>) {
            return reinterpret_cast<Pointer>(object)(static_cast<Arguments>(arguments)...);
          } else {
            return (*static_cast<Pointer>(object))(static_cast<Arguments>(arguments)...);
          }
        }) {}

  explicit operator bool() const { return call_ != nullptr; }
  Result operator()(Arguments... arguments) const { return call_(object_, static_cast<Arguments>(arguments)...); }

 private:
  template <class T>
  static void* address(T* callable) {
    if constexpr (std::is_function_v<T>) {
      return reinterpret_cast<void*>(callable);
    } else {
      return const_cast<void*>(static_cast<const void*>(callable));
    }
  }

  void* object_ = nullptr;
  Result (*call_)(void*, Arguments...) = nullptr;
};

}  // namespace ebm
