// The members of a zip archive (PKWARE's APPNOTE 6.3), stored or deflated. This header needs zlib: link ebm::zlib.
//
//   members ..., one record each in a directory, and at the very end of the file where the directory lies
//
// The directory is believed in nothing: members must lie before it and must not overlap, and a size that deflate cannot
// reach (a byte becomes 1032 at most) is refused. What is inflated grows with what is there, up to the size that was
// announced, and its checksum must be right. Archives beyond 4 GiB, of several parts, encrypted or with a comment are
// refused.
#pragma once

#include <ebm/core/errors.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace ebm {

struct ZipMember {
  std::string name, content;
};

namespace detail {

inline std::uint32_t zip_checksum(std::string_view content) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<z_size_t>(content.size())));
}

class ZipReader {
 public:
  ZipReader(std::string_view content, const std::string& path) : content_(content), path_(path) {}

  std::vector<ZipMember> read() const {
    const std::string_view end = content_.substr(content_.size() - std::min(kEndSize, content_.size()));
    if (end.size() < kEndSize || number(end, 0, 4) != 0x06054B50)
      fail("is no zip archive, or one that has lost its end");
    const std::size_t count = number(end, 10, 2), size = number(end, 12, 4), begin = number(end, 16, 4);
    if (number(end, 4, 4) != 0 || number(end, 8, 2) != count || number(end, 20, 2) != 0)
      fail("is an archive of several parts, or one with a comment");
    if (count == 0xFFFF || begin == 0xFFFFFFFF) fail("is larger than zip archives without extensions are");
    if (begin > content_.size() - kEndSize || size != content_.size() - kEndSize - begin)
      fail("has its directory elsewhere than at its end");
    std::string_view directory = content_.substr(begin, size);
    std::vector<Record> records;
    for (std::size_t k = 0; k < count; ++k) records.push_back(take_record(directory));
    if (!directory.empty()) fail("has more in its directory than members");
    require_apart(records, begin);
    std::vector<ZipMember> members;
    for (const Record& record : records) members.push_back({std::string(record.name), unpacked(record)});
    return members;
  }

 private:
  static constexpr std::size_t kEndSize = 22, kRecordSize = 46, kLocalSize = 30;

  struct Record {
    std::string_view name;
    std::size_t method, checksum, packed, size, begin;
    std::size_t data = 0;  // where its bytes begin
  };

  [[noreturn, gnu::cold]] void fail(std::string_view what) const { throw Error(joined({path_, ": ", what})); }
  [[noreturn, gnu::cold]] void fail(const Record& record, std::string_view what) const {
    fail(joined({"member \"", record.name, "\" ", what}));
  }

  static std::size_t number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::size_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = 256 * value + static_cast<unsigned char>(bytes[at + i]);
    return value;
  }

  Record take_record(std::string_view& directory) const {
    if (directory.size() < kRecordSize || number(directory, 0, 4) != 0x02014B50) fail("has no sound directory");
    const std::size_t name = number(directory, 28, 2),
                      whole = kRecordSize + name + number(directory, 30, 2) + number(directory, 32, 2);
    if (directory.size() < whole) fail("has no sound directory");
    const Record record{directory.substr(kRecordSize, name),
                        number(directory, 10, 2),
                        number(directory, 16, 4),
                        number(directory, 20, 4),
                        number(directory, 24, 4),
                        number(directory, 42, 4)};
    if (number(directory, 8, 2) & 1) fail(record, "is encrypted");
    if (record.method != 0 && record.method != 8) fail(record, "is neither stored nor deflated");
    if (record.packed == 0xFFFFFFFF || record.size == 0xFFFFFFFF) fail(record, "is larger than 4 GiB");
    if (record.method == 0 ? record.size != record.packed : record.size > 1032 * record.packed)
      fail(record, "has a size that its bytes cannot be");
    directory.remove_prefix(whole);
    return record;
  }

  // Finds the bytes of all members, which lie one after the other before the directory.
  void require_apart(std::vector<Record>& records, std::size_t end) const {
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (Record& record : records) {
      if (record.begin > end || end - record.begin < kLocalSize) fail(record, "lies outside the archive");
      const std::string_view local = content_.substr(record.begin, end - record.begin);
      const std::size_t header = kLocalSize + number(local, 26, 2) + number(local, 28, 2);
      if (number(local, 0, 4) != 0x04034B50 || number(local, 8, 2) != record.method ||
          number(local, 26, 2) != record.name.size() || local.substr(kLocalSize, record.name.size()) != record.name)
        fail(record, "is another one where it lies");
      if (local.size() < header || local.size() - header < record.packed) fail(record, "lies outside the archive");
      record.data = record.begin + header;
      ranges.emplace_back(record.begin, record.data + record.packed);
    }
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t k = 1; k < ranges.size(); ++k) {
      if (ranges[k].first < ranges[k - 1].second) fail("has members that overlap");
    }
  }

  std::string unpacked(const Record& record) const {
    const std::string_view packed = content_.substr(record.data, record.packed);
    std::string content = record.method == 0 ? std::string(packed) : inflated(record, packed);
    if (content.size() != record.size || zip_checksum(content) != record.checksum)
      fail(record, "has not the size or the checksum that is announced");
    return content;
  }

  std::string inflated(const Record& record, std::string_view packed) const {
    struct Stream : z_stream {
      Stream() : z_stream{} {}
      ~Stream() { inflateEnd(this); }
    } stream;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail("zlib cannot start");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string content;
    std::array<char, 1 << 16> chunk;
    for (int status = Z_OK; status != Z_STREAM_END;) {
      stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
      stream.avail_out = static_cast<uInt>(chunk.size());
      status = inflate(&stream, Z_NO_FLUSH);
      const std::size_t given = chunk.size() - stream.avail_out;
      if (status != Z_OK && status != Z_STREAM_END) fail(record, "is not sound");
      if (given > record.size - content.size()) fail(record, "is larger than announced");
      content.append(chunk.data(), given);
    }
    if (stream.avail_in != 0) fail(record, "goes on after its end");
    return content;
  }

  std::string_view content_;
  const std::string& path_;
};

}  // namespace detail

// All members of an archive; errors call it by `path`.
[[gnu::noinline]] inline std::vector<ZipMember> parse_zip(std::string_view content, const std::string& path) {
  return detail::ZipReader(content, path).read();
}

// An archive whose members are stored as they are.
[[gnu::noinline]] inline std::string format_zip(const std::vector<ZipMember>& members) {
  require(members.size() < 0xFFFF, "members", static_cast<double>(members.size()), "less than 65535");
  std::string archive, directory;
  const auto put = [](std::string& to, std::size_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  for (const ZipMember& member : members) {
    const std::string &name = member.name, &content = member.content;
    const std::size_t begin = archive.size(), size = content.size();
    require(name.size() <= 0xFFFF && size < 0xFFFFFFFF - begin - name.size() - 30, "size of an archive",
            static_cast<double>(begin + size), "less than 4 GiB");
    const auto header = [&](std::string& to) {
      put(to, 20, 2), put(to, 0, 2), put(to, 0, 2), put(to, 0, 2), put(to, 0x21, 2);  // version, stored, 1 January 1980
      put(to, detail::zip_checksum(content), 4), put(to, size, 4), put(to, size, 4), put(to, name.size(), 2);
      put(to, 0, 2);
    };
    put(archive, 0x04034B50, 4), header(archive);
    (archive += name) += content;
    put(directory, 0x02014B50, 4), put(directory, 20, 2), header(directory);
    put(directory, 0, 2), put(directory, 0, 4), put(directory, 0, 4), put(directory, begin, 4);
    directory += name;
  }
  const std::size_t begin = archive.size();
  archive += directory;
  put(archive, 0x06054B50, 4), put(archive, 0, 4), put(archive, members.size(), 2), put(archive, members.size(), 2);
  put(archive, directory.size(), 4), put(archive, begin, 4), put(archive, 0, 2);
  return archive;
}

}  // namespace ebm
