// Schedule: the factor on the learning rate at each iteration.
//
// A linear rise over the first `warmup` iterations (at most a tenth of all), times one of
//   constant  1
//   linear    1 -> final_fraction
//   cosine    final_fraction + (1 - final_fraction) (1 + cos(pi t / total)) / 2      Loshchilov & Hutter 2017, eq. 5
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>

#include <algorithm>

namespace ebm {

struct Schedule {
  enum class Shape { constant, linear, cosine };

  Shape shape = Shape::cosine;
  Index warmup = 100;
  double final_fraction = 0.01;

  void check() const {
    require(warmup >= 0, "schedule.warmup", static_cast<double>(warmup), "at least 0");
    require(final_fraction > 0 && final_fraction <= 1, "schedule.final_fraction", final_fraction,
            "more than 0, at most 1");
  }

  double operator()(Index iteration, Index total) const {
    const Index rise = std::min(warmup, total / 10);
    const double risen = iteration < rise ? static_cast<double>(iteration + 1) / static_cast<double>(rise) : 1.0;
    const double progress = static_cast<double>(iteration) / static_cast<double>(total);
    double left = 1.0;
    if (shape == Shape::linear) left = 1.0 - progress;
    if (shape == Shape::cosine) left = 0.5 * (1.0 + ebm::cos(3.141592653589793 * progress));
    return risen * ebm::fma(1.0 - final_fraction, left, final_fraction);
  }
};

}  // namespace ebm
