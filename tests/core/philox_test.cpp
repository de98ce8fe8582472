#include <ebm/core/philox.hpp>

#include "support/catch.hpp"

using namespace ebm;

// Known answers of the authors' Random123 library, kat_vectors, philox4x32 with 10 rounds.
TEST_CASE("philox gives its published answers") {
  CHECK(philox({0, 0, 0, 0}, 0) == PhiloxBlock{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u});
  CHECK(philox({0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu}, 0xffffffffffffffffu) ==
        PhiloxBlock{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu});
  CHECK(philox({0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}, 0x299f31d0a4093822u) ==
        PhiloxBlock{0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u});
  STATIC_REQUIRE(philox({0, 0, 0, 0}, 0)[0] == 0x6627e8d5u);
}

TEST_CASE("the vector form is the scalar form in every lane") {
  constexpr int registers = 3, width = kPackBytes / 8;
  const std::uint64_t key = 0x299f31d0a4093822u;
  detail::Words words[4][registers];
  std::uint32_t next = 0x243f6a88u;
  for (auto& word : words) {
    for (auto& lanes : word) {
      for (int lane = 0; lane < width; ++lane) {
        lanes[lane] = next;
        next = next * 1664525u + 1013904223u;
      }
    }
  }
  PhiloxBlock counters[registers][width];
  for (std::size_t w = 0; w < 4; ++w) {
    for (int r = 0; r < registers; ++r) {
      for (int lane = 0; lane < width; ++lane) counters[r][lane][w] = static_cast<std::uint32_t>(words[w][r][lane]);
    }
  }
  philox<registers>(words, key);
  for (int r = 0; r < registers; ++r) {
    for (int lane = 0; lane < width; ++lane) {
      const PhiloxBlock expected = philox(counters[r][lane], key);
      for (std::size_t w = 0; w < 4; ++w) CHECK(static_cast<std::uint32_t>(words[w][r][lane]) == expected[w]);
    }
  }
}
