// What a function writes to the standard error stream.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

template <class F>
std::string captured_stderr(F f) {
  std::FILE* file = std::tmpfile();
  if (!file) return "no temporary file";
  std::fflush(stderr);
  const int kept = dup(fileno(stderr));
  dup2(fileno(file), fileno(stderr));
  f();
  std::fflush(stderr);
  dup2(kept, fileno(stderr));
  close(kept);
  std::rewind(file);
  std::string text;
  for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}
