// Where an axis has its ticks and what they say: multiples of 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice
// numbers for graph labels"), or powers of ten on a logarithmic axis.
#pragma once

#include <ebm/core/errors.hpp>

#include <cmath>
#include <vector>

namespace ebm {

struct Tick {
  double value;
  std::string label;  // none: a minor tick
};

// The number of the form 1, 2, 5 or 10 times a power of ten that is nearest to a positive value, by ratio.
[[gnu::noinline]] inline double nice_number(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  const double lead = value / power;
  return power * (lead < std::sqrt(2.0) ? 1 : lead < std::sqrt(10.0) ? 2 : lead < std::sqrt(50.0) ? 5 : 10);
}

namespace detail {

inline void require_range(double lower, double upper) {
  if (!(lower < upper) || !std::isfinite(upper - lower)) {
    throw ValueError(
        joined({"axis: ", to_text(lower), " to ", to_text(upper), ", wanted a finite range that ascends"}));
  }
}

inline std::string decade_label(int exponent) {
  return exponent == 0 ? "1" : exponent == 1 ? "10" : joined({"10^", count_text(exponent)});
}

}  // namespace detail

// About `wanted` ticks within [lower, upper], all labels with the same decimals.
[[gnu::noinline]] inline std::vector<Tick> linear_ticks(double lower, double upper, int wanted = 6) {
  detail::require_range(lower, upper);
  const double step = nice_number((upper - lower) / wanted);
  const int exponent = static_cast<int>(std::floor(std::log10(step) + 1e-9));
  const double largest = std::max(std::abs(lower), std::abs(upper));
  const bool plain = exponent >= -4 && largest < 1e6;
  const int digits = std::max(0, static_cast<int>(std::floor(std::log10(largest) + 1e-9)) - exponent);
  std::vector<Tick> ticks;
  for (double k = std::ceil(lower / step - 1e-6); k <= upper / step + 1e-6; k += 1) {
    const double value = k == 0 ? 0.0 : k * step;
    char label[48];
    if (plain || k == 0) {
      std::snprintf(label, sizeof label, "%.*f", plain ? std::max(0, -exponent) : 0, value);
    } else {
      std::snprintf(label, sizeof label, "%.*e", std::min(digits, 12), value);
    }
    ticks.push_back({value, label});
    if (ticks.size() > 1000) break;
  }
  return ticks;
}

// Powers of ten within [lower, upper], thinned to about `wanted` or with minor ticks between them; on less than a
// decade, the linear ticks.
[[gnu::noinline]] inline std::vector<Tick> logarithmic_ticks(double lower, double upper, int wanted = 6) {
  require(lower > 0, "lower end of a logarithmic axis", lower, "more than 0");
  detail::require_range(lower, upper);
  const int first = static_cast<int>(std::ceil(std::log10(lower) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(upper) + 1e-9));
  if (last <= first) return linear_ticks(lower, upper, wanted);
  const int stride = (last - first) / wanted + 1;
  std::vector<Tick> ticks;
  for (int exponent = first; exponent <= last; exponent += stride) {
    ticks.push_back({std::pow(10.0, exponent), detail::decade_label(exponent)});
  }
  for (int exponent = first - 1; stride == 1 && exponent <= last; ++exponent) {
    for (int digit = 2; digit <= 9; ++digit) {
      const double value = digit * std::pow(10.0, exponent);
      if (value >= lower && value <= upper) ticks.push_back({value, ""});
    }
  }
  return ticks;
}

}  // namespace ebm
