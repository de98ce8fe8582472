// StopSignals: while one lives, SIGINT and SIGTERM are remembered instead of ending the program; a second one ends it.
#pragma once

#include <csignal>

namespace ebm {

namespace detail {
inline volatile std::sig_atomic_t stop_signal_arrived = 0;
}

class StopSignals {
 public:
  explicit StopSignals(bool enabled) : enabled_(enabled) {
    if (!enabled_) return;
    detail::stop_signal_arrived = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) {
      detail::stop_signal_arrived = 1;
      for (const int signal : kSignals) std::signal(signal, SIG_DFL);
    };
    action.sa_flags = SA_RESTART;
    for (int k = 0; k < 2; ++k) sigaction(kSignals[k], &action, &before_[k]);
  }
  ~StopSignals() {
    for (int k = 0; enabled_ && k < 2; ++k) sigaction(kSignals[k], &before_[k], nullptr);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  bool arrived() const { return enabled_ && detail::stop_signal_arrived != 0; }

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM};

  bool enabled_;
  struct sigaction before_[2] = {};
};

}  // namespace ebm
