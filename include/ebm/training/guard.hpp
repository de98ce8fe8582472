// Guard: watches a training for the signs that it runs away, and keeps healthy states to go back to.
//
// A state is broken when
//   - an energy, a gradient or a parameter is not finite,
//   - the smoothed gap |E(data) - E(samples)| exceeds 1 + 2 sd(E(data)): the samples no longer follow the model; the
//     standard deviation counts up to 4 + sqrt(2 dim), since that of a Gaussian's log-density is sqrt(dim / 2), and a
//     larger one is itself a sign that energies run away,
//   - more than one chain in fifty that was moved has failed, or
//   - the network is dead: its gradient has vanished, though data and samples have different energies.
// A discrete energy of n coordinates with q states may have a gap of n log q while it learns: that of samples above
// data cannot be larger if they follow the model, since -log p(data) >= 0, and one of data above samples says that data
// are less likely than at random. What concerns samples is looked at where the objective has some (report.chains > 0).
// The trainer then goes back to the last snapshot but one, halves its learning rate and starts all chains anew.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/core/archive.hpp>

#include <vector>

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
  explicit Guard(Index dim) : largest_spread_(4.0 + std::sqrt(2.0 * static_cast<double>(dim))) {}
  // Of a discrete energy.
  Guard(Index dim, Index states) : Guard(dim) {
    state_entropy_ = static_cast<double>(dim) * ebm::log(static_cast<double>(states));
  }

  TrainingHealth check(const BatchReport& report, double gradient_norm) {
    const bool sampled = report.chains > 0;
    if (!std::isfinite(report.data_energy) || !std::isfinite(gradient_norm) ||
        (sampled && !std::isfinite(report.sample_energy))) {
      return TrainingHealth::not_finite;
    }
    if (!sampled) return TrainingHealth::healthy;
    if (50 * report.failed_chains > report.chains) return TrainingHealth::chains_failed;
    const double fresh = 1.0 / static_cast<double>(std::min<Index>(++seen_, kMemory));
    gap_ = ebm::fma(fresh, report.energy_gap() - gap_, gap_);
    spread_ = ebm::fma(fresh, report.data_energy_sd - spread_, spread_);
    const double allowed = std::max(ebm::fma(2.0, std::min(spread_, largest_spread_), 1.0), state_entropy_);
    if (seen_ >= kMemory && std::abs(gap_) > allowed) return TrainingHealth::energies_apart;
    largest_gradient_ = std::max(largest_gradient_, gradient_norm);
    dead_ = gradient_norm < 1e-5 * largest_gradient_ && std::abs(gap_) > 0.1 ? dead_ + 1 : 0;
    if (dead_ >= kMemory) return TrainingHealth::network_dead;
    return TrainingHealth::healthy;
  }

  void transfer(Archive& archive) {
    archive("gap", gap_), archive("spread", spread_), archive("largest_gradient", largest_gradient_);
    archive("seen", seen_), archive("dead", dead_);
  }

  // NaN where there was nothing to compare the data with.
  double gap() const { return seen_ > 0 ? gap_ : std::numeric_limits<double>::quiet_NaN(); }

 private:
  static constexpr Index kMemory = 50;

  double largest_spread_, state_entropy_ = 0, gap_ = 0, spread_ = 0, largest_gradient_ = 0;
  Index seen_ = 0, dead_ = 0;
};

// The last few healthy states, the oldest first.
template <class State>
class Snapshots {
 public:
  void keep(State state) {
    if (states_.size() == kKept) states_.erase(states_.begin());
    states_.push_back(std::move(state));
  }
  bool empty() const { return states_.empty(); }

  // States to be read are made like `like`.
  void transfer(Archive& archive, const State& like) {
    std::size_t count = states_.size();
    archive("count", count);
    require(count >= 1 && count <= kKept, "snapshots", static_cast<double>(count), "1 to 3");
    if (archive.reading()) states_.assign(count, like);
    for (std::size_t k = 0; k < states_.size(); ++k) archive(count_text(static_cast<Index>(k)), states_[k]);
  }

  // The last but one, since the last may already have been on its way; it and what follows are dropped.
  State take_back() {
    if (states_.size() > 1) states_.pop_back();
    State state = states_.back();
    if (states_.size() > 1) states_.pop_back();
    return state;
  }

 private:
  static constexpr std::size_t kKept = 3;
  std::vector<State> states_;
};

}  // namespace ebm
