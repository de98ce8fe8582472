#include <ebm/io/gzip.hpp>

#include "gzipped.hpp"
#include "support/catch.hpp"
#include "temporary_file.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

std::string read(const std::string& content, std::size_t at_most = 1 << 24) {
  const TemporaryFile file(content);
  return ebm::read_gzip(file.path, at_most);
}

const std::string kText = "a line, and another line, and another line\n";

}  // namespace

TEST_CASE("What was gzipped comes back, and what was not is taken as it is") {
  std::string large;
  for (int i = 0; i < 40000; ++i) large += std::to_string(i * 7919 % 10007) + (i % 5 == 0 ? "\n" : ",");
  for (const std::string& text : {std::string(), std::string("x"), kText, large}) {
    CHECK(read(gzipped(text)) == text);
    CHECK(read(text) == text);
  }
}

TEST_CASE("A gzip file cut off anywhere, or followed by anything, is refused") {
  const std::string whole = gzipped(kText);
  for (std::size_t size = 2; size < whole.size(); ++size) {
    INFO(size);
    CHECK_THROWS_AS(read(whole.substr(0, size)), ebm::Error);
  }
  CHECK_THROWS_WITH(read(whole.substr(0, 20)), ContainsSubstring("ends within its gzipped data"));
  CHECK_THROWS_WITH(read(whole + 'x'), ContainsSubstring("has bytes after its gzipped data"));
  CHECK_THROWS_AS(read(whole + whole), ebm::Error);
}

TEST_CASE("Whatever bit of a gzip file is changed, it gives the same text or is refused") {
  const std::string whole = gzipped(kText);
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      if (at < 2) continue;  // no gzip file any more, which is read as it is
      std::string text = kText;
      try {
        text = read(changed);
      } catch (const ebm::Error&) {
        ++refused;
      }
      CHECK(text == kText);
    }
  }
  CHECK(refused > 200);
}

TEST_CASE("No more is unpacked than was asked for") {
  const std::string bomb = gzipped(std::string(std::size_t{1} << 24, '\0'));
  CHECK(bomb.size() < 20000);
  CHECK_THROWS_WITH(read(bomb, 1 << 16), ContainsSubstring("holds more than 65536 bytes"));
  CHECK(read(gzipped(kText), kText.size()) == kText);
  CHECK_THROWS_AS(read(gzipped(kText), kText.size() - 1), ebm::Error);
}

TEST_CASE("Errors of files name them") {
  CHECK_THROWS_WITH(ebm::read_gzip("nowhere/at_all.gz", 10), ContainsSubstring("nowhere/at_all.gz: cannot be opened"));
  const TemporaryFile file(std::string("\x1f\x8b\x07 no gzip"));
  CHECK_THROWS_WITH(ebm::read_gzip(file.path, 100),
                    ContainsSubstring(file.path) && ContainsSubstring("no sound gzip file"));
}
