// The inverse temperatures of parallel tempering: where they start, and how they come to have equal swap rates.
//
// The communication barrier up to a temperature is the sum of the rejection rates of the pairs below it. A ladder that
// divides it into equal parts swaps equally often everywhere (Syed, Bouchard-Cote, Deligiannidis & Doucet 2022,
// algorithm 2): the barrier is interpolated linearly in log beta, or in beta where the hottest temperature is infinite.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>

#include <span>
#include <vector>

namespace ebm {

namespace detail {

// log beta, or beta itself for ladders that reach 0.
inline double ladder_coordinate(double beta, bool infinite) { return infinite ? beta : ebm::log(beta); }
inline double ladder_beta(double coordinate, bool infinite) { return infinite ? coordinate : ebm::exp(coordinate); }

}  // namespace detail

// `levels` inverse temperatures from 1 to 1 / hottest, in equal ratios, or equal steps where the hottest is infinite.
inline std::vector<double> tempering_ladder(Index levels, double hottest) {
  require(levels >= 2, "temperatures", static_cast<double>(levels), "at least 2");
  require(hottest > 1, "hottest", hottest, "more than 1");
  const bool infinite = !std::isfinite(hottest);
  const double first = detail::ladder_coordinate(1.0, infinite),
               last = detail::ladder_coordinate(1.0 / hottest, infinite);
  std::vector<double> ladder;
  for (Index level = 0; level < levels; ++level) {
    const double share = static_cast<double>(level) / static_cast<double>(levels - 1);
    ladder.push_back(detail::ladder_beta(ebm::fma(share, last - first, first), infinite));
  }
  ladder.back() = 1.0 / hottest;
  return ladder;
}

// The ladder with the same ends that divides the barrier equally; the rejection rate of pair l is that of levels l and
// l + 1. Unchanged where nothing was rejected.
inline std::vector<double> equalised_ladder(std::span<const double> ladder, std::span<const double> rejection) {
  const std::size_t levels = ladder.size();
  const bool infinite = ladder.back() == 0.0;
  std::vector<double> barrier{0.0}, result(ladder.begin(), ladder.end());
  for (const double rate : rejection) barrier.push_back(barrier.back() + rate);
  if (!(barrier.back() > 1e-9)) return result;
  std::size_t pair = 0;
  for (std::size_t level = 1; level + 1 < levels; ++level) {
    const double wanted = barrier.back() * static_cast<double>(level) / static_cast<double>(levels - 1);
    while (pair + 2 < levels && barrier[pair + 1] < wanted) ++pair;
    const double share = (wanted - barrier[pair]) / std::max(barrier[pair + 1] - barrier[pair], 1e-300);
    const double from = detail::ladder_coordinate(ladder[pair], infinite),
                 to = detail::ladder_coordinate(ladder[pair + 1], infinite);
    result[level] = detail::ladder_beta(ebm::fma(share, to - from, from), infinite);
  }
  return result;
}

}  // namespace ebm
