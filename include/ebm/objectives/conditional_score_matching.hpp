// Score matching for regression: the slope of log p(y | x) in y is learned, of which Z(x) is no part. Rows are (x, y).
//
//   ConditionalScoreMatching           (dE/dy)^2 / 2 - d^2E/dy^2                           Hyvarinen 2005
//   ConditionalDenoisingScoreMatching  (dE/dy(y + sigma z) - z / sigma)^2 / 2, z ~ N(0, 1)   Vincent 2011
//
// each of which is least, in expectation over y, for the true p(y | x); the second for p(y | x) * N(0, sigma^2), that
// of the noisy target. Both learn the shape of p near targets only: how much of it lies in each of several modes that
// hardly meet is not told by slopes.
//
// The second derivative is (dE/dy(y + h) - dE/dy(y - h)) / 2h, as Pang et al. 2020 have it for score matching: its mean
// over (y - h, y + h), wrong by h^2 / 6 d^4E/dy^4 + O(h^4). The gradient is exactly that of the loss so computed.
// The reported data_energy is the loss.
#pragma once

#include <ebm/objectives/target_slopes.hpp>

namespace ebm {

namespace detail {
template <class Rule, class E>
TargetSlopes<E, Rule> slope_estimator(const Rule& rule, const E& energy, Minibatch<typename E::Scalar, E::dim> data,
                                      Rng& rng, Index workers) {
  static_assert(DifferentiableEnergy<E> && HasMixedGradient<E>,
                "ebm: score matching needs an energy that has gradients and add_mixed_gradient");
  rule.check();
  return {rule, energy, data, rng, workers};
}

}  // namespace detail

struct ConditionalScoreMatching {
  double difference = 1e-3;  // h, in the targets' units

  Index copies() const { return 3; }
  double target(const Stream&, std::uint32_t, std::uint64_t, Index copy, double y) const {
    return copy == 0 ? y : copy == 1 ? y + difference : y - difference;
  }
  void check() const { require(difference > 0 && difference < 1e30, "difference", difference, "more than 0"); }

  double weigh(std::span<const double> offsets, std::span<const double> slopes, std::span<double> weights) const {
    weights[0] = slopes[0];
    weights[2] = 1.0 / (offsets[1] - offsets[2]);
    weights[1] = -weights[2];
    return ebm::fma(0.5 * slopes[0], slopes[0], (slopes[1] - slopes[2]) * weights[1]);
  }

  template <TrainableEnergy E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return detail::slope_estimator(*this, energy, data, rng, workers);
  }
};

struct ConditionalDenoisingScoreMatching {
  double noise = 0.025;  // sigma, in the targets' units
  Index count = 128;     // noisy targets a row

  Index copies() const { return count; }
  double target(const Stream& stream, std::uint32_t row, std::uint64_t index, Index, double y) const {
    return ebm::fma(noise, stream.normal(row, index), y);
  }
  void check() const {
    require(noise > 0 && noise < 1e30, "noise", noise, "more than 0");
    require(count >= 1, "count", static_cast<double>(count), "at least 1");
  }

  double weigh(std::span<const double> offsets, std::span<const double> slopes, std::span<double> weights) const {
    double sum = 0;
    for (std::size_t j = 0; j < slopes.size(); ++j) {
      const double difference = ebm::fma(-1.0 / (noise * noise), offsets[j], slopes[j]);
      sum = ebm::fma(0.5 * difference, difference, sum);
      weights[j] = difference / static_cast<double>(count);
    }
    return sum / static_cast<double>(count);
  }

  template <TrainableEnergy E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return detail::slope_estimator(*this, energy, data, rng, workers);
  }
};

}  // namespace ebm
