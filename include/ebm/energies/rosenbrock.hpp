// Rosenbrock: a narrow curved valley, of any dimension, that can be sampled exactly.
//
//   E(x) = a (x_1 - mu)^2 + b sum_i (x_(i+1) - x_i^2)^2
//
// One block of the hybrid Rosenbrock density of Pagani, Wiegand & Nadarajah 2022: each coordinate is normal given the
// one before, so Z = sqrt(pi / a) (pi / b)^((Dim-1)/2). The defaults in two dimensions are Goodman & Weare's of 2010.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/energies/coordinates.hpp>

namespace ebm {

struct RosenbrockShape {
  double a = 0.05;
  double b = 5.0;
  double mu = 1.0;
};

template <class S, int Dim>
class Rosenbrock : public detail::ByCoordinates<Rosenbrock<S, Dim>, S, Dim> {
 public:
  using Scalar = S;
  static constexpr int dim = Dim;
  static_assert(Dim == Dynamic || Dim > 1, "Rosenbrock: at least two coordinates");

  explicit Rosenbrock(RosenbrockShape shape = {}) requires(Dim != Dynamic) : Rosenbrock(shape, Dim) {}
  Rosenbrock(RosenbrockShape shape, Index dimension) : shape_(shape), dimension_(dimension) {
    require(shape.a > 0 && shape.a < 1e30, "a", shape.a, "a positive number");
    require(shape.b > 0 && shape.b < 1e30, "b", shape.b, "a positive number");
    require(std::abs(shape.mu) < 1e15, "mu", shape.mu, "a finite number");
    require(dimension > 1 && (Dim == Dynamic || dimension == Dim), "dimension", static_cast<double>(dimension),
            "two or more, and the static one");
  }

  Index dimension() const { return dimension_; }
  const RosenbrockShape& shape() const { return shape_; }

  double log_partition() const {
    return 0.5 * fma(static_cast<double>(dimension_ - 1), ebm::log(kPi / shape_.b), ebm::log(kPi / shape_.a));
  }
  // Moments and domain in two dimensions alone: beyond, the tails are so long that no sample and no grid shows them.
  Eigen::Vector2d mean() const requires(Dim == 2) { return {shape_.mu, shape_.mu * shape_.mu + variance()}; }
  Eigen::Matrix2d covariance() const requires(Dim == 2) {
    const double v = variance(), mu = shape_.mu;
    Eigen::Matrix2d result;
    result << v, 2 * mu * v, 2 * mu * v, 2 * v * v + 4 * mu * mu * v + 0.5 / shape_.b;
    return result;
  }
  Box<2> domain() const requires(Dim == 2) {
    const double side = 7 * std::sqrt(variance()), tip = std::abs(shape_.mu) + side,
                 noise = 7 * std::sqrt(0.5 / shape_.b);
    return {{shape_.mu - side, -noise}, {shape_.mu + side, tip * tip + noise}};
  }

  Points<double, Dim> sample(Index count, Rng& rng) const {
    const Stream stream = rng.stream();
    Points<double, Dim> points(count, dimension_);
    for (Index row = 0; row < count; ++row) {
      double centre = shape_.mu, sd = std::sqrt(variance());
      for (Index i = 0; i < dimension_; ++i) {
        const double x = fma(sd, stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i)), centre);
        points(row, i) = x, centre = x * x, sd = std::sqrt(0.5 / shape_.b);
      }
    }
    return points;
  }

 private:
  friend detail::ByCoordinates<Rosenbrock, S, Dim>;

  template <class X, class Gradient>
  EBM_INLINE auto compute(X x, Gradient gradient) const {
    using V = typename X::Value;
    const V b(static_cast<Scalar>(shape_.b)), two_b(static_cast<Scalar>(2 * shape_.b));
    V previous{}, from_left{}, sum{};
    detail::for_each_coordinate<Dim>(
        dimension_, [&](auto i) __attribute__((always_inline)) {
          const V here = x(i);
          if (i == 0) {
            const V offset = here - V(static_cast<Scalar>(shape_.mu)),
                    scaled = V(static_cast<Scalar>(shape_.a)) * offset;
            sum = scaled * offset, from_left = scaled + scaled;
          } else {
            const V offset = fma(-previous, previous, here), slope = two_b * offset;
            sum = fma(b * offset, offset, sum);
            gradient(static_cast<Index>(i) - 1, fma(slope, V(Scalar(-2)) * previous, from_left));
            from_left = slope;
          }
          previous = here;
        });
    gradient(dimension_ - 1, from_left);
    return sum;
  }

  static constexpr double kPi = 3.141592653589793;
  double variance() const { return 0.5 / shape_.a; }

  RosenbrockShape shape_;
  Index dimension_;
};

}  // namespace ebm
