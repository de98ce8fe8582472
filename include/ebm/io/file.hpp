// Whole files in and out. Every error names the path; a file that could not be written whole is removed, and
// replace_file leaves either the old content or the new, whenever it is stopped.
#pragma once

#include <ebm/core/errors.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace ebm {

namespace detail {

// An open file, closed at its end.
class File {
 public:
  explicit File(std::FILE* file) : file_(file) {}
  File(File&& other) noexcept : file_(other.release()) {}
  ~File() {
    if (file_) std::fclose(file_);
  }
  File& operator=(File&&) = delete;

  std::FILE* get() const { return file_; }
  std::FILE* release() { return std::exchange(file_, nullptr); }

 private:
  std::FILE* file_;
};

[[noreturn]] inline void throw_file_error(const std::string& path, const char* what) {
  throw Error(joined({path, ": ", what, ": ", std::strerror(errno)}));
}

inline File open_file(const std::string& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode));
  if (!file.get())
    throw_file_error(path, *mode == 'r' ? "cannot be opened for reading" : "cannot be opened for writing");
  return file;
}

}  // namespace detail

// The first of these files that can be read, if one can.
[[gnu::noinline]] inline std::optional<std::string> find_file(std::initializer_list<std::string> paths) {
  for (const std::string& path : paths) {
    if (detail::File(std::fopen(path.c_str(), "rb")).get()) return path;
  }
  return std::nullopt;
}

inline std::string read_file(const std::string& path) {
  const detail::File file = detail::open_file(path, "rb");
  std::string content;
  char buffer[1 << 16];
  std::size_t count;
  while ((count = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) content.append(buffer, count);
  if (std::ferror(file.get())) detail::throw_file_error(path, "cannot be read");
  return content;
}

namespace detail {

inline void write_whole(const std::string& path, std::string_view content, bool to_disk) {
  File file = open_file(path, "wb");
  const bool written = std::fwrite(content.data(), 1, content.size(), file.get()) == content.size() &&
                       (!to_disk || (std::fflush(file.get()) == 0 && fsync(fileno(file.get())) == 0));
  const int first_reason = errno;
  const bool closed = std::fclose(file.release()) == 0;
  if (written && closed) return;
  const int reason = written ? errno : first_reason;
  std::remove(path.c_str());
  errno = reason;
  throw_file_error(path, "cannot be written");
}

}  // namespace detail

inline void write_file(const std::string& path, std::string_view content) {
  detail::write_whole(path, content, false);
}

// By way of a file beside it, which takes its place when it is whole and on the disk.
inline void replace_file(const std::string& path, std::string_view content) {
  const std::string beside = path + ".new";
  detail::write_whole(beside, content, true);
  if (std::rename(beside.c_str(), path.c_str()) == 0) return;
  const int reason = errno;
  std::remove(beside.c_str());
  errno = reason;
  detail::throw_file_error(path, "cannot be replaced");
}

}  // namespace ebm
