// What elementary functions know of a floating-point format: its bits, constants in parts, and the range of exp.
#pragma once

#include <ebm/core/pack.hpp>

namespace ebm::detail {

// Horner's rule, the highest coefficient first.
template <class V, class... Lower>
EBM_INLINE V horner(V x, double highest, Lower... lower) {
  using S = ElementOf<V>;
  V result = V(S(highest));
  ((result = fma(result, x, V(S(lower)))), ...);
  return result;
}

template <class S>
struct Format;
template <>
struct Format<float> {
  static constexpr int mantissa_bits = 23;
  static constexpr std::uint32_t one = 0x3f800000u, sqrt_half = 0x3f3504f3u;
  static constexpr float round_magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  static constexpr float bias = 127.0f;
  static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
#if EBM_PACK_BYTES > 16
  static constexpr float half_pi_1 = 1.5707963705062866f, half_pi_2 = -4.371139000186241e-8f,
                         half_pi_3 = -1.7151245e-15f;
  static constexpr float largest_angle = 1e6f;
#else  // parts so short that their products with a quadrant's number are exact
  static constexpr float half_pi_1 = 1.5703125f, half_pi_2 = 4.837512969970703125e-4f,
                         half_pi_3 = 7.54978995489188216e-8f;
  static constexpr float largest_angle = 1e4f;
#endif
  static constexpr float exp_overflow = 88.72283f, exp_underflow = -87.33654f;
};
template <>
struct Format<double> {
  static constexpr int mantissa_bits = 52;
  static constexpr std::uint64_t one = 0x3ff0000000000000u, sqrt_half = 0x3fe6a09e667f3bcdu;
  static constexpr double round_magic = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double bias = 1023.0;
  static constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
#if EBM_PACK_BYTES > 16
  static constexpr double half_pi_1 = 1.5707963267948966, half_pi_2 = 6.123233995736766e-17,
                          half_pi_3 = -1.4973849048591833e-33;
  static constexpr double largest_angle = 1e14;
#else
  static constexpr double half_pi_1 = 1.57079632673412561417, half_pi_2 = 6.07710050630396597660e-11,
                          half_pi_3 = 2.02226624879595063154e-21;
  static constexpr double largest_angle = 1e6;
#endif
  static constexpr double exp_overflow = 709.782712893384, exp_underflow = -708.3964185322641;
};

}  // namespace ebm::detail
