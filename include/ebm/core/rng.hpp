// Randomness as a pure function of its counter.
//
// A Stream is a key; the numbers that it gives depend on (chain, index) alone, never on who asked before, in which tile
// or thread. Rng hands out streams one after the other, so its whole state is two integers.
//   block of four words = philox(counter = (chain, index low, index high, purpose), key)
// Uniforms lie in (0, 1). Normals are those of Box & Muller 1958 in double precision; core/noise.hpp has vectors of
// them.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/core/philox.hpp>

#include <vector>

namespace ebm {

// Separates numbers of different use that share (chain, index).
enum class Purpose : std::uint32_t {
  normal = 0,
  uniform = 1,
  integer = 2,
  stream = 3,
  lane_normal = 4,
  lane_uniform = 5
};

class Stream {
 public:
  explicit Stream(std::uint64_t key) : key_(key) {}

  std::uint64_t key() const { return key_; }

  PhiloxBlock words(std::uint32_t chain, std::uint64_t index, Purpose purpose) const {
    return philox({chain, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                   static_cast<std::uint32_t>(purpose)},
                  key_);
  }

  [[gnu::noinline]] double uniform(std::uint32_t chain, std::uint64_t index) const {
    const PhiloxBlock block = words(chain, index / 2, Purpose::uniform);
    return index % 2 == 0 ? to_uniform(block[0], block[1]) : to_uniform(block[2], block[3]);
  }

  [[gnu::noinline]] double normal(std::uint32_t chain, std::uint64_t index) const {
    const PhiloxBlock block = words(chain, index / 2, Purpose::normal);
    const double radius = std::sqrt(-2.0 * ebm::log(to_uniform(block[0], block[1])));
    const auto [sine, cosine] = sin_cos(6.283185307179586 * to_uniform(block[2], block[3]));
    return radius * (index % 2 == 0 ? cosine : sine);
  }

  // Uniform on 0 .. bound - 1 without bias (Lemire 2019, with rejection); bound in 1 .. 2^32.
  [[gnu::noinline]] std::uint32_t integer(std::uint32_t chain, std::uint64_t index, std::uint64_t bound) const {
    require(bound >= 1 && bound <= (std::uint64_t{1} << 32), "bound", static_cast<double>(bound), "1 to 2^32");
    const std::uint64_t rejected = (std::uint64_t{1} << 32) % bound;
    for (std::uint64_t attempt = 0;; ++attempt) {
      for (const std::uint32_t word : words(chain, index | (attempt << 48), Purpose::integer)) {
        const std::uint64_t product = word * bound;
        if ((product & 0xFFFFFFFFu) >= rejected) return static_cast<std::uint32_t>(product >> 32);
      }
    }
  }

  // 0 .. size - 1 in random order (Fisher & Yates 1938).
  std::vector<Index> permutation(Index size) const {
    require(size >= 0, "size", static_cast<double>(size), "at least 0");
    std::vector<Index> order(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
    for (Index i = size - 1; i > 0; --i) {
      const std::uint32_t j = integer(0, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(i) + 1);
      std::swap(order[static_cast<std::size_t>(i)], order[j]);
    }
    return order;
  }

 private:
  // 52 bits in (0, 1), symmetric about 1/2.
  static double to_uniform(std::uint32_t high, std::uint32_t low) {
    const std::uint64_t bits = (std::uint64_t{high} << 32) | low;
    return std::bit_cast<double>((bits >> 12) | detail::Format<double>::one) - (1.0 - 0x1p-53);
  }

  std::uint64_t key_;
};

class Rng {
 public:
  explicit Rng(std::uint64_t seed = 0, std::uint64_t streams_given = 0) : seed_(seed), streams_given_(streams_given) {}

  // A new stream, independent of all before.
  Stream stream() {
    const PhiloxBlock block = Stream(seed_).words(0, streams_given_++, Purpose::stream);
    return Stream((std::uint64_t{block[1]} << 32) | block[0]);
  }

  std::uint64_t seed() const { return seed_; }
  std::uint64_t streams_given() const { return streams_given_; }

 private:
  std::uint64_t seed_, streams_given_;
};

}  // namespace ebm
