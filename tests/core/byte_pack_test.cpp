#include <ebm/core/byte_pack.hpp>

#include "support/catch.hpp"

using namespace ebm;

TEST_CASE("Registers of bytes add, compare and look up as single bytes do") {
  constexpr int size = BytePack::size;
  std::uint8_t a[size + 3], b[size], sum[size], below[size], found[size];
  ByteTable table;
  for (std::uint8_t k = 0; k <= 4; ++k) table.entries[k] = static_cast<std::uint8_t>(50 * k + 7);
  for (int first = 0; first < 256; ++first) {
    for (int i = 0; i < size; ++i) {
      a[i + 3] = static_cast<std::uint8_t>(first + 37 * i);
      b[i] = i % 5 == 0 ? a[i + 3] : static_cast<std::uint8_t>(3 * first - 11 * i);
    }
    // Any alignment.
    const BytePack x = BytePack::load(a + 3), y = BytePack::load(b);
    (x + y).store(sum);
    less(x, y).store(below);
    std::uint8_t index[size];
    for (int i = 0; i < size; ++i) index[i] = static_cast<std::uint8_t>((first + i) % 5);
    lookup(table, BytePack::load(index)).store(found);
    const std::uint64_t equal = equal_lanes(x, y);
    bool right = true;
    for (int i = 0; i < size; ++i) {
      right &= sum[i] == static_cast<std::uint8_t>(a[i + 3] + b[i]);
      right &= below[i] == (a[i + 3] < b[i] ? 1 : 0);
      right &= found[i] == table.entries[index[i]];
      right &= ((equal >> i) & 1) == (a[i + 3] == b[i] ? 1u : 0u);
    }
    right &= size == 64 || (equal >> (size % 64)) == 0;
    CHECK(right);
  }
}
