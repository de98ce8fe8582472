// The bytes of a file that may be gzipped (RFC 1952). This header needs zlib: link ebm::zlib.
//
// One gzip member and nothing after it; zlib checks its length and checksum. Nothing is allocated beyond what the
// reader was asked for, and GzipReader::most() says how much a file can hold at all: deflate expands a byte to 1032 at
// most, so that a few bytes cannot claim to be gigabytes.
#pragma once

#include <ebm/io/file.hpp>

#include <zlib.h>

#include <algorithm>

namespace ebm {

namespace detail {

class GzipReader {
 public:
  explicit GzipReader(const std::string& path) : path_(path), content_(read_file(path)) {
    compressed_ = content_.starts_with("\x1f\x8b");
    if (!compressed_) return;
    if (inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) fail("zlib cannot start");
    stream_.next_in = reinterpret_cast<Bytef*>(content_.data());
  }
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;
  ~GzipReader() {
    if (compressed_) inflateEnd(&stream_);
  }

  // An upper bound of the bytes that can be read.
  std::size_t most() const { return compressed_ ? 1032 * content_.size() : content_.size(); }

  // Up to `count` bytes; fewer where the data end.
  std::size_t read_some(char* to, std::size_t count) {
    if (compressed_) return inflate_some(to, count);
    const std::size_t given = content_.copy(to, count, used_);
    used_ += given;
    return given;
  }

  // Exactly `count` bytes; `what` they are is said where they are not there.
  void read(char* to, std::size_t count, const char* what) {
    const std::size_t given = read_some(to, count);
    if (given != count) fail(joined({"ends within ", what}));
  }

  // The data end here, and the file with them.
  void finish() {
    char byte;
    if (read_some(&byte, 1) != 0) fail("goes on after its end");
  }

  [[noreturn, gnu::cold]] void fail(std::string_view what) const { throw Error(joined({path_, ": ", what})); }

 private:
  static constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // zlib counts in 32 bits

  std::size_t inflate_some(char* to, std::size_t count) {
    std::size_t given = 0;
    while (given < count && !ended_) {
      const std::size_t input = std::min(content_.size() - used_, kMostAtOnce);
      const std::size_t output = std::min(count - given, kMostAtOnce);
      stream_.avail_in = static_cast<uInt>(input);
      stream_.next_out = reinterpret_cast<Bytef*>(to + given);
      stream_.avail_out = static_cast<uInt>(output);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      used_ += input - stream_.avail_in;
      given += output - stream_.avail_out;
      if (status == Z_STREAM_END) {
        ended_ = true;
        if (used_ != content_.size()) fail("has bytes after its gzipped data");
      } else if (status == Z_BUF_ERROR) {
        fail("ends within its gzipped data");
      } else if (status != Z_OK) {
        fail(joined({"is no sound gzip file: ", stream_.msg ? stream_.msg : "not even its header is"}));
      }
    }
    return given;
  }

  std::string path_, content_;
  std::size_t used_ = 0;
  bool compressed_ = false, ended_ = false;
  z_stream stream_{};
};

}  // namespace detail

// Everything in a file, unpacked if it is gzipped; more than `at_most` bytes are refused.
[[gnu::noinline]] inline std::string read_gzip(const std::string& path, std::size_t at_most) {
  detail::GzipReader reader(path);
  std::string text;
  std::string chunk(1 << 16, '\0');
  while (const std::size_t given = reader.read_some(chunk.data(), chunk.size())) {
    if (given > at_most - text.size()) {
      reader.fail(joined({"holds more than ", count_text(static_cast<Eigen::Index>(at_most)), " bytes"}));
    }
    text.append(chunk, 0, given);
  }
  return text;
}

}  // namespace ebm
