// Banana: a Gaussian bent along a parabola, without a change of volume (Haario, Saksman & Tamminen 1999).
//
//   E(x) = x_1^2 / (2 s^2) + (x_2 - bend (x_1^2 - s^2))^2 / 2
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/energies/coordinates.hpp>
#include <ebm/energies/parameter_ranges.hpp>

namespace ebm {

template <class S = float>
class Banana {
 public:
  using Scalar = S;
  static constexpr int dim = 2;

  explicit Banana(double sd = 2.0, double bend = 0.5) : sd_(sd), bend_(bend) {
    detail::require_scale("sd", sd);
    require(std::abs(bend) < 1e15, "bend", bend, "a finite number");
  }

  double sd() const { return sd_; }
  double bend() const { return bend_; }

  template <class V>
  EBM_INLINE V lane_value(const std::array<V, 2>& x) const {
    std::array<V, 2> gradient;
    return lane_value_and_gradient(x, gradient);
  }
  template <class V>
  EBM_INLINE V lane_value_and_gradient(const std::array<V, 2>& x, std::array<V, 2>& gradient) const {
    const V variance(static_cast<Scalar>(sd_ * sd_)), precision(static_cast<Scalar>(1 / (sd_ * sd_)));
    const V offset = fma(V(static_cast<Scalar>(-bend_)), fma(x[0], x[0], -variance), x[1]);
    const V scaled = precision * x[0];
    gradient[0] = fma(V(static_cast<Scalar>(-2 * bend_)) * offset, x[0], scaled);
    gradient[1] = offset;
    return V(Scalar(0.5)) * fma(scaled, x[0], offset * offset);
  }

  Eigen::Vector2d mean() const { return {0.0, 0.0}; }
  Eigen::Matrix2d covariance() const {
    Eigen::Matrix2d result;
    result(0, 0) = sd_ * sd_;
    result(0, 1) = result(1, 0) = 0;
    result(1, 1) = 1 + 2 * bend_ * bend_ * sd_ * sd_ * sd_ * sd_;
    return result;
  }
  double log_partition() const { return ebm::log(6.283185307179586 * sd_); }
  Box<2> domain() const {
    const double turn = -bend_ * sd_ * sd_, tips = bend_ * sd_ * sd_ * 48;  // x_2 - noise at x_1 = 0 and at 7 sd
    return {{-7 * sd_, std::min(turn, tips) - 7}, {7 * sd_, std::max(turn, tips) + 7}};
  }

  Points<double, 2> sample(Index count, Rng& rng) const {
    const Stream stream = rng.stream();
    Points<double, 2> points(count, 2);
    for (Index row = 0; row < count; ++row) {
      const std::uint32_t chain = static_cast<std::uint32_t>(row);
      const double x = sd_ * stream.normal(chain, 0);
      points(row, 0) = x;
      points(row, 1) = fma(bend_, fma(x, x, -sd_ * sd_), stream.normal(chain, 1));
    }
    return points;
  }

 private:
  double sd_, bend_;
};

}  // namespace ebm
