// A file of one test, gone when the test is over.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

struct TemporaryFile {
  explicit TemporaryFile(const std::string& content = "") {
    path = (std::filesystem::temp_directory_path() / "ebm_io_XXXXXX").string();
    const int descriptor = mkstemp(path.data());
    std::FILE* file = descriptor >= 0 ? fdopen(descriptor, "wb") : nullptr;
    if (!file || std::fwrite(content.data(), 1, content.size(), file) != content.size() || std::fclose(file) != 0)
      std::abort();
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::remove(path.c_str()); }

  std::string path;
};
