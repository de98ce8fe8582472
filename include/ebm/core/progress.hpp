// A line on the standard error stream that says how far a long computation is: on a terminal it is renewed a few times
// a second, elsewhere there is a new one every ten seconds.
#pragma once

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>

#include <unistd.h>

namespace ebm {

// Seconds of a clock that is never set.
inline double seconds_now() {
  std::timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Progress {
 public:
  // Of which some was done before.
  explicit Progress(bool enabled, long before = 0)
      : enabled_(enabled),
        renewed_(isatty(STDERR_FILENO) != 0),
        before_(before),
        start_(seconds_now()),
        last_(start_) {}
  ~Progress() {
    if (shown_ && renewed_) std::fputc('\n', stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `details()` makes the text behind "done/total  time left"; it is called only when the line is due.
  template <class Details>
  void update(long done, long total, Details details) {
    if (!enabled_) return;
    const double now = seconds_now();
    if (done < total && now - last_ < (renewed_ ? 0.25 : 10.0)) return;
    last_ = now, shown_ = true;
    const double elapsed = now - start_;
    const double left = elapsed * static_cast<double>(total - done) / static_cast<double>(std::max(1L, done - before_));
    const std::string text = details();
    std::fprintf(stderr, renewed_ ? "\r%ld/%ld  %.1f s left  %s\x1b[K" : "%ld/%ld  %.1f s left  %s\n", done, total, left,
                 text.c_str());
    std::fflush(stderr);
  }

 private:
  bool enabled_, renewed_, shown_ = false;
  long before_;
  double start_, last_;
};

}  // namespace ebm
