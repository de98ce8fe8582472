// Bridge sampling (Bennett 1976; Meng & Wong 1996): log Z from chains at a ladder of temperatures, each joined to the
// next by Bennett's acceptance ratio. Chains that climb up and chains that come down must agree.
#pragma once

#include <ebm/partition/bennett.hpp>
#include <ebm/partition/temperature_ladder.hpp>

namespace ebm {

template <AnnealingPath P, Executor Exec = Serial>
PartitionEstimate bridge_sampling(const P& path, const LadderOptions& options, Rng& rng, Exec&& executor = {}) {
  const detail::Ladder ladder = detail::run_ladder(path, options, rng, executor);
  std::vector<double> ratios[2];
  for (int way = 0; way < 2; ++way) {
    for (std::size_t g = 0; g < detail::kLadderGroups; ++g) {
      double sum = 0;
      for (std::size_t k = 1; k < ladder.betas.size(); ++k)
        sum += bennett_acceptance_ratio(ladder.rungs[way][k - 1].up[g], ladder.rungs[way][k].down[g]).value;
      ratios[way].push_back(sum);
    }
  }
  return detail::ladder_estimate(path.base_log_partition(), ratios);
}

template <Energy E, Executor Exec = Serial>
PartitionEstimate bridge_sampling(const E& energy, const LadderOptions& options, Rng& rng, Exec&& executor = {}) {
  return bridge_sampling(default_path(energy, rng, executor), options, rng, executor);
}

}  // namespace ebm
