// Pack: one register of values, the width that the compiler's flags allow.
//
// One source serves AVX-512, AVX2 with FMA, and a baseline of 16 bytes that needs no intrinsics. Operators are the
// compiler's own on vectors of exactly the register's size; only what has no operator is spelled as an intrinsic. The
// scalars float and double offer the same functions, so that a formula written once runs on either.
//
// Reproducible code fuses multiply and add by fma() and never leaves a product as the operand of a sum: compilers
// differ in which of those they contract. The baseline has no fused operation, and bits of its own.
#pragma once

#include <ebm/core/shapes.hpp>

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>

#if !defined(EBM_NO_INTRINSICS) && defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__FMA__)
#define EBM_PACK_BYTES 64
#include <immintrin.h>
#elif !defined(EBM_NO_INTRINSICS) && defined(__AVX2__) && defined(__FMA__)
#define EBM_PACK_BYTES 32
#include <immintrin.h>
#else
#define EBM_PACK_BYTES 16
#if !defined(EBM_NO_INTRINSICS) && defined(__SSE2__)
#include <emmintrin.h>
#endif
#endif

#define EBM_INLINE [[gnu::always_inline]] inline

namespace ebm {

inline constexpr int kPackBytes = EBM_PACK_BYTES;

template <class Scalar>
struct Pack {
  static constexpr int size = kPackBytes / static_cast<int>(sizeof(Scalar));
  using Bit = std::conditional_t<sizeof(Scalar) == 4, std::uint32_t, std::uint64_t>;
  typedef Scalar Native __attribute__((vector_size(kPackBytes)));
  typedef Bit Bits __attribute__((vector_size(kPackBytes)));
  typedef Scalar Memory __attribute__((vector_size(kPackBytes), may_alias));

  Native native;

  Pack() = default;
  EBM_INLINE Pack(Native value) : native(value) {}
  template <class Number>
  requires std::is_arithmetic_v<Number> EBM_INLINE Pack(Number value) : native(static_cast<Scalar>(value) - Native{}) {}

  EBM_INLINE static Pack load(const Scalar* from) { return *reinterpret_cast<const Memory*>(from); }
  EBM_INLINE void store(Scalar* to) const { *reinterpret_cast<Memory*>(to) = native; }
  EBM_INLINE Bits bits() const { return reinterpret_cast<Bits>(native); }
  EBM_INLINE static Pack from_bits(Bits bits) { return reinterpret_cast<Native>(bits); }

  EBM_INLINE friend Pack operator+(Pack a, Pack b) { return a.native + b.native; }
  EBM_INLINE friend Pack operator-(Pack a, Pack b) { return a.native - b.native; }
  EBM_INLINE friend Pack operator*(Pack a, Pack b) { return a.native * b.native; }
  EBM_INLINE friend Pack operator/(Pack a, Pack b) { return a.native / b.native; }
  EBM_INLINE friend Pack operator-(Pack a) { return -a.native; }
  EBM_INLINE friend Pack operator+(Pack a) { return a; }
  EBM_INLINE Pack& operator+=(Pack b) { return *this = *this + b; }
  EBM_INLINE Pack& operator-=(Pack b) { return *this = *this - b; }
  EBM_INLINE Pack& operator*=(Pack b) { return *this = *this * b; }
  EBM_INLINE Pack& operator/=(Pack b) { return *this = *this / b; }

  // a < b, a <= b and a == b, as an argument of select.
  struct Mask {
    decltype(Native{} < Native{}) native;
    EBM_INLINE friend Mask operator&(Mask a, Mask b) { return {a.native & b.native}; }
    EBM_INLINE friend Mask operator|(Mask a, Mask b) { return {a.native | b.native}; }
  };
  EBM_INLINE friend Mask operator<(Pack a, Pack b) { return {a.native < b.native}; }
  EBM_INLINE friend Mask operator<=(Pack a, Pack b) { return {a.native <= b.native}; }
  EBM_INLINE friend Mask operator>(Pack a, Pack b) { return b < a; }
  EBM_INLINE friend Mask operator>=(Pack a, Pack b) { return b <= a; }
  EBM_INLINE friend Mask operator==(Pack a, Pack b) { return {a.native == b.native}; }
  EBM_INLINE friend Pack select(Mask mask, Pack yes, Pack no) { return mask.native ? yes.native : no.native; }
};

// The element type of a Pack or of a scalar, and the integers of the same width.
template <class V>
struct Element {
  using Scalar = V;
  using Bits = std::conditional_t<sizeof(V) == 4, std::uint32_t, std::uint64_t>;
};
template <class S>
struct Element<Pack<S>> {
  using Scalar = S;
  using Bits = typename Pack<S>::Bits;
};
template <class V>
using ElementOf = typename Element<V>::Scalar;
template <class V>
using BitsOf = typename Element<V>::Bits;

// Registers that hold one value per lane of a tile.
template <class Scalar>
inline constexpr int kPacks = kLanes<Scalar> / Pack<Scalar>::size;

template <std::floating_point S>
EBM_INLINE BitsOf<S> to_bits(S value) {
  return std::bit_cast<BitsOf<S>>(value);
}
template <class S>
EBM_INLINE BitsOf<Pack<S>> to_bits(Pack<S> value) {
  return value.bits();
}
template <class V>
EBM_INLINE V from_bits(BitsOf<V> bits) {
  if constexpr (std::floating_point<V>) {
    return std::bit_cast<V>(bits);
  } else {
    return V::from_bits(bits);
  }
}

template <std::floating_point S>
EBM_INLINE S select(bool mask, S yes, S no) {
  return mask ? yes : no;
}

// Whether the lowest bit is set, as an argument of select.
template <class V>
EBM_INLINE auto is_odd(BitsOf<V> bits) {
  if constexpr (std::floating_point<V>) {
    return (bits & 1) != 0;
  } else {
    return typename V::Mask{(bits & (BitsOf<V>{} + 1)) != BitsOf<V>{}};
  }
}

// Bit l is set where lane l of the mask is.
template <class S>
EBM_INLINE std::uint32_t lane_bits(typename Pack<S>::Mask mask) {
#if EBM_PACK_BYTES == 64
  if constexpr (sizeof(S) == 4) {
    return _mm512_movepi32_mask(reinterpret_cast<__m512i>(mask.native));
  } else {
    return _mm512_movepi64_mask(reinterpret_cast<__m512i>(mask.native));
  }
#elif EBM_PACK_BYTES == 32
  if constexpr (sizeof(S) == 4) {
    return static_cast<std::uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(mask.native)));
  } else {
    return static_cast<std::uint32_t>(_mm256_movemask_pd(reinterpret_cast<__m256d>(mask.native)));
  }
#else
  std::uint32_t bits = 0;
  for (int i = 0; i < Pack<S>::size; ++i) bits |= static_cast<std::uint32_t>(mask.native[i] != 0) << i;
  return bits;
#endif
}

// a * b + c, rounded once where the machine can.
template <std::floating_point S>
EBM_INLINE S fma(S a, S b, S c) {
#if EBM_PACK_BYTES > 16
  if constexpr (sizeof(S) == 4) {
    return __builtin_fmaf(a, b, c);
  } else {
    return __builtin_fma(a, b, c);
  }
#else
  return a * b + c;
#endif
}

template <class S>
EBM_INLINE Pack<S> fma(Pack<S> a, std::type_identity_t<Pack<S>> b, std::type_identity_t<Pack<S>> c) {
#if EBM_PACK_BYTES == 64
  if constexpr (sizeof(S) == 4) {
    return Pack<S>(_mm512_fmadd_ps(a.native, b.native, c.native));
  } else {
    return Pack<S>(_mm512_fmadd_pd(a.native, b.native, c.native));
  }
#elif EBM_PACK_BYTES == 32
  if constexpr (sizeof(S) == 4) {
    return Pack<S>(_mm256_fmadd_ps(a.native, b.native, c.native));
  } else {
    return Pack<S>(_mm256_fmadd_pd(a.native, b.native, c.native));
  }
#else
  return a.native * b.native + c.native;
#endif
}

template <std::floating_point S>
EBM_INLINE S sqrt(S a) {
  return std::sqrt(a);
}

// The correctly rounded square root, as IEEE 754 has it. (The masked forms of intrinsics, here and elsewhere, mask
// nothing: GCC 12 calls the plain ones' undefined operand uninitialised.)
template <class S>
EBM_INLINE Pack<S> sqrt(Pack<S> a) {
#if EBM_PACK_BYTES == 64
  if constexpr (sizeof(S) == 4) {
    return Pack<S>(_mm512_maskz_sqrt_ps(0xFFFF, a.native));
  } else {
    return Pack<S>(_mm512_maskz_sqrt_pd(0xFF, a.native));
  }
#elif EBM_PACK_BYTES == 32
  if constexpr (sizeof(S) == 4) {
    return Pack<S>(_mm256_sqrt_ps(a.native));
  } else {
    return Pack<S>(_mm256_sqrt_pd(a.native));
  }
#elif defined(__SSE2__) && !defined(EBM_NO_INTRINSICS)
  if constexpr (sizeof(S) == 4) {
    return Pack<S>(_mm_sqrt_ps(a.native));
  } else {
    return Pack<S>(_mm_sqrt_pd(a.native));
  }
#else
  for (int i = 0; i < Pack<S>::size; ++i) a.native[i] = std::sqrt(a.native[i]);
  return a;
#endif
}

template <class V>
EBM_INLINE V square(V a) {
  return a * a;
}
// b where either is NaN.
template <class V>
EBM_INLINE V minimum(V a, std::type_identity_t<V> b) {
  return select(a < b, a, b);
}
template <class V>
EBM_INLINE V maximum(V a, std::type_identity_t<V> b) {
  return select(a > b, a, b);
}

// The bit that holds the sign.
template <class V>
inline constexpr auto kSignBit = typename Element<ElementOf<V>>::Bits{1} << (8 * sizeof(ElementOf<V>) - 1);

template <class V>
EBM_INLINE V abs(V a) {
  return from_bits<V>(to_bits(a) & ~(BitsOf<V>{} | kSignBit<V>));
}
// |a| with the sign of b.
template <class V>
EBM_INLINE V copysign(V a, V b) {
  const BitsOf<V> sign = BitsOf<V>{} | kSignBit<V>;
  return from_bits<V>((to_bits(a) & ~sign) | (to_bits(b) & sign));
}

// The sum over the lanes of a tile in a fixed order: the same bits for every register width. A call of its own, in
// which no compiler can fuse the sums with the products that they are often of.
template <class Scalar>
[[gnu::noinline]] Scalar sum_lanes(const Scalar* lanes) {
  Scalar half[kLanes<Scalar>];
  for (int i = 0; i < kLanes<Scalar>; ++i) half[i] = lanes[i];
  for (int width = kLanes<Scalar> / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) half[i] += half[i + width];
  }
  return half[0];
}

}  // namespace ebm
