// Activations: a value and its derivative from one pre-activation, on any pack. Smooth ones give a second derivative
// too, by curvature(x).
//
//   Silu       x / (1 + exp(-x))           Elfwing, Uchibe, Doya 2018
//   Softplus   log(1 + exp(x))
//   Tanh       tanh(x)
//   LeakyRelu  max(x, 0) + 0.2 min(x, 0)   linear in pieces: its second derivative is zero wherever there is one
#pragma once

#include <ebm/core/lane_math.hpp>

namespace ebm {

struct Silu {
  template <class V>
  EBM_INLINE static V apply(V x, V& derivative) {
    const V gate = logistic(x), value = x * gate;
    derivative = fma(value, V(1) - gate, gate);
    return value;
  }
  template <class V>
  EBM_INLINE static V curvature(V x) {
    const V gate = logistic(x), rest = V(1) - gate;
    return gate * rest * fma(x, rest - gate, V(2));
  }
};

struct Softplus {
  template <class V>
  EBM_INLINE static V apply(V x, V& derivative) {
    const V tail = exp(-abs(x)), one(1);
    const V scale = one / (one + tail);
    derivative = select(x < V(0), tail * scale, scale);
    return log1p_exp(x);
  }
  template <class V>
  EBM_INLINE static V curvature(V x) {
    const V gate = logistic(x);
    return gate * (V(1) - gate);
  }
};

struct Tanh {
  template <class V>
  EBM_INLINE static V apply(V x, V& derivative) {
    const V value = tanh(x);
    derivative = fma(-value, value, V(1));
    return value;
  }
  template <class V>
  EBM_INLINE static V curvature(V x) {
    const V value = tanh(x);
    return V(-2) * value * fma(-value, value, V(1));
  }
};

struct LeakyRelu {
  static constexpr bool piecewise_linear = true;

  template <class V>
  EBM_INLINE static V apply(V x, V& derivative) {
    derivative = select(x < V(0), V(0.2), V(1));
    return x * derivative;
  }
};

// Something that turns a pre-activation into its value and derivative.
template <class A>
concept Activation = requires(Pack<float> x, Pack<double> y) {
  { A::apply(x, x) } -> std::same_as<Pack<float>>;
  { A::apply(y, y) } -> std::same_as<Pack<double>>;
};

// One that has a second derivative as well.
template <class A>
concept SmoothActivation = Activation<A> && requires(Pack<float> x, Pack<double> y) {
  { A::curvature(x) } -> std::same_as<Pack<float>>;
  { A::curvature(y) } -> std::same_as<Pack<double>>;
};

// One that has none because it has no curves.
template <class A>
concept PiecewiseLinearActivation = Activation<A> && A::piecewise_linear;

}  // namespace ebm
