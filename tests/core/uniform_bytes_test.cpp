#include <ebm/core/uniform_bytes.hpp>

#include "support/catch.hpp"
#include "support/statistics.hpp"

using namespace ebm;

namespace {

// As the header has it: eight blocks make 128 bytes, the first two words of each, then the last two.
std::uint8_t byte_at(const Stream& stream, std::uint64_t index, Index position) {
  const Index within = position % 128;
  const auto block = static_cast<std::uint32_t>(position / 128 * 8 + within % 64 / 8);
  const PhiloxBlock words = stream.words(block, index, Purpose::lane_uniform);
  return static_cast<std::uint8_t>(words[static_cast<std::size_t>(within / 64 * 2 + within % 8 / 4)] >>
                                   (8 * (within % 4)));
}

}  // namespace

TEST_CASE("Uniform bytes and words are pure functions of stream, index and position") {
  const Stream stream(123);
  const std::uint64_t index = (std::uint64_t{5} << 40) | 77;
  std::vector<std::uint8_t> bytes(1024 + 512);
  for (const Index first : {0, 128, 1280, 12'800}) {
    for (const Index count : {64, 128, 640, 1024}) {
      fill_uniform_bytes(stream, index, first, count, bytes.data());
      bool right = true;
      for (Index i = 0; i < count; ++i)
        right &= bytes[static_cast<std::size_t>(i)] == byte_at(stream, index, first + i);
      CHECK(right);
    }
  }
  std::uint64_t positions[16], words[16];
  for (std::uint64_t i = 0; i < 16; ++i) positions[i] = 1'000'003 * i * i;
  uniform_words(stream, index, positions, words);
  for (std::size_t i = 0; i < 16; ++i)
    CHECK(words[i] == stream.words(static_cast<std::uint32_t>(positions[i]), index, Purpose::uniform)[0]);
}

TEST_CASE("Uniform bytes take every value equally often") {
  // Chi-square of 255 degrees of freedom: five sigma are 5 sqrt(510).
  const auto chi_square = [](int mask) {
    const Stream stream(9);
    constexpr Index count = 1 << 20;
    static std::uint8_t bytes[count + 512];
    fill_uniform_bytes(stream, 0, 0, count, bytes);
    double counts[256] = {}, sum = 0;
    for (Index i = 0; i < count; ++i) ++counts[bytes[i] & mask];
    for (const double n : counts) sum += (n - count / 256.0) * (n - count / 256.0) / (count / 256.0);
    return sum;
  };
  CHECK(std::abs(chi_square(255) - 255) < 5 * std::sqrt(510.0));
  CHECK(chi_square(254) > 1000);
}
