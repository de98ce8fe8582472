// Normals and uniforms for the chains of a tile: for each lane and index a pure function of (stream, chain, index).
//
// Box & Muller 1958 on Philox words (w0, w1), per pair of indices:
//   u = (w0 / 2 + 1/2) 2^-31,   r = sqrt(-2 log u),   angle = w1 pi/4 2^-31, turned into a quadrant by w1's low bits
// so |normal| <= 6.7 in float; in double 52 bits go into u and into the angle, and |normal| <= 8.6. A block of Philox
// gives the normals of four consecutive indices (two in double), hence fills start at a multiple of kNoiseBlock.
#pragma once

#include <ebm/core/rng.hpp>

namespace ebm {

// Indices that share a Philox block.
template <class Scalar>
inline constexpr Index kNoiseBlock = 16 / static_cast<Index>(sizeof(Scalar));

namespace detail {

// 64-bit lanes over the chains of a tile: chain 2 i and 2 i + 1 in the halves of float lane pair i, chain i in double.
template <class Scalar>
struct WordLanes {
  static constexpr int halves = sizeof(Scalar) == 4 ? 2 : 1;
  static constexpr int registers = kPacks<Scalar> * halves;
};

// Philox blocks of all chains of a tile, at one block index: word[w][r].
template <class Scalar>
EBM_INLINE void tile_words(Stream stream, Index tile, std::uint64_t block, Purpose purpose,
                           Words (&words)[4][WordLanes<Scalar>::registers]) {
  constexpr int halves = WordLanes<Scalar>::halves, width = kPackBytes / 8;
  Words lane;
  for (int i = 0; i < width; ++i) lane[i] = static_cast<std::uint64_t>(i * halves);
  const std::uint64_t first = static_cast<std::uint64_t>(tile) * kLanes<Scalar>;
  for (int r = 0; r < WordLanes<Scalar>::registers; ++r) {
    const std::uint64_t offset = first + static_cast<std::uint64_t>((r / halves) * width * halves + r % halves);
    words[0][r] = lane + offset;
    words[1][r] = Words{} + (block & 0xFFFFFFFFu);
    words[2][r] = Words{} + (block >> 32);
    words[3][r] = Words{} + static_cast<std::uint32_t>(purpose);
  }
  philox<WordLanes<Scalar>::registers>(words, stream.key());
}

// The float words of pack p, chains in order.
EBM_INLINE Pack<float>::Bits interleave(Words even, Words odd) {
  return reinterpret_cast<Pack<float>::Bits>((even & (Words{} + 0xFFFFFFFFu)) | (odd << 32));
}

// (0, 1] from 32 bits.
EBM_INLINE Pack<float> uniform_from(Pack<float>::Bits word) {
  typedef std::int32_t Signed __attribute__((vector_size(kPackBytes)));
  const auto integer = reinterpret_cast<Signed>(word >> 1);
  return fma(Pack<float>(__builtin_convertvector(integer, Pack<float>::Native)), 0x1p-31f, 0x1p-32f);
}
// (0, 1) from 64 bits.
EBM_INLINE Pack<double> uniform_from(Words high, Words low) {
  const Words bits = (high << 32) | (low & (Words{} + 0xFFFFFFFFu));
  return Pack<double>::from_bits((bits >> 12) | (Words{} + Format<double>::one)) - Pack<double>(1.0 - 0x1p-53);
}

// A point on the unit circle from the bits of a word: an angle in [-pi/4, pi/4], a swap, a sign.
template <class V>
EBM_INLINE std::pair<V, V> circle_from(V angle, BitsOf<V> bits) {
  const auto [sine, cosine] = sin_cos_in_octants(angle);
  const BitsOf<V> sign = (bits << (8 * static_cast<int>(sizeof(ElementOf<V>)) - 2)) & (BitsOf<V>{} + kSignBit<V>);
  const V signed_cosine = from_bits<V>(to_bits(cosine) ^ sign);
  const auto swapped = is_odd<V>(bits);
  return {select(swapped, sine, signed_cosine), select(swapped, signed_cosine, sine)};
}

EBM_INLINE std::pair<Pack<float>, Pack<float>> normal_pair(Pack<float>::Bits w0, Pack<float>::Bits w1) {
  typedef std::int32_t Signed __attribute__((vector_size(kPackBytes)));
  const Pack<float> radius = sqrt(log_in_range(uniform_from(w0)) * Pack<float>(-2.0f));
  const Pack<float> turn(__builtin_convertvector(reinterpret_cast<Signed>(w1), Pack<float>::Native));
  const auto [x, y] = circle_from(turn * Pack<float>(0.78539816f * 0x1p-31f), w1);
  return {radius * x, radius * y};
}
EBM_INLINE std::pair<Pack<double>, Pack<double>> normal_pair(const Words (&w)[4]) {
  const Pack<double> radius = sqrt(log_in_range(uniform_from(w[0], w[1])) * Pack<double>(-2.0));
  const Pack<double> turn = uniform_from(w[2], w[3]) - Pack<double>(0.5);
  const auto [x, y] = circle_from(turn * Pack<double>(1.5707963267948966), w[3]);
  return {radius * x, radius * y};
}

}  // namespace detail

// normals[i][lane] of indices first .. first + count - 1 for the chains of a tile; first and count are multiples of
// kNoiseBlock, `normals` holds count x kLanes aligned values.
template <class Scalar>
inline void fill_normals(Stream stream, Index tile, Index first, Index count, Scalar* normals) {
  for (Index i = 0; i < count; i += kNoiseBlock<Scalar>) {
    detail::Words words[4][detail::WordLanes<Scalar>::registers];
    detail::tile_words<Scalar>(stream, tile, static_cast<std::uint64_t>((first + i) / kNoiseBlock<Scalar>),
                               Purpose::lane_normal, words);
    for (int p = 0; p < kPacks<Scalar>; ++p) {
      Scalar* out = normals + i * kLanes<Scalar> + p * Pack<Scalar>::size;
      if constexpr (sizeof(Scalar) == 4) {
        for (int pair = 0; pair < 2; ++pair) {
          const auto [x, y] =
              detail::normal_pair(detail::interleave(words[2 * pair][2 * p], words[2 * pair][2 * p + 1]),
                                  detail::interleave(words[2 * pair + 1][2 * p], words[2 * pair + 1][2 * p + 1]));
          x.store(out + 2 * pair * kLanes<Scalar>);
          y.store(out + (2 * pair + 1) * kLanes<Scalar>);
        }
      } else {
        const detail::Words pack_words[4] = {words[0][p], words[1][p], words[2][p], words[3][p]};
        const auto [x, y] = detail::normal_pair(pack_words);
        x.store(out);
        y.store(out + kLanes<Scalar>);
      }
    }
  }
}

// The same for uniforms in (0, 1].
template <class Scalar>
inline void fill_uniforms(Stream stream, Index tile, Index first, Index count, Scalar* uniforms) {
  for (Index i = 0; i < count; i += kNoiseBlock<Scalar>) {
    detail::Words words[4][detail::WordLanes<Scalar>::registers];
    detail::tile_words<Scalar>(stream, tile, static_cast<std::uint64_t>((first + i) / kNoiseBlock<Scalar>),
                               Purpose::lane_uniform, words);
    for (int p = 0; p < kPacks<Scalar>; ++p) {
      for (int j = 0; j < kNoiseBlock<Scalar>; ++j) {
        Scalar* out = uniforms + (i + j) * kLanes<Scalar> + p * Pack<Scalar>::size;
        if constexpr (sizeof(Scalar) == 4) {
          detail::uniform_from(detail::interleave(words[j][2 * p], words[j][2 * p + 1])).store(out);
        } else {
          detail::uniform_from(words[2 * j][p], words[2 * j + 1][p]).store(out);
        }
      }
    }
  }
}

}  // namespace ebm
