// Philox4x32-10: a keyed bijection of 128-bit counters whose outputs pass every known test of randomness.
//
// Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3. One round maps
//   (c0, c1, c2, c3) -> (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0))
// and the key advances by the Weyl constants. The vectorised form keeps each 32-bit word in a lane of 64 bits, where
// one multiplication gives both halves of the product; it leaves rubbish in the upper halves, which nobody reads.
#pragma once

#include <ebm/core/pack.hpp>

#include <array>

namespace ebm {

using PhiloxBlock = std::array<std::uint32_t, 4>;

namespace detail {

inline constexpr std::uint32_t kPhiloxM0 = 0xD2511F53u, kPhiloxM1 = 0xCD9E8D57u;
inline constexpr std::uint32_t kPhiloxW0 = 0x9E3779B9u, kPhiloxW1 = 0xBB67AE85u;

// A register of 64-bit lanes, each of which holds one 32-bit word.
using Words = typename Pack<double>::Bits;

EBM_INLINE Words multiply_words(Words a, std::uint64_t constant) {
#if EBM_PACK_BYTES == 64
  return reinterpret_cast<Words>(
      _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), _mm512_set1_epi64(static_cast<long long>(constant))));
#elif EBM_PACK_BYTES == 32
  return reinterpret_cast<Words>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(a), _mm256_set1_epi64x(static_cast<long long>(constant))));
#elif defined(__SSE2__) && !defined(EBM_NO_INTRINSICS)
  return reinterpret_cast<Words>(
      _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(Words{} + constant)));
#else
  return (a & (Words{} + 0xFFFFFFFFu)) * (Words{} + constant);
#endif
}

}  // namespace detail

constexpr PhiloxBlock philox(PhiloxBlock counter, std::uint64_t key) {
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{detail::kPhiloxM0} * counter[0],
                        p1 = std::uint64_t{detail::kPhiloxM1} * counter[2];
    counter = {static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ k0, static_cast<std::uint32_t>(p1),
               static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += detail::kPhiloxW0, k1 += detail::kPhiloxW1;
  }
  return counter;
}

// The same on Registers registers of counters at once; the lower half of each 64-bit lane is the word.
template <int Registers>
EBM_INLINE void philox(detail::Words (&counter)[4][Registers], std::uint64_t key) {
  using detail::Words;
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const Words key0 = Words{} + k0, key1 = Words{} + k1;
#pragma GCC unroll 8
    for (int i = 0; i < Registers; ++i) {
      const Words p0 = detail::multiply_words(counter[0][i], detail::kPhiloxM0);
      const Words p1 = detail::multiply_words(counter[2][i], detail::kPhiloxM1);
      counter[0][i] = (p1 >> 32) ^ counter[1][i] ^ key0;
      counter[2][i] = (p0 >> 32) ^ counter[3][i] ^ key1;
      counter[1][i] = p1;
      counter[3][i] = p0;
    }
    k0 += detail::kPhiloxW0, k1 += detail::kPhiloxW1;
  }
}

}  // namespace ebm
