// formula<D>(lambda): an energy from a formula; its gradient is derived at compile time by dual numbers.
//
//   formula<2>([](auto x, auto y) { return 0.5 * square(x - 1) + 4.0 * square(y - x * x); })
//   formula<10>([](const auto& x) { auto sum = square(x[0]); ...; return sum; })
//
// The lambda takes D coordinates, or one array of them, and returns what the arithmetic of core/lane_math.hpp makes of
// them; it must not depend on anything that changes. Of many coordinates the derivatives are taken in blocks.
#pragma once

#include <ebm/energies/dual.hpp>

namespace ebm {

namespace detail {

template <class F, class V, int... I>
auto call_with_coordinates(const F& f, const V& x, std::integer_sequence<int, I...>) -> decltype(f(((void)I, x)...));

template <class F, int D, class V>
concept TakesCoordinates = requires(const F& f, const V& x) {
  { call_with_coordinates(f, x, std::make_integer_sequence<int, D>{}) } -> std::same_as<V>;
};
template <class F, int D, class V>
concept TakesArray = (D > 1) && requires(const F& f, const Coordinates<V, D>& x) {
  { f(x) } -> std::same_as<V>;
};

// Derivatives of a formula of D coordinates are taken so many at once.
template <int D>
inline constexpr int kDerivatives = (D + (D + 7) / 8 - 1) / ((D + 7) / 8);

}  // namespace detail

// A function of D coordinates V, or of an array of them, that returns a V.
template <class F, int D, class V>
concept FormulaOver = detail::TakesCoordinates<F, D, V> || detail::TakesArray<F, D, V>;

// A formula whose value and derivatives can be computed.
template <class F, int D, class Scalar>
concept FormulaOf = FormulaOver<F, D, Pack<Scalar>> && FormulaOver<F, D, Dual<Pack<Scalar>, detail::kDerivatives<D>>>;

template <int D, class S, FormulaOf<D, S> F>
class Formula {
 public:
  using Scalar = S;
  static constexpr int dim = D;

  explicit Formula(F f) : f_(std::move(f)) {}

  template <class V>
  [[gnu::always_inline, gnu::flatten]] inline V lane_value(const std::array<V, D>& x) const {
    if constexpr (std::floating_point<V>) {
      // A number finds no function of the library by itself, a dual without derivatives does.
      Coordinates<Dual<V, 0>, D> duals;
      for (std::size_t i = 0; i < D; ++i) duals[i] = Dual<V, 0>(x[i]);
      return call(duals).value;
    } else {
      return call(x);
    }
  }

  template <class V>
  [[gnu::always_inline, gnu::flatten]] inline V lane_value_and_gradient(const std::array<V, D>& x,
                                                                        std::array<V, D>& gradient) const {
    constexpr std::size_t block = detail::kDerivatives<D>;
    V value;
    detail::unrolled<(D + block - 1) / block>([&](auto b) __attribute__((always_inline)) {
      constexpr std::size_t first = b * block, count = first + block <= D ? block : D - first;
      Coordinates<Dual<V, block>, D> duals;
      detail::unrolled<D>([&](auto i) __attribute__((always_inline)) { duals[i] = Dual<V, block>(x[i]); });
      detail::unrolled<count>([&](auto i) __attribute__((always_inline)) {
        duals[first + i].derivative[i] = Dual<V, block>::number(1);
      });
      const Dual<V, block> result = call(duals);
      detail::unrolled<count>([&](auto i)
                                  __attribute__((always_inline)) { gradient[first + i] = result.derivative[i]; });
      value = result.value;
    });
    return value;
  }

 private:
  template <class V>
  EBM_INLINE V call(const std::array<V, D>& x) const {
    if constexpr (detail::TakesCoordinates<F, D, V>) {
      return std::apply(
          [&](const auto&... coordinate) __attribute__((always_inline)) { return f_(coordinate...); }, x);
    } else {
      return f_(x);
    }
  }

  F f_;
};

template <int D, class Scalar = float, FormulaOf<D, Scalar> F>
auto formula(F f) {
  return Formula<D, Scalar, F>(std::move(f));
}

}  // namespace ebm
