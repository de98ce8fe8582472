// Uniform bytes, for decisions that a byte settles nearly always, and the words that settle the others.
//
// A decision with probability p = threshold 2^-40 is a comparison of 40 uniform bits with the threshold. The first byte
// of these is byte `position` of the family (stream, index); only where it equals the threshold's, once in 256, the
// other 32 bits matter: uniform_word(position) of the same family. All are pure functions of (stream, index, position).
//
// Eight blocks of Philox make 128 bytes: the first two words of each, then the last two.
#pragma once

#include <ebm/core/rng.hpp>

namespace ebm {

// Bytes first .. first + count - 1; `first` is a multiple of 128, and what is behind the bytes up to the next multiple
// of 512 is overwritten too.
inline void fill_uniform_bytes(const Stream& stream, std::uint64_t index, Index first, Index count, std::uint8_t* to) {
  using detail::Words;
  typedef std::uint64_t Memory __attribute__((vector_size(kPackBytes), may_alias, aligned(1)));
  constexpr int lanes = kPackBytes / 8, registers = lanes == 4 ? 2 : 4;
  Words lane;
  for (int i = 0; i < lanes; ++i) lane[i] = static_cast<std::uint64_t>(i);
  for (Index done = 0; done < count; done += registers * kPackBytes * 2) {
    Words words[4][registers];
    for (int r = 0; r < registers; ++r) {
      words[0][r] = lane + static_cast<std::uint64_t>((first + done) / 16 + r * lanes);
      words[1][r] = Words{} + (index & 0xFFFFFFFFu);
      words[2][r] = Words{} + (index >> 32);
      words[3][r] = Words{} + static_cast<std::uint32_t>(Purpose::lane_uniform);
    }
    philox<registers>(words, stream.key());
#pragma GCC unroll 4
    for (int r = 0; r < registers; ++r) {
      std::uint8_t* out = to + done + r * lanes / 8 * 128 + r * lanes % 8 * 8;
      *reinterpret_cast<Memory*>(out) = (words[0][r] & (Words{} + 0xFFFFFFFFu)) | (words[1][r] << 32);
      *reinterpret_cast<Memory*>(out + 64) = (words[2][r] & (Words{} + 0xFFFFFFFFu)) | (words[3][r] << 32);
    }
  }
}

// The words of 16 positions, each below 2^32.
EBM_INLINE void uniform_words(const Stream& stream, std::uint64_t index, const std::uint64_t (&positions)[16],
                              std::uint64_t (&uniforms)[16]) {
  using detail::Words;
  typedef std::uint64_t Memory __attribute__((vector_size(kPackBytes), may_alias, aligned(8)));
  constexpr int lanes = kPackBytes / 8, registers = 16 / lanes;
  Words words[4][registers];
  for (int r = 0; r < registers; ++r) {
    words[0][r] = *reinterpret_cast<const Memory*>(positions + r * lanes);
    words[1][r] = Words{} + (index & 0xFFFFFFFFu);
    words[2][r] = Words{} + (index >> 32);
    words[3][r] = Words{} + static_cast<std::uint32_t>(Purpose::uniform);
  }
  philox<registers>(words, stream.key());
  for (int r = 0; r < registers; ++r)
    *reinterpret_cast<Memory*>(uniforms + r * lanes) = words[0][r] & (Words{} + 0xFFFFFFFFu);
}

}  // namespace ebm
