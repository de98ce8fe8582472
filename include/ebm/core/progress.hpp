// A line on the standard error stream that says how far a long computation is, at most a few times a second.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace ebm {

class Progress {
 public:
  explicit Progress(bool enabled) : enabled_(enabled), start_(Clock::now()), last_(start_) {}
  ~Progress() {
    if (shown_) std::fputc('\n', stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `details()` makes the text behind "done/total  time left"; it is called only when the line is due.
  template <class Details>
  void update(long done, long total, Details details) {
    if (!enabled_) return;
    const Clock::time_point now = Clock::now();
    if (done < total && now - last_ < std::chrono::milliseconds(250)) return;
    last_ = now, shown_ = true;
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    const double left = elapsed * static_cast<double>(total - done) / static_cast<double>(done > 0 ? done : 1);
    const std::string text = details();
    std::fprintf(stderr, "\r%ld/%ld  %.1f s left  %s\x1b[K", done, total, left, text.c_str());
    std::fflush(stderr);
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool enabled_, shown_ = false;
  Clock::time_point start_, last_;
};

}  // namespace ebm
