// Guard: watches a training for the signs that it runs away, and keeps healthy states to go back to.
//
// A state is broken when
//   - an energy, a gradient or a parameter is not finite,
//   - the smoothed gap |E(data) - E(samples)| exceeds 2 sd(E(data)) + 1: the samples no longer follow the model,
//   - more than one chain in fifty has failed, or
//   - the network is dead: the step size at its upper bound while every jump from the anchor is accepted.
// The trainer then goes back to the last snapshot but one, halves its learning rate and starts all chains anew.
#pragma once

#include <ebm/concepts/objective.hpp>

#include <deque>

namespace ebm {

enum class TrainingHealth { healthy, not_finite, energies_apart, chains_failed, network_dead };

inline const char* to_text(TrainingHealth health) {
  switch (health) {
    case TrainingHealth::healthy:
      return "healthy";
    case TrainingHealth::not_finite:
      return "energies, gradients or parameters were not finite";
    case TrainingHealth::energies_apart:
      return "the energies of data and samples ran apart";
    case TrainingHealth::chains_failed:
      return "chains met energies that are not finite";
    case TrainingHealth::network_dead:
      return "the network became constant";
  }
  return "";
}

class Guard {
 public:
  TrainingHealth check(const BatchReport& report, double gradient_norm, bool step_at_largest, Index chains) {
    if (!std::isfinite(report.data_energy) || !std::isfinite(report.sample_energy) || !std::isfinite(gradient_norm)) {
      return TrainingHealth::not_finite;
    }
    if (50 * report.failed_chains > chains) return TrainingHealth::chains_failed;
    const double fresh = 1.0 / static_cast<double>(std::min<Index>(++seen_, kMemory));
    gap_ = ebm::fma(fresh, report.energy_gap() - gap_, gap_);
    spread_ = ebm::fma(fresh, report.data_energy_sd - spread_, spread_);
    if (seen_ >= kMemory && std::abs(gap_) > ebm::fma(2.0, spread_, 1.0)) return TrainingHealth::energies_apart;
    dead_ = step_at_largest && report.jump_acceptance > 0.98 ? dead_ + 1 : 0;
    if (dead_ >= kMemory) return TrainingHealth::network_dead;
    return TrainingHealth::healthy;
  }

  double gap() const { return gap_; }

 private:
  static constexpr Index kMemory = 50;

  double gap_ = 0, spread_ = 0;
  Index seen_ = 0, dead_ = 0;
};

// The last few healthy states, the oldest first.
template <class State>
class Snapshots {
 public:
  void keep(State state) {
    if (states_.size() == kKept) states_.pop_front();
    states_.push_back(std::move(state));
  }
  bool empty() const { return states_.empty(); }

  // The last but one, since the last may already have been on its way; it and what follows are dropped.
  State take_back() {
    if (states_.size() > 1) states_.pop_back();
    State state = states_.back();
    if (states_.size() > 1) states_.pop_back();
    return state;
  }

 private:
  static constexpr std::size_t kKept = 3;
  std::deque<State> states_;
};

}  // namespace ebm
