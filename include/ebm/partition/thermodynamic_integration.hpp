// Thermodynamic integration (Kirkwood 1935):
//
//   log Z_1 / Z_0 = integral over beta of E_beta[d log f_beta / d beta]
//
// The integrand never falls, for log Z is convex along a path whose log density, with its hidden units, is linear in
// beta; so sums over the lower ends of the intervals bound the integral from below, and those over the upper ends from
// above. The value is the trapezium rule. What the bounds leave out is the error of the expectations themselves: five
// standard errors are added, and as these are estimated the sides are estimates too.
#pragma once

#include <ebm/partition/temperature_ladder.hpp>

namespace ebm {

template <AnnealingPath P, Executor Exec = Serial>
PartitionEstimate thermodynamic_integration(const P& path, const LadderOptions& options, Rng& rng,
                                            Exec&& executor = {}) {
  const detail::Ladder ladder = detail::run_ladder(path, options, rng, executor);
  const std::size_t last = ladder.betas.size() - 1;
  const auto mean = [](const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  std::vector<double> ratios[2];
  double lower = 0, upper = 0;
  for (int way = 0; way < 2; ++way) {
    for (std::size_t g = 0; g < detail::kLadderGroups; ++g) {
      double sum = 0, before = mean(ladder.rungs[way][0].slopes[g]);
      for (std::size_t k = 1; k <= last; ++k) {
        const double here = mean(ladder.rungs[way][k].slopes[g]), width = ladder.betas[k] - ladder.betas[k - 1];
        sum = ebm::fma(0.5 * width, before + here, sum);
        lower += width * before / (2 * detail::kLadderGroups), upper += width * here / (2 * detail::kLadderGroups);
        before = here;
      }
      ratios[way].push_back(sum);
    }
  }
  const double log_z_base = path.base_log_partition();
  PartitionEstimate result = detail::ladder_estimate(log_z_base, ratios);
  result.lower = log_z_base + lower - 5 * result.standard_error;
  result.upper = log_z_base + upper + 5 * result.standard_error;
  return result;
}

template <Energy E, Executor Exec = Serial>
PartitionEstimate thermodynamic_integration(const E& energy, const LadderOptions& options, Rng& rng,
                                            Exec&& executor = {}) {
  return thermodynamic_integration(default_path(energy, rng, executor), options, rng, executor);
}

}  // namespace ebm
