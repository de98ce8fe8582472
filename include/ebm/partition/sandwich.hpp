// The verdict on log Z from runs in both directions (Grosse, Ghahramani & Adams 2015): forward from the base, weights
// with mean Z / Z_0, bounds log Z from below; reverse from draws of the energy, weights with mean Z_0 / Z, from above.
//
// Either direction alone may be off by nats with a small error of its own: a forward run misses modes, a reverse run
// from chains that are stuck has never seen them. So both must agree, and their weights must be spread over many
// chains.
#pragma once

#include <ebm/partition/bennett.hpp>
#include <ebm/partition/estimate.hpp>

namespace ebm {

struct SandwichTest {
  double confidence = 0.99;         // that both bounds hold
  double most_standard_errors = 4;  // between forward and reverse before they count as different
  double largest_gap = 0.3;         // nats, the same whatever the standard errors
  double least_effective_share = 0.1;
};

// `exact_starts`: reverse runs began at exact draws, so that the upper side is a bound; else an estimate.
[[gnu::noinline]] inline PartitionEstimate sandwich(double log_z_base, std::span<const double> forward,
                                                    std::span<const double> reverse, bool exact_starts,
                                                    const SandwichTest& test = {}) {
  for (const double w : forward) {
    if (!(w - w == 0)) throw NumericalError("forward weights: not finite; the energy is not finite where its base is");
  }
  for (const double w : reverse) {
    if (!(w - w == 0)) throw NumericalError("reverse weights: not finite; the base is not finite where the energy is");
  }
  const WeightSummary up = summarise_weights(forward), down = summarise_weights(reverse);
  const LogRatio ratio = bennett_acceptance_ratio(forward, reverse);
  const double side = 1 - (1 - test.confidence) / 2;
  PartitionEstimate result;
  result.value = log_z_base + ratio.value;
  result.standard_error = ratio.standard_error;
  result.lower = log_z_base + weight_lower_bound(forward, side);
  result.upper = log_z_base - weight_lower_bound(reverse, side);
  result.lower_confidence = side;
  result.upper_confidence = exact_starts ? side : 0;
  const double share = std::min(up.effective_samples / static_cast<double>(forward.size()),
                                down.effective_samples / static_cast<double>(reverse.size()));
  result.effective_samples = std::min(up.effective_samples, down.effective_samples);
  result.weight_variance = std::max(up.variance, down.variance);

  const double gap = -down.log_mean - up.log_mean;
  const double error = std::sqrt(square(up.standard_error) + square(down.standard_error));
  result.verdict = exact_starts ? PartitionVerdict::bounded : PartitionVerdict::estimated;
  if (std::abs(gap) > std::min(test.largest_gap, test.most_standard_errors * error + 1e-3)) {
    result.verdict = PartitionVerdict::unreliable;
    result.warning = joined({"Forward runs say ", to_text(log_z_base + up.log_mean), ", reverse runs say ",
                             to_text(log_z_base - down.log_mean), ": too few temperatures, or chains that do not mix"});
  } else if (share < test.least_effective_share) {
    result.verdict = PartitionVerdict::unreliable;
    result.warning = joined({"Only ", to_text(100 * share), " % of the chains carry weight: more temperatures wanted"});
  }
  return result;
}

}  // namespace ebm
