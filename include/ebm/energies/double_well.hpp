// DoubleWell: two wells in every coordinate, 2^Dim modes of equal weight.
//
//   E(x) = height sum_i (x_i^2 - 1)^2        p factorises over the coordinates
//
// Moments and log Z come from the trapezoidal rule in one dimension, which converges geometrically here (Trefethen &
// Weideman 2014); samples from rejection: |x| from N(1, 1/(2 height)) is kept with probability
// exp(-height (|x| - 1)^2 ((|x| + 1)^2 - 1)).
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/energies/coordinates.hpp>

namespace ebm {

template <class S, int Dim>
class DoubleWell : public detail::ByCoordinates<DoubleWell<S, Dim>, S, Dim> {
 public:
  using Scalar = S;
  static constexpr int dim = Dim;

  explicit DoubleWell(double height = 1.0) requires(Dim != Dynamic) : DoubleWell(height, Dim) {}
  DoubleWell(double height, Index dimension) : height_(height), dimension_(dimension) {
    require(height > 0 && height < 1e30, "height", height, "a positive number");
    require(dimension > 0 && (Dim == Dynamic || dimension == Dim), "dimension", static_cast<double>(dimension),
            "the static one");
  }

  Index dimension() const { return dimension_; }
  double height() const { return height_; }

  Eigen::Matrix<double, Dim, 1> mean() const { return Eigen::Matrix<double, Dim, 1>::Zero(dimension_); }
  Eigen::Matrix<double, Dim, Dim> covariance() const {
    return Eigen::Matrix<double, Dim, Dim>::Identity(dimension_, dimension_) * (integral(2) / integral(0));
  }
  double log_partition() const { return static_cast<double>(dimension_) * ebm::log(integral(0)); }
  Box<Dim> domain() const {
    const typename Box<Dim>::Corner corner = Box<Dim>::Corner::Constant(dimension_, reach());
    return {-corner, corner};
  }

  Points<double, Dim> sample(Index count, Rng& rng) const {
    const Stream stream = rng.stream();
    Points<double, Dim> points(count, dimension_);
    for (Index row = 0; row < count; ++row) {
      for (Index i = 0; i < dimension_; ++i)
        points(row, i) = draw(stream, static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i) << 32);
    }
    return points;
  }

 private:
  friend detail::ByCoordinates<DoubleWell, S, Dim>;

  template <class X, class Gradient>
  EBM_INLINE auto compute(X x, Gradient gradient) const {
    using V = typename X::Value;
    const V height(static_cast<Scalar>(height_)), slope(static_cast<Scalar>(4 * height_));
    V sum(Scalar(0));
    detail::for_each_coordinate<Dim>(
        dimension_, [&](auto i) __attribute__((always_inline)) {
          const V excess = fma(x(i), x(i), V(Scalar(-1)));
          sum = fma(excess, excess, sum);
          gradient(i, slope * excess * x(i));
        });
    return height * sum;
  }

  // Beyond it lies less than 1e-9 of the mass.
  double reach() const { return std::sqrt(1.0 + std::sqrt(40.0 / height_)); }

  // Of x^power exp(-height (x^2 - 1)^2), power even: over both wells, or twice over one where the barrier parts them.
  double integral(int power) const {
    constexpr int points = 4000;
    const bool parted = height_ > 40;
    const double lower = parted ? std::sqrt(1.0 - std::sqrt(40.0 / height_)) : -reach();
    const double step = (reach() - lower) / points;
    double sum = 0;
    for (int i = 1; i < points; ++i) {
      const double x = fma(static_cast<double>(i), step, lower), excess = fma(x, x, -1.0);
      sum = fma(pow(x, power), ebm::exp(-height_ * excess * excess), sum);
    }
    return sum * step * (parted ? 2.0 : 1.0);
  }

  double draw(const Stream& stream, std::uint32_t chain, std::uint64_t first) const {
    for (std::uint64_t attempt = first;; ++attempt) {
      const double x = 1.0 + stream.normal(chain, attempt) / std::sqrt(2 * height_);
      const double refused = height_ * (x - 1) * (x - 1) * (x * (x + 2));
      if (x >= 0 && stream.uniform(chain, 2 * attempt) < ebm::exp(-refused))
        return stream.uniform(chain, 2 * attempt + 1) < 0.5 ? x : -x;
    }
  }

  double height_;
  Index dimension_;
};

}  // namespace ebm
