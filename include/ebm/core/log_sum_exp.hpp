// log of a sum of exponentials of numbers in double precision, without overflow.
#pragma once

#include <ebm/core/lane_math.hpp>

#include <algorithm>
#include <span>

namespace ebm {

// log of the sum of exp(values), in order; -infinity of none.
[[gnu::noinline]] inline double log_sum_exp(std::span<const double> values) {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (const double value : values) largest = std::max(largest, value);
  if (!(largest - largest == 0)) return largest;
  for (const double value : values) sum += ebm::exp(value - largest);
  return largest + ebm::log(sum);
}

}  // namespace ebm
