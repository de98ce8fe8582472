// PartitionEstimate: what every estimator of log Z returns.
//
// A value alone is worth little: annealed importance sampling that has missed a mode reports a small standard error
// around a wrong number. So every result carries both sides, says with which confidence they hold, and a verdict.
#pragma once

#include <ebm/core/errors.hpp>

#include <limits>

namespace ebm {

// exact: up to rounding. bounded: lower and upper hold the truth with the stated confidence, and both sides agree.
// estimated: both sides agree, but at least one is an estimate. unreliable: the sides disagree or too few samples carry
// the weight; bounds that hold still hold.
enum class PartitionVerdict : unsigned char { exact, bounded, estimated, unreliable };

inline const char* to_text(PartitionVerdict verdict) {
  switch (verdict) {
    case PartitionVerdict::exact:
      return "exact";
    case PartitionVerdict::bounded:
      return "bounded";
    case PartitionVerdict::estimated:
      return "estimated";
    case PartitionVerdict::unreliable:
      return "unreliable";
  }
  return "";
}

struct PartitionEstimate {
  double value = std::numeric_limits<double>::quiet_NaN();  // log Z, nats
  // Infinite where an estimator has nothing to say about that side.
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  // Probability with which a side holds: 1 for a theorem or an exact sum, 0 where the side is an estimate itself.
  double lower_confidence = 0, upper_confidence = 0;
  double standard_error = std::numeric_limits<double>::quiet_NaN();     // of the value, as its own samples see it
  double effective_samples = std::numeric_limits<double>::quiet_NaN();  // of the worse direction
  double weight_variance = std::numeric_limits<double>::quiet_NaN();    // of log weights, of the worse direction
  PartitionVerdict verdict = PartitionVerdict::unreliable;
  std::string warning = {};  // what is wrong, in words; empty if nothing is

  bool reliable() const { return verdict != PartitionVerdict::unreliable; }
  bool contains(double log_z) const { return lower <= log_z && log_z <= upper; }

  static PartitionEstimate exact(double log_z, double rounding = 0) {
    PartitionEstimate result;
    result.value = log_z, result.lower = log_z - rounding, result.upper = log_z + rounding;
    result.lower_confidence = result.upper_confidence = 1;
    result.standard_error = 0;
    result.verdict = PartitionVerdict::exact;
    return result;
  }
};

namespace detail {

[[gnu::noinline]] inline std::string side_text(const char* name, double value, double confidence) {
  if (value - value != 0) return joined({name, " none"});
  char buffer[64];
  if (confidence >= 1) {
    std::snprintf(buffer, sizeof buffer, "%s %.6g", name, value);
  } else if (confidence > 0) {
    std::snprintf(buffer, sizeof buffer, "%s %.6g (%.4g %%)", name, value, 100 * confidence);
  } else {
    std::snprintf(buffer, sizeof buffer, "%s %.6g (an estimate)", name, value);
  }
  return buffer;
}

}  // namespace detail

// "log Z = 404.897 +- 0.05, lower bound 404.3 (99.5 %), upper bound 405.2 (99.5 %), effective samples 83: bounded", and
// a line of its own where something is wrong.
[[gnu::noinline]] inline std::string to_text(const PartitionEstimate& estimate) {
  char buffer[64];
  std::string text = "log Z = ";
  if (estimate.standard_error > 0) {
    std::snprintf(buffer, sizeof buffer, "%.6g +- %.2g", estimate.value, estimate.standard_error);
  } else {
    std::snprintf(buffer, sizeof buffer, "%.6g", estimate.value);
  }
  text += buffer;
  if (estimate.verdict != PartitionVerdict::exact) {
    text += ", " + detail::side_text("lower bound", estimate.lower, estimate.lower_confidence);
    text += ", " + detail::side_text("upper bound", estimate.upper, estimate.upper_confidence);
    if (estimate.effective_samples == estimate.effective_samples)
      text += ", effective samples " + to_text(estimate.effective_samples);
  }
  text += joined({": ", to_text(estimate.verdict)});
  if (!estimate.reliable() || !estimate.warning.empty()) {
    text += joined(
        {"\n*** WARNING: ", estimate.reliable() ? "" : "THIS LOG Z IS NOT TO BE TRUSTED. ", estimate.warning, " ***"});
  }
  return text;
}

template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream,
                                             const PartitionEstimate& estimate) {
  return stream << to_text(estimate);
}

}  // namespace ebm
