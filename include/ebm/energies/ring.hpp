// RingEnergy: a Gaussian profile around a circle in the plane.
//
//   E(x) = (|x| - radius)^2 / (2 width^2)
//
// With J_n the integral of r^n exp(-E) over r > 0: log Z = log(2 pi J_1), covariance = J_3 / (2 J_1) I, and
//   J_n = radius J_(n-1) + (n-1) width^2 J_(n-2)  for n > 1 (by parts).
// Samples by rejection: the density of r is r exp(-E), log r lies below its tangent at the mode m, so r from
// N(m, width^2) is kept with probability (r / m) exp(1 - r / m).
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/energies/coordinates.hpp>
#include <ebm/energies/parameter_ranges.hpp>

namespace ebm {

template <class S = float>
class RingEnergy {
 public:
  using Scalar = S;
  static constexpr int dim = 2;

  explicit RingEnergy(double radius = 2.0, double width = 0.2) : radius_(radius), width_(width) {
    require(radius >= 0 && radius < 1e15, "radius", radius, "a number that is not negative");
    detail::require_scale("width", width);
  }

  double radius() const { return radius_; }
  double width() const { return width_; }

  template <class V>
  EBM_INLINE V lane_value(const std::array<V, 2>& x) const {
    const V offset = sqrt(fma(x[0], x[0], x[1] * x[1])) - V(static_cast<Scalar>(radius_));
    return half_precision<V>() * offset * offset;
  }
  // At the centre, where |x| has no gradient, it is 0.
  template <class V>
  EBM_INLINE V lane_value_and_gradient(const std::array<V, 2>& x, std::array<V, 2>& gradient) const {
    const V r = sqrt(fma(x[0], x[0], x[1] * x[1]));
    const V offset = r - V(static_cast<Scalar>(radius_)), scaled = half_precision<V>() * offset;
    const V slope = (scaled + scaled) / maximum(r, V(std::numeric_limits<Scalar>::min()));
    const auto at_centre = r < V(std::numeric_limits<Scalar>::min());
    for (std::size_t i = 0; i < 2; ++i) gradient[i] = select(at_centre, V(Scalar(0)), slope * x[i]);
    return scaled * offset;
  }

  Eigen::Vector2d mean() const { return {0.0, 0.0}; }
  Eigen::Matrix2d covariance() const {
    const double w2 = width_ * width_, j2 = radius_ * moment_1() + w2 * moment_0(),
                 j3 = radius_ * j2 + 2 * w2 * moment_1();
    Eigen::Matrix2d result;
    result(0, 0) = result(1, 1) = j3 / (2 * moment_1());
    result(0, 1) = result(1, 0) = 0;
    return result;
  }
  double log_partition() const { return ebm::log(6.283185307179586 * moment_1()); }
  Box<2> domain() const {
    const double reach = radius_ + 8 * width_;
    return {{-reach, -reach}, {reach, reach}};
  }

  Points<double, 2> sample(Index count, Rng& rng) const {
    const Stream stream = rng.stream();
    const double mode = 0.5 * (radius_ + std::sqrt(fma(radius_, radius_, 4 * width_ * width_)));
    Points<double, 2> points(count, 2);
    for (Index row = 0; row < count; ++row) {
      const std::uint32_t chain = static_cast<std::uint32_t>(row);
      for (std::uint64_t attempt = 0;; ++attempt) {
        const double r = fma(width_, stream.normal(chain, attempt), mode);
        if (r > 0 && stream.uniform(chain, 2 * attempt) < r / mode * ebm::exp(1 - r / mode)) {
          const auto [sine, cosine] = sin_cos(6.283185307179586 * stream.uniform(chain, 2 * attempt + 1));
          points(row, 0) = r * cosine, points(row, 1) = r * sine;
          break;
        }
      }
    }
    return points;
  }

 private:
  template <class V>
  EBM_INLINE V half_precision() const {
    return V(static_cast<Scalar>(0.5 / (width_ * width_)));
  }
  double moment_0() const { return 1.2533141373155003 * width_ * std::erfc(-radius_ / (1.4142135623730951 * width_)); }
  double moment_1() const {
    const double ratio = radius_ / width_;
    return fma(radius_, moment_0(), width_ * width_ * ebm::exp(-0.5 * ratio * ratio));
  }

  double radius_, width_;
};

}  // namespace ebm
