// BytePack: one register of unsigned bytes, for states of few values and decisions by tables.
//
// As in core/pack.hpp, operators are the compiler's own on vectors of exactly the register's size, and one source
// serves AVX-512 (with its byte instructions), AVX2 and a baseline of 16 bytes that needs no intrinsics.
#pragma once

#include <ebm/core/pack.hpp>

namespace ebm {

#if EBM_PACK_BYTES == 64 && defined(__AVX512BW__)
#define EBM_BYTE_PACK_BYTES 64
#elif EBM_PACK_BYTES >= 32
#define EBM_BYTE_PACK_BYTES 32
#else
#define EBM_BYTE_PACK_BYTES 16
#endif

struct BytePack {
  static constexpr int size = EBM_BYTE_PACK_BYTES;
  typedef std::uint8_t Native __attribute__((vector_size(EBM_BYTE_PACK_BYTES)));
  typedef std::uint8_t Memory __attribute__((vector_size(EBM_BYTE_PACK_BYTES), may_alias, aligned(1)));

  Native native;

  BytePack() = default;
  EBM_INLINE BytePack(Native value) : native(value) {}

  // Memory of any alignment.
  EBM_INLINE static BytePack load(const std::uint8_t* from) { return Native(*reinterpret_cast<const Memory*>(from)); }
  EBM_INLINE void store(std::uint8_t* to) const { *reinterpret_cast<Memory*>(to) = native; }

  EBM_INLINE friend BytePack operator+(BytePack a, BytePack b) { return a.native + b.native; }
};

// Entries 0 to 4, as `lookup` wants them.
struct ByteTable {
  std::uint8_t entries[16] = {};
};

// table[index] in each lane; every index is at most 4.
EBM_INLINE BytePack lookup(const ByteTable& table, BytePack index) {
#if EBM_BYTE_PACK_BYTES == 64
  const __m128i entries = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.entries));
  const __m512i all = _mm512_maskz_broadcast_i32x4(0xFFFF, entries);
  return reinterpret_cast<BytePack::Native>(
      _mm512_maskz_shuffle_epi8(~__mmask64{0}, all, reinterpret_cast<__m512i>(index.native)));
#elif EBM_BYTE_PACK_BYTES == 32
  const __m256i all = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table.entries)));
  return reinterpret_cast<BytePack::Native>(_mm256_shuffle_epi8(all, reinterpret_cast<__m256i>(index.native)));
#else
  BytePack::Native result{};
  for (std::uint8_t k = 0; k <= 4; ++k)
    result |= reinterpret_cast<BytePack::Native>(index.native == BytePack::Native{} + k) & table.entries[k];
  return result;
#endif
}

// 1 where a < b, else 0.
EBM_INLINE BytePack less(BytePack a, BytePack b) {
#if EBM_BYTE_PACK_BYTES == 64
  const __mmask64 mask =
      _mm512_cmplt_epu8_mask(reinterpret_cast<__m512i>(a.native), reinterpret_cast<__m512i>(b.native));
  return reinterpret_cast<BytePack::Native>(_mm512_maskz_set1_epi8(mask, 1));
#else
  return reinterpret_cast<BytePack::Native>(a.native < b.native) & std::uint8_t{1};
#endif
}

// Bit i says whether a and b are equal in lane i.
EBM_INLINE std::uint64_t equal_lanes(BytePack a, BytePack b) {
#if EBM_BYTE_PACK_BYTES == 64
  return _mm512_cmpeq_epu8_mask(reinterpret_cast<__m512i>(a.native), reinterpret_cast<__m512i>(b.native));
#elif EBM_BYTE_PACK_BYTES == 32
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(reinterpret_cast<__m256i>(a.native == b.native)));
#elif defined(__SSE2__) && !defined(EBM_NO_INTRINSICS)
  return static_cast<std::uint32_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(a.native == b.native)));
#else
  std::uint64_t lanes = 0;
  for (int i = 0; i < BytePack::size; ++i) lanes |= std::uint64_t{a.native[i] == b.native[i]} << i;
  return lanes;
#endif
}

#undef EBM_BYTE_PACK_BYTES

}  // namespace ebm
