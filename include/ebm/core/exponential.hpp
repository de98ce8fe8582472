// exp, log and what is made of them, on packs and scalars: log1p, logistic, log1p_exp, log_add_exp, tanh.
//
// Reductions of the argument after Cody & Waite 1980; polynomials of the Cephes library (Moshier 1989) for float and of
// fdlibm (Sun Microsystems 1993) and Cephes for double. Largest errors, in units in the last place, are stated with
// each function and checked in tests/core/exponential_test.cpp.
#pragma once

#include <ebm/core/float_format.hpp>

namespace ebm {

namespace detail {

// exp(x) for x between Format's underflow and overflow: 2^n (1 + r + r^2 P(r)).
template <class V>
EBM_INLINE V exp_in_range(V x) {
  using S = ElementOf<V>;
  using F = Format<S>;
  const V shifted = fma(x, V(S(1.4426950408889634)), V(F::round_magic));
  const V n = shifted - V(F::round_magic);
  const V r = fma(n, V(-F::ln2_low), fma(n, V(-F::ln2_high), x));
  V tail;
  if constexpr (sizeof(S) == 4) {
    tail =
        horner(r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1);
  } else {
    tail = horner(r, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                  1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5);
  }
  const V fraction = fma(r * r, tail, r) + V(S(1));
  return from_bits<V>(to_bits(fraction) + ((to_bits(shifted) - to_bits(V(F::round_magic))) << F::mantissa_bits));
}

// log(2^e (1 + f)) for sqrt(1/2) <= 1 + f < sqrt(2).
template <class V>
EBM_INLINE V log_of_parts(V e, V f) {
  using S = ElementOf<V>;
  using F = Format<S>;
  const V half_square = f * f * V(S(0.5));
  V small;
  if constexpr (sizeof(S) == 4) {
    const V tail = horner(f, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                          -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1);
    small = fma(f * f, f * tail, e * V(F::ln2_low));
  } else {
    const V s = f / (V(S(2)) + f), z = s * s;
    const V tail =
        horner(z, 1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
               2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01);
    small = fma(s, fma(z, tail, half_square), e * V(F::ln2_low));
  }
  return fma(e, V(F::ln2_high), f - (half_square - small));
}

// e of x = 2^e (1 + f) for normal x > 0, as the integer e + bias.
template <class V>
EBM_INLINE BitsOf<V> biased_exponent(V x) {
  using F = Format<ElementOf<V>>;
  const BitsOf<V> zero{};
  return (to_bits(x) - (zero + F::sqrt_half) + (zero + F::one)) >> F::mantissa_bits;
}
template <class V>
EBM_INLINE V exponent_from(BitsOf<V> biased) {
  using F = Format<ElementOf<V>>;
  return from_bits<V>(to_bits(V(F::round_magic)) + biased) - V(F::round_magic + F::bias);
}
template <class V>
EBM_INLINE V fraction_from(V x, BitsOf<V> biased) {
  using F = Format<ElementOf<V>>;
  return from_bits<V>(to_bits(x) - (biased << F::mantissa_bits) + (BitsOf<V>{} + F::one)) - V(ElementOf<V>(1));
}

// log(x) for normal x > 0.
template <class V>
EBM_INLINE V log_in_range(V x) {
  const BitsOf<V> biased = biased_exponent(x);
  return log_of_parts(exponent_from<V>(biased), fraction_from(x, biased));
}

}  // namespace detail

// Error 1.1 ulp; 0 where the result would not be a normal number, infinity where it would overflow.
template <class V>
EBM_INLINE V exp(V x) {
  using S = ElementOf<V>;
  using F = detail::Format<S>;
  V result = detail::exp_in_range(minimum(maximum(x, V(F::exp_underflow)), V(F::exp_overflow)));
  result = select(x < V(F::exp_underflow), V(S(0)), result);
  result = select(x > V(F::exp_overflow), V(std::numeric_limits<S>::infinity()), result);
  return select(x == x, result, x);
}

// One double at a time is never hot: these stay out of line, here and below, so that each use costs little to compile.
[[gnu::noinline]] inline double exp(double x) { return exp<double>(x); }

// Error 0.9 ulp; log(0) = -infinity, NaN below; subnormal arguments count as 0.
template <class V>
EBM_INLINE V log(V x) {
  using S = ElementOf<V>;
  V result = detail::log_in_range(x);
  result = select(x < V(std::numeric_limits<S>::min()), V(-std::numeric_limits<S>::infinity()), result);
  result = select(x < V(S(0)), V(std::numeric_limits<S>::quiet_NaN()), result);
  return select(x <= V(std::numeric_limits<S>::max()), result, x);
}

[[gnu::noinline]] inline double log(double x) { return log<double>(x); }

// log(1 + x), error 1.5 ulp; log1p(-1) = -infinity, NaN below.
template <class V>
EBM_INLINE V log1p(V x) {
  using S = ElementOf<V>;
  using F = detail::Format<S>;
  const V u = V(S(1)) + x;
  const V half_lost = (x - (u - V(S(1)))) * V(S(0.5));
  const BitsOf<V> biased = detail::biased_exponent(u), zero{};
  const V twice_scale = from_bits<V>((zero + (to_bits(S(2)) + F::one)) - (biased << F::mantissa_bits));
  V result = detail::log_of_parts(detail::exponent_from<V>(biased),
                                  fma(half_lost, twice_scale, detail::fraction_from(u, biased)));
  result = select(x <= V(S(-1)), V(-std::numeric_limits<S>::infinity()), result);
  result = select(x < V(S(-1)), V(std::numeric_limits<S>::quiet_NaN()), result);
  return select(x <= V(std::numeric_limits<S>::max()), result, x);
}

// 1 / (1 + exp(-x)), error 2.6 ulp where the result is a normal number.
template <class V>
EBM_INLINE V logistic(V x) {
  using S = ElementOf<V>;
  using F = detail::Format<S>;
  const V bounded = minimum(maximum(-x, V(F::exp_underflow)), V(F::exp_overflow - S(1)));
  const V result = V(S(1)) / (V(S(1)) + detail::exp_in_range(bounded));
  return select(x == x, result, x);
}

// softplus, log(1 + exp(x)), error 1.8 ulp. With t = exp(-|x|) in [0, 1] the logarithm's exponent is 0 or 1.
template <class V>
EBM_INLINE V log1p_exp(V x) {
  using S = ElementOf<V>;
  const V t = exp(-abs(x)), half(S(0.5));
  const auto small = t < V(S(0.4140625));
  const V tail = detail::log_of_parts(select(small, V(S(0)), V(S(1))), select(small, t, fma(t, half, -half)));
  return maximum(x, V(S(0))) + tail;
}

// log(exp(a) + exp(b)), error 2.0 ulp of the largest of |a|, |b| and the result.
template <class V>
EBM_INLINE V log_add_exp(V a, std::type_identity_t<V> b) {
  const V difference = abs(a - b);
  const V result = maximum(a, b) + log1p_exp(-difference);
  return select(difference == difference, result, a + b);
}

// Error 1.5 ulp.
template <class V>
EBM_INLINE V tanh(V x) {
  using S = ElementOf<V>;
  const V z = x * x;
  V small;
  if constexpr (sizeof(S) == 4) {
    small = z * detail::horner(z, -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1,
                               -3.33332819422e-1);
  } else {
    small = z * detail::horner(z, -9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3) /
            detail::horner(z, 1.0, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3);
  }
  const V magnitude = minimum(abs(x), V(S(44)));
  const V large = V(S(1)) - V(S(2)) / (V(S(1)) + detail::exp_in_range(magnitude + magnitude));
  const V result = select(magnitude < V(S(0.625)), fma(magnitude, small, magnitude), large);
  return select(x == x, copysign(result, x), x);
}

}  // namespace ebm
