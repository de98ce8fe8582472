// The step size of a kernel: fixed, scheduled, or tuned to an acceptance between calls of the fused loop.
//
//   log epsilon += gain (mean acceptance - target)
//
// (Robbins & Monro 1951; Andrieu & Thoms 2008, algorithm 4). The mean is over all chains and all steps since the
// last update.
#pragma once

#include <ebm/concepts/kernel.hpp>
#include <ebm/core/archive.hpp>
#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>

namespace ebm {

// Between which a size is tuned; a kernel may name its own as K::step_bounds.
struct StepBounds {
  double smallest = 1e-12, largest = 1e12;
};

class StepSize {
 public:
  template <class K>
  StepSize(const K& kernel, double initial, StepBounds bounds) : bounds_(bounds) {
    if constexpr (TunableKernel<K>) {
      require(kernel.target_acceptance > 0 && kernel.target_acceptance < 1, "target_acceptance",
              kernel.target_acceptance, "between 0 and 1");
      target_ = kernel.target_acceptance;
      tuned_ = kernel.measures_acceptance() && !kernel.step_size;
      if constexpr (requires { { K::step_bounds } -> std::convertible_to<StepBounds>; }) bounds_ = K::step_bounds;
      if (kernel.step_size) {
        require(*kernel.step_size > 0, "step_size", *kernel.step_size, "more than 0");
        initial = *kernel.step_size;
      }
    }
    if constexpr (requires { kernel.temperature; }) {
      require(kernel.temperature > 0, "temperature", kernel.temperature, "more than 0");
    }
    if constexpr (requires { kernel.schedule->check(); }) {
      if (kernel.schedule) kernel.schedule->check();
    }
    log_ = ebm::log(initial);
    value_ = initial;
  }

  bool tuned() const { return tuned_; }
  double value() const { return value_; }
  double target() const { return target_; }

  // The size at a step of a run, which a schedule may prescribe.
  template <class K>
  double at(const K& kernel, Index step) const {
    if constexpr (requires { (*kernel.schedule)(step); }) {
      if (kernel.schedule) return (*kernel.schedule)(step);
    }
    return value_;
  }

  void update(double mean_acceptance, double gain) {
    if (!tuned_) return;
    set_log(ebm::fma(gain, mean_acceptance - target_, log_));
  }

  // A size that is not tuned is what the kernel says now.
  void transfer(Archive& archive) {
    double log = log_, value = value_;
    archive("log", log), archive("value", value);
    if (tuned_) log_ = log, value_ = value;
  }

  void scale(double factor) {
    if (tuned_) set_log(log_ + ebm::log(factor));
  }

 private:
  void set_log(double value) {
    value_ = std::min(std::max(ebm::exp(value), bounds_.smallest), bounds_.largest);
    log_ = ebm::log(value_);
  }

  StepBounds bounds_;
  double target_ = 0, log_ = 0, value_ = 0;
  bool tuned_ = false;
};

}  // namespace ebm
