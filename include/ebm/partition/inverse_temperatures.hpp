// Where an annealing run stops on its way from beta = 0 to beta = 1.
//
// The variance of the log weights of a run of K steps is least where all increments have the same variance: neighbours
// then lie so that  (beta_k - beta_{k-1}) sd(d log f_beta / d beta) is constant (Gelman & Meng 1998; Neal 2001, section
// 4). The adaptive spacing measures that standard deviation in a short run. Half of its steps are spread evenly, so
// that no stretch that the short run misjudges is skipped.
#pragma once

#include <ebm/partition/annealing_path.hpp>
#include <ebm/partition/log_weights.hpp>

namespace ebm {

enum class TemperatureSpacing : unsigned char { adaptive, linear, geometric };

// beta_0 = 0 < ... < beta_steps = 1.
[[gnu::noinline]] inline std::vector<double> linear_inverse_temperatures(Index steps) {
  require(steps >= 1, "temperatures", static_cast<double>(steps), "at least 1");
  std::vector<double> betas;
  for (Index k = 0; k <= steps; ++k) betas.push_back(static_cast<double>(k) / static_cast<double>(steps));
  return betas;
}

// 0, then from `smallest` to 1 by a constant factor.
[[gnu::noinline]] inline std::vector<double> geometric_inverse_temperatures(Index steps, double smallest = 1e-3) {
  require(steps >= 1, "temperatures", static_cast<double>(steps), "at least 1");
  require(smallest > 0 && smallest < 1, "smallest", smallest, "between 0 and 1");
  std::vector<double> betas{0};
  for (Index k = 1; k < steps; ++k)
    betas.push_back(ebm::exp(ebm::log(smallest) * static_cast<double>(steps - k) / static_cast<double>(steps - 1)));
  betas.push_back(1);
  return betas;
}

// Variances of d log f_beta / d beta over the chains of a run, at each of its temperatures.
template <AnnealingPath P, class Exec>
std::vector<double> slope_variances(const P& path, const std::vector<double>& betas, Index tiles, const Stream& start,
                                    const Stream& noise, Exec& executor) {
  using Scalar = typename P::Scalar;
  const Index chains = tiles * kLanes<Scalar>, steps = static_cast<Index>(betas.size());
  auto state = path.make_state(tiles);
  std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
  std::vector<double> slopes(static_cast<std::size_t>(chains * steps));
  detail::for_each_range<P>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
    path.draw_base(state, range, start, workspace);
    for (Index k = 0; k < steps; ++k) {
      if (k > 0) path.move(state, range, betas[static_cast<std::size_t>(k)], noise, k, workspace);
      path.slopes(state, range, betas[static_cast<std::size_t>(k)], slopes.data() + k * chains, workspace);
    }
  });
  std::vector<double> variances;
  for (Index k = 0; k < steps; ++k)
    variances.push_back(summarise_weights({slopes.data() + k * chains, static_cast<std::size_t>(chains)}).variance);
  return variances;
}

// Adaptive: from the standard deviations at the temperatures of a short run.
[[gnu::noinline]] inline std::vector<double> adapted_inverse_temperatures(Index steps, const std::vector<double>& betas,
                                                                          const std::vector<double>& variances) {
  require(steps >= 1, "temperatures", static_cast<double>(steps), "at least 1");
  std::vector<double> length{0};
  for (std::size_t k = 1; k < betas.size(); ++k) {
    const double sd = 0.5 * (std::sqrt(variances[k - 1]) + std::sqrt(variances[k]));
    length.push_back(ebm::fma(betas[k] - betas[k - 1], sd, length.back()));
  }
  if (!(length.back() > 0 && length.back() < std::numeric_limits<double>::infinity()))
    return linear_inverse_temperatures(steps);
  const double scale = 0.5 / length.back();
  for (std::size_t k = 0; k < betas.size(); ++k) length[k] = ebm::fma(scale, length[k], 0.5 * betas[k]);
  std::vector<double> result{0};
  std::size_t at = 1;
  for (Index k = 1; k < steps; ++k) {
    const double wanted = static_cast<double>(k) / static_cast<double>(steps);
    while (length[at] < wanted && at + 1 < length.size()) ++at;
    const double share = (wanted - length[at - 1]) / (length[at] - length[at - 1]);
    result.push_back(ebm::fma(share, betas[at] - betas[at - 1], betas[at - 1]));
  }
  result.push_back(1);
  return result;
}

template <AnnealingPath P, class Exec>
std::vector<double> inverse_temperatures(const P& path, TemperatureSpacing spacing, Index steps, Rng& rng,
                                         Exec& executor) {
  if (spacing == TemperatureSpacing::geometric) return geometric_inverse_temperatures(steps);
  if (spacing == TemperatureSpacing::linear || steps < 10) return linear_inverse_temperatures(steps);
  const std::vector<double> pilot = linear_inverse_temperatures(std::clamp<Index>(steps / 10, 10, 100));
  const Stream start = rng.stream(), noise = rng.stream();
  return adapted_inverse_temperatures(
      steps, pilot, slope_variances(path, pilot, tiles_for<typename P::Scalar>(64), start, noise, executor));
}

}  // namespace ebm
