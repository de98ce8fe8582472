// Sine and cosine, on packs and scalars.
//
// Reductions of the argument after Cody & Waite 1980; polynomials of the Cephes library (Moshier 1989) for float and of
// fdlibm (Sun Microsystems 1993) and Cephes for double. Largest errors, in units in the last place, are stated with
// each function and checked in tests/core/trigonometry_test.cpp.
#pragma once

#include <ebm/core/float_format.hpp>

#include <utility>

namespace ebm {

namespace detail {

// Sine and cosine for |r| <= pi / 4.
template <class V>
EBM_INLINE std::pair<V, V> sin_cos_in_octants(V r) {
  using S = ElementOf<V>;
  const V z = r * r;
  if constexpr (sizeof(S) == 4) {
    const V sine = fma(z * r, horner(z, -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1), r);
    const V cosine = fma(z * z, horner(z, 2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2),
                         fma(z, V(S(-0.5)), V(S(1))));
    return {sine, cosine};
  } else {
    const V sine = fma(z * r,
                       horner(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08, 2.75573137070700676789e-06,
                              -1.98412698298579493134e-04, 8.33333333332248946124e-03, -1.66666666666666324348e-01),
                       r);
    const V cosine = fma(z * z,
                         horner(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09, -2.75573143513906633035e-07,
                                2.48015872894767294178e-05, -1.38888888888741095749e-03, 4.16666666666666019037e-02),
                         fma(z, V(S(-0.5)), V(S(1))));
    return {sine, cosine};
  }
}

}  // namespace detail

// Sine and cosine, error 1.7 ulp for |x| <= 1e6 (1e14 in double), NaN beyond. The baseline reaches to 1e4 (1e6), with
// an absolute error of 2.5 units in the last place of 1/2. The sign of zero is not kept.
template <class V>
EBM_INLINE std::pair<V, V> sin_cos(V x) {
  using S = ElementOf<V>;
  using F = detail::Format<S>;
  x = select(abs(x) <= V(F::largest_angle), x, V(std::numeric_limits<S>::quiet_NaN()));
  const V shifted = fma(x, V(S(0.63661977236758134)), V(F::round_magic));
  const V n = shifted - V(F::round_magic);
  const V r = fma(n, V(-F::half_pi_3), fma(n, V(-F::half_pi_2), fma(n, V(-F::half_pi_1), x)));
  const auto [sine, cosine] = detail::sin_cos_in_octants(r);
  const BitsOf<V> quadrant = to_bits(shifted), zero{};
  const auto swapped = is_odd<V>(quadrant);
  constexpr int to_sign = 8 * sizeof(S) - 2;
  const BitsOf<V> sine_sign = (quadrant & (zero + 2)) << to_sign, cosine_sign = ((quadrant + (zero + 1)) & (zero + 2))
                                                                                << to_sign;
  return {from_bits<V>(to_bits(select(swapped, cosine, sine)) ^ sine_sign),
          from_bits<V>(to_bits(select(swapped, sine, cosine)) ^ cosine_sign)};
}

[[gnu::noinline]] inline std::pair<double, double> sin_cos(double x) { return sin_cos<double>(x); }

template <class V>
EBM_INLINE V sin(V x) {
  return sin_cos(x).first;
}
template <class V>
EBM_INLINE V cos(V x) {
  return sin_cos(x).second;
}

}  // namespace ebm
