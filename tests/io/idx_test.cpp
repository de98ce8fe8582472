#include <ebm/io/idx.hpp>

#include "gzipped.hpp"
#include "support/catch.hpp"
#include "temporary_file.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

std::string idx(int type, std::initializer_list<std::uint32_t> sizes, const std::string& numbers) {
  std::string content{0, 0, static_cast<char>(type), static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) {
    for (int shift = 24; shift >= 0; shift -= 8) content += static_cast<char>(size >> shift);
  }
  return content + numbers;
}

template <class T = std::uint8_t>
ebm::IdxArray<T> read(const std::string& content) {
  const TemporaryFile file(content);
  return ebm::read_idx<T>(file.path);
}

const std::string kNumbers = "\x01\x02\x03\xFE\x05\x06";
const std::string kSmall = idx(0x08, {3, 2}, kNumbers);
const std::vector<std::uint8_t> kValues{1, 2, 3, 254, 5, 6};
const std::vector<ebm::Index> kSizes{3, 2};

}  // namespace

TEST_CASE("An idx file is read, gzipped or not") {
  for (const std::string& content : {kSmall, gzipped(kSmall)}) {
    const auto array = read(content);
    CHECK(array.sizes == kSizes);
    CHECK(array.values == kValues);
  }
  CHECK(read(idx(0x08, {0, 28, 28}, "")).values.empty());
  CHECK(read(idx(0x08, {0, 4294967295u, 4294967295u}, "")).values.empty());
}

TEST_CASE("All types of idx are read from their big-endian bytes") {
  CHECK(read<std::int8_t>(idx(0x09, {2}, "\xFF\x7F")).values == std::vector<std::int8_t>{-1, 127});
  CHECK(read<std::int16_t>(idx(0x0B, {2}, std::string("\xFF\xFE\x01\x00", 4))).values ==
        std::vector<std::int16_t>{-2, 256});
  CHECK(read<std::int32_t>(idx(0x0C, {1}, std::string("\x01\x02\x03\x04", 4))).values ==
        std::vector<std::int32_t>{0x01020304});
  CHECK(read<float>(idx(0x0D, {1}, std::string("\xC0\x20\x00\x00", 4))).values == std::vector<float>{-2.5f});
  CHECK(read<double>(gzipped(idx(0x0E, {1}, std::string("\x3F\xF8\x00\x00\x00\x00\x00\x00", 8)))).values ==
        std::vector<double>{1.5});
}

TEST_CASE("What is malformed is refused, and said") {
  CHECK_THROWS_WITH(read(""), ContainsSubstring("ends within its idx header"));
  CHECK_THROWS_WITH(read("P5 28 28 255 "), ContainsSubstring("is no idx file"));
  CHECK_THROWS_WITH(read(idx(0x0D, {1}, "1234")), ContainsSubstring("holds floats, wanted unsigned bytes"));
  CHECK_THROWS_WITH(read(idx(0x0A, {1}, "1")), ContainsSubstring("type 10, which idx does not have"));
  CHECK_THROWS_WITH(read(idx(0x08, {}, "1")), ContainsSubstring("no dimensions"));
  CHECK_THROWS_WITH(read(kSmall + '\0'), ContainsSubstring("goes on after its end"));
  CHECK_THROWS_WITH(read(gzipped(kSmall + '\0')), ContainsSubstring("goes on after its end"));
  CHECK_THROWS_WITH(read(gzipped(kSmall) + '\0'), ContainsSubstring("has bytes after its gzipped data"));
  CHECK_THROWS_WITH(read(gzipped(kSmall.substr(0, 17))), ContainsSubstring("ends within its numbers"));

  const TemporaryFile file(idx(0x08, {2, 2}, "12"));
  CHECK_THROWS_WITH(ebm::read_idx<std::uint8_t>(file.path), ContainsSubstring(file.path));
  CHECK_THROWS_WITH(ebm::read_idx<std::uint8_t>("nowhere.idx"), ContainsSubstring("nowhere.idx: cannot be opened"));
}

TEST_CASE("Sizes that the file cannot hold are refused before they are allocated") {
  for (const auto& sizes :
       {idx(0x08, {7}, kNumbers), idx(0x08, {4294967295u, 4294967295u, 4294967295u}, kNumbers),
        idx(0x08, {65536, 65536, 65536, 65536}, kNumbers), idx(0x08, {4294967295u, 2147483649u}, kNumbers)}) {
    CHECK_THROWS_WITH(read(sizes), ContainsSubstring("more than a file of its size can hold"));
    CHECK_THROWS_AS(read(gzipped(sizes)), ebm::Error);
  }
  CHECK_THROWS_WITH(read(gzipped(idx(0x08, {4294967295u}, kNumbers))),
                    ContainsSubstring("announces 4294967295 numbers"));
  // A bomb: 64 MiB of zeros behind a header that announces six numbers are not unpacked.
  CHECK_THROWS_WITH(read(gzipped(idx(0x08, {6}, std::string(std::size_t{1} << 26, '\0')))),
                    ContainsSubstring("goes on after its end"));
}

TEST_CASE("An idx file cut off anywhere is refused") {
  for (const std::string& whole : {kSmall, gzipped(kSmall)}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      INFO(size);
      CHECK_THROWS_AS(read(whole.substr(0, size)), ebm::Error);
    }
  }
}

TEST_CASE("Whatever byte of an idx file is changed, it is read as what it says or refused") {
  for (std::size_t at = 0; at < kSmall.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = kSmall;
      changed[at] = static_cast<char>(byte);
      if (changed == kSmall) continue;
      INFO(at << ": " << byte);
      if (at < 12) {
        CHECK_THROWS_AS(read(changed), ebm::Error);
        continue;
      }
      auto expected = kValues;
      expected[at - 12] = static_cast<std::uint8_t>(byte);
      CHECK(read(changed).values == expected);
    }
  }
}

TEST_CASE("Whatever byte of a gzipped idx file is changed, it gives the same numbers or is refused") {
  const std::string whole = gzipped(kSmall);
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = whole;
      changed[at] = static_cast<char>(byte);
      if (changed == whole) continue;
      try {
        const auto array = read(changed);
        CHECK((array.sizes == kSizes && array.values == kValues));
      } catch (const ebm::Error&) {
        ++refused;
      }
    }
  }
  CHECK(refused > 5000);
}
