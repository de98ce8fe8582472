// Dual<V, N>: a value with its derivatives in N directions, so that evaluating a formula on duals differentiates it.
//
// Forward mode of automatic differentiation (Wengert 1964): f(v + d e) = f(v) + f'(v) d e. V is a Pack or a scalar;
// numbers mix in freely. Functions are those of core/lane_math.hpp and found by their arguments. Where a function has a
// kink, the derivative is that of the branch that select() takes: abs at 0 has slope 1, minimum and maximum of equals
// follow the second.
#pragma once

#include <ebm/core/lane_math.hpp>
#include <ebm/energies/coordinates.hpp>

namespace ebm {

// What a formula may mix with a V that depends on its coordinates.
template <class C, class V>
concept ConstantFor = std::is_arithmetic_v<C> || std::same_as<C, V>;

template <class V, int N>
struct Dual {
  V value;
  Coordinates<V, N> derivative;

  Dual() = default;
  template <ConstantFor<V> C>
  EBM_INLINE Dual(C constant) : value(number(constant)) {
    detail::unrolled<N>([&](auto i) __attribute__((always_inline)) { derivative[i] = number(0); });
  }
  EBM_INLINE Dual(V value_at, const Coordinates<V, N>& derivative_at) : value(value_at), derivative(derivative_at) {}

  // The coordinate that direction `index` moves.
  EBM_INLINE static Dual variable(V value, int index) {
    Dual result(value);
    result.derivative[static_cast<std::size_t>(index)] = number(1);
    return result;
  }

  // Of the derivatives of a and b, or of a alone, direction by direction.
  template <class F>
  EBM_INLINE static Dual combine(V value, F derivative_of) {
    Dual result;
    result.value = value;
    detail::unrolled<N>([&](auto i) __attribute__((always_inline)) { result.derivative[i] = derivative_of(i); });
    return result;
  }
  // f(this), with f's value and slope.
  EBM_INLINE Dual chain(V f, V slope) const {
    return combine(
        f, [&](auto i) __attribute__((always_inline)) { return slope * derivative[i]; });
  }

  template <class C>
  EBM_INLINE static V number(C constant) {
    if constexpr (std::is_arithmetic_v<C>) {
      return V(static_cast<ElementOf<V>>(constant));
    } else {
      return constant;
    }
  }

  EBM_INLINE friend Dual operator+(const Dual& a, const Dual& b) {
    return combine(
        a.value + b.value, [&](auto i) __attribute__((always_inline)) { return a.derivative[i] + b.derivative[i]; });
  }
  EBM_INLINE friend Dual operator-(const Dual& a, const Dual& b) {
    return combine(
        a.value - b.value, [&](auto i) __attribute__((always_inline)) { return a.derivative[i] - b.derivative[i]; });
  }
  EBM_INLINE friend Dual operator*(const Dual& a, const Dual& b) {
    return combine(
        a.value * b.value, [&](auto i) __attribute__((always_inline)) {
          return fma(a.derivative[i], b.value, a.value * b.derivative[i]);
        });
  }
  EBM_INLINE friend Dual operator/(const Dual& a, const Dual& b) {
    const V ratio = a.value / b.value, inverse = number(1) / b.value;
    return combine(
        ratio, [&](auto i)
                   __attribute__((always_inline)) { return fma(-ratio, b.derivative[i], a.derivative[i]) * inverse; });
  }
  EBM_INLINE friend Dual operator-(const Dual& a) {
    return combine(
        -a.value, [&](auto i) __attribute__((always_inline)) { return -a.derivative[i]; });
  }
  EBM_INLINE friend Dual operator+(const Dual& a) { return a; }

  template <ConstantFor<V> C>
  EBM_INLINE friend Dual operator+(const Dual& a, C b) {
    return Dual(a.value + number(b), a.derivative);
  }
  template <ConstantFor<V> C>
  EBM_INLINE friend Dual operator+(C a, const Dual& b) {
    return Dual(number(a) + b.value, b.derivative);
  }
  template <ConstantFor<V> C>
  EBM_INLINE friend Dual operator-(const Dual& a, C b) {
    return Dual(a.value - number(b), a.derivative);
  }
  template <ConstantFor<V> C>
  EBM_INLINE friend Dual operator-(C a, const Dual& b) {
    return combine(
        number(a) - b.value, [&](auto i) __attribute__((always_inline)) { return -b.derivative[i]; });
  }
  template <ConstantFor<V> C>
  EBM_INLINE friend Dual operator*(const Dual& a, C b) {
    return a.chain(a.value * number(b), number(b));
  }
  template <ConstantFor<V> C>
  EBM_INLINE friend Dual operator*(C a, const Dual& b) {
    return b.chain(number(a) * b.value, number(a));
  }
  template <ConstantFor<V> C>
  EBM_INLINE friend Dual operator/(const Dual& a, C b) {
    return a.chain(a.value / number(b), number(1) / number(b));
  }
  template <ConstantFor<V> C>
  EBM_INLINE friend Dual operator/(C a, const Dual& b) {
    const V ratio = number(a) / b.value;
    return b.chain(ratio, -ratio / b.value);
  }

  template <class Operand>
  EBM_INLINE Dual& operator+=(const Operand& b) {
    return *this = *this + b;
  }
  template <class Operand>
  EBM_INLINE Dual& operator-=(const Operand& b) {
    return *this = *this - b;
  }
  template <class Operand>
  EBM_INLINE Dual& operator*=(const Operand& b) {
    return *this = *this * b;
  }
  template <class Operand>
  EBM_INLINE Dual& operator/=(const Operand& b) {
    return *this = *this / b;
  }

  // Comparisons see the values, and give an argument of select.
  EBM_INLINE friend auto operator<(const Dual& a, const Dual& b) { return a.value < b.value; }
  EBM_INLINE friend auto operator<=(const Dual& a, const Dual& b) { return a.value <= b.value; }
  EBM_INLINE friend auto operator>(const Dual& a, const Dual& b) { return a.value > b.value; }
  EBM_INLINE friend auto operator>=(const Dual& a, const Dual& b) { return a.value >= b.value; }

  template <class Mask>
  EBM_INLINE friend Dual select(Mask mask, const Dual& yes, const Dual& no) {
    return combine(
        select(mask, yes.value, no.value), [&](auto i) __attribute__((always_inline)) {
          return select(mask, yes.derivative[i], no.derivative[i]);
        });
  }
};

// a * b + c, its value rounded once.
template <class V, int N>
EBM_INLINE Dual<V, N> fma(Dual<V, N> a, std::type_identity_t<Dual<V, N>> b, std::type_identity_t<Dual<V, N>> c) {
  return Dual<V, N>::combine(
      fma(a.value, b.value, c.value), [&](auto i) __attribute__((always_inline)) {
        return fma(a.derivative[i], b.value, fma(a.value, b.derivative[i], c.derivative[i]));
      });
}

template <class V, int N>
EBM_INLINE Dual<V, N> square(Dual<V, N> x) {
  return x.chain(x.value * x.value, x.value + x.value);
}
template <class V, int N>
EBM_INLINE Dual<V, N> sqrt(Dual<V, N> x) {
  const V root = sqrt(x.value);
  return x.chain(root, V(ElementOf<V>(0.5)) / root);
}
template <class V, int N>
EBM_INLINE Dual<V, N> exp(Dual<V, N> x) {
  const V result = exp(x.value);
  return x.chain(result, result);
}
template <class V, int N>
EBM_INLINE Dual<V, N> log(Dual<V, N> x) {
  return x.chain(log(x.value), V(ElementOf<V>(1)) / x.value);
}
template <class V, int N>
EBM_INLINE Dual<V, N> log1p(Dual<V, N> x) {
  return x.chain(log1p(x.value), V(ElementOf<V>(1)) / (V(ElementOf<V>(1)) + x.value));
}
template <class V, int N>
EBM_INLINE Dual<V, N> log1p_exp(Dual<V, N> x) {
  return x.chain(log1p_exp(x.value), logistic(x.value));
}
template <class V, int N>
EBM_INLINE Dual<V, N> log_add_exp(Dual<V, N> a, std::type_identity_t<Dual<V, N>> b) {
  const V weight = logistic(a.value - b.value);
  return Dual<V, N>::combine(
      log_add_exp(a.value, b.value), [&](auto i) __attribute__((always_inline)) {
        return fma(weight, a.derivative[i] - b.derivative[i], b.derivative[i]);
      });
}
template <class V, int N>
EBM_INLINE Dual<V, N> logistic(Dual<V, N> x) {
  const V result = logistic(x.value);
  return x.chain(result, fma(-result, result, result));
}
template <class V, int N>
EBM_INLINE Dual<V, N> tanh(Dual<V, N> x) {
  const V result = tanh(x.value);
  return x.chain(result, fma(-result, result, V(ElementOf<V>(1))));
}
template <class V, int N>
EBM_INLINE Dual<V, N> sin(Dual<V, N> x) {
  const auto [sine, cosine] = sin_cos(x.value);
  return x.chain(sine, cosine);
}
template <class V, int N>
EBM_INLINE Dual<V, N> cos(Dual<V, N> x) {
  const auto [sine, cosine] = sin_cos(x.value);
  return x.chain(cosine, -sine);
}

// The exponent is a number; a real one wants x >= 0.
template <class V, int N, class Exponent>
  requires std::is_arithmetic_v<Exponent>
EBM_INLINE Dual<V, N> pow(Dual<V, N> x, Exponent p) {
  if (p == Exponent(0)) return Dual<V, N>(1);
  return x.chain(pow(x.value, p),
                 V(static_cast<ElementOf<V>>(p)) * pow(x.value, static_cast<Exponent>(p - Exponent(1))));
}

template <class V, int N>
EBM_INLINE Dual<V, N> abs(Dual<V, N> x) {
  return select(x.value < V(ElementOf<V>(0)), -x, x);
}
template <class V, int N>
EBM_INLINE Dual<V, N> minimum(Dual<V, N> a, std::type_identity_t<Dual<V, N>> b) {
  return select(a < b, a, b);
}
template <class V, int N>
EBM_INLINE Dual<V, N> maximum(Dual<V, N> a, std::type_identity_t<Dual<V, N>> b) {
  return select(a > b, a, b);
}

}  // namespace ebm
