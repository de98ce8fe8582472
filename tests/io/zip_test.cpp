#include <ebm/io/zip.hpp>

#include "support/catch.hpp"

#include <cstring>

using Catch::Matchers::ContainsSubstring;

namespace {

std::string le(std::size_t value, std::size_t bytes) {
  std::string result;
  for (std::size_t i = 0; i < bytes; ++i) result += static_cast<char>(value >> (8 * i) & 0xFF);
  return result;
}

std::string deflated(std::string content) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string result(deflateBound(&stream, static_cast<uLong>(content.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

// An archive of one deflated member, with what its directory says of it.
struct Deflated {
  std::string packed, whole;
  std::size_t size = whole.size(), packed_size = packed.size(), begin = 0, flags = 0, method = 8, disk = 0;

  explicit Deflated(const std::string& content) : packed(deflated(content)), whole(content) {}

  std::string archive() const {
    const std::string name = "a";
    const std::string header = le(20, 2) + le(flags, 2) + le(method, 2) + le(0, 4) +
                               le(ebm::detail::zip_checksum(whole), 4) + le(packed_size, 4) + le(size, 4) + le(1, 2) +
                               le(0, 2);
    const std::string member = le(0x04034B50, 4) + header + name + packed;
    const std::string directory = le(0x02014B50, 4) + le(20, 2) + header + le(0, 4) + le(0, 6) + le(begin, 4) + name;
    return member + directory + le(0x06054B50, 4) + le(disk, 2) + le(0, 2) + le(1, 2) + le(1, 2) +
           le(directory.size(), 4) + le(member.size(), 4) + le(0, 2);
  }
};

std::vector<ebm::ZipMember> read(const std::string& content) { return ebm::parse_zip(content, "file"); }

const std::string kText = "a line, and another line, and another line\n";

}  // namespace

TEST_CASE("Members come back, stored or deflated") {
  std::string large;
  for (int i = 0; i < 40000; ++i) large += std::to_string(i * 7919 % 10007);
  for (const std::string& text : {std::string(), std::string("x"), kText, large, std::string(1 << 20, 'x')}) {
    const auto members = read(Deflated(text).archive());
    REQUIRE(members.size() == 1);
    CHECK(members[0].name == "a");
    CHECK(members[0].content == text);
  }
  const auto members = read(ebm::format_zip({{"first", kText}, {"", large}, {"third", ""}}));
  REQUIRE(members.size() == 3);
  CHECK((members[0].name == "first" && members[0].content == kText));
  CHECK((members[1].name.empty() && members[1].content == large));
  CHECK((members[2].name == "third" && members[2].content.empty()));
  CHECK(read(ebm::format_zip({})).empty());
}

TEST_CASE("What a directory says is not believed") {
  const auto refuses = [](const char* what, auto change) {
    Deflated made(kText);
    change(made);
    CHECK_THROWS_WITH(read(made.archive()), ContainsSubstring(what) && ContainsSubstring("file: "));
  };
  refuses("larger than announced", [](Deflated& d) { d.size = 3; });
  refuses("not the size or the checksum", [](Deflated& d) { d.size += 1; });
  refuses("not the size or the checksum", [](Deflated& d) { d.whole[0] = 'b'; });
  refuses("a size that its bytes cannot be", [](Deflated& d) { d.size = 0xFFFFFFFE; });
  refuses("is larger than 4 GiB", [](Deflated& d) { d.size = 0xFFFFFFFF; });
  refuses("a size that its bytes cannot be", [](Deflated& d) { d.method = 0; });
  refuses("lies outside the archive", [](Deflated& d) { d.packed_size = 1 << 20; });
  refuses("is not sound", [](Deflated& d) { d.packed_size -= 1; });
  refuses("is not sound", [](Deflated& d) { d.packed[0] = '\x07'; });  // a block of a type that is none
  refuses("goes on after its end", [](Deflated& d) { d.packed += 'x', d.packed_size += 1; });
  refuses("lies outside the archive", [](Deflated& d) { d.begin = 0xFFFFFFFE; });
  refuses("is another one where it lies", [](Deflated& d) { d.begin = 1; });
  refuses("is encrypted", [](Deflated& d) { d.flags = 1; });
  refuses("neither stored nor deflated", [](Deflated& d) { d.method = 12; });
  refuses("archive of several parts", [](Deflated& d) { d.disk = 1; });
}

TEST_CASE("A few bytes cannot become gigabytes") {
  // A megabyte of zeros in a kilobyte, announced as a hundred bytes.
  Deflated bomb(std::string(1 << 20, '\0'));
  bomb.size = 100;
  CHECK_THROWS_WITH(read(bomb.archive()), ContainsSubstring("larger than announced"));
  CHECK(bomb.packed.size() < 1100);
}

TEST_CASE("Members that overlap are refused") {
  // The directory names the same member twice.
  std::string archive = ebm::format_zip({{"a", kText}, {"a", kText}});
  const std::size_t second = archive.size() - 22 - 47 + 42;
  CHECK(read(archive).size() == 2);
  archive.replace(second, 4, std::string(4, '\0'));
  CHECK_THROWS_WITH(read(archive), ContainsSubstring("overlap"));
}

TEST_CASE("An archive cut off anywhere, or followed by anything, is refused; one that was changed is read or refused") {
  for (const std::string& whole : {Deflated(kText).archive(), ebm::format_zip({{"one", kText}, {"two", "2"}})}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      INFO(size);
      CHECK_THROWS_AS(read(whole.substr(0, size)), ebm::Error);
    }
    CHECK_THROWS_AS(read(whole + 'x'), ebm::Error);
    CHECK_THROWS_AS(read('x' + whole), ebm::Error);
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      for (int byte = 0; byte < 256; ++byte) {
        changed[at] = static_cast<char>(byte);
        try {
          for (const auto& member : read(changed)) REQUIRE((member.content == kText || member.content == "2"));
        } catch (const ebm::Error&) {
          ++refused;
        }
      }
    }
    CHECK(refused > 10000);
  }
}
