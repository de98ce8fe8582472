// What the densities of the plane share: rows drawn one by one, rows evaluated a register at a time, and the logarithm
// of a sum of many terms at each point.
#pragma once

#include <ebm/concepts/density.hpp>
#include <ebm/core/function_ref.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/core/workspace.hpp>

#include <algorithm>

namespace ebm::detail {

struct PlanePoint {
  double x, y;
};

inline constexpr double kPi = 3.14159265358979323846, kLogTwoPi = 1.8378770664093454836;

// Standard deviations that leave less than 2e-10 of a plane Gaussian's mass outside a square.
inline constexpr double kDomainSds = 6.5;

// A square about the origin.
inline Box<2> square_box(double half_width) { return {{-half_width, -half_width}, {half_width, half_width}}; }

// Row i is draw(stream, i), so that any prefix of the rows is the same whatever the count.
inline Points<double, 2> draw_rows(Index count, Rng& rng, FunctionRef<PlanePoint(const Stream&, std::uint32_t)> draw) {
  require(count >= 0 && count <= (Index{1} << 32), "count", static_cast<double>(count), "0 to 2^32");
  const Stream stream = rng.stream();
  Points<double, 2> rows(count, 2);
  for (Index i = 0; i < count; ++i) {
    const PlanePoint point = draw(stream, static_cast<std::uint32_t>(i));
    rows(i, 0) = point.x;
    rows(i, 1) = point.y;
  }
  return rows;
}

// function(x, y) of each row, NaN where a coordinate is. The last register is padded with the last row.
inline Values<double> map_rows(const Points<double, 2>& points,
                               FunctionRef<Pack<double>(Pack<double>, Pack<double>)> function) {
  constexpr Index size = Pack<double>::size;
  const Index count = points.rows();
  const double *xs = points.data(), *ys = xs + count;
  Values<double> result(count);
  for (Index first = 0; first < count; first += size) {
    alignas(kAlignment) double x[size], y[size], values[size];
    for (Index i = 0; i < size; ++i) {
      const Index row = std::min(first + i, count - 1);
      x[i] = xs[row];
      y[i] = ys[row];
    }
    const auto px = Pack<double>::load(x), py = Pack<double>::load(y);
    const Pack<double> value = function(px, py);
    select((px == px) & (py == py), value, Pack<double>(std::numeric_limits<double>::quiet_NaN())).store(values);
    for (Index i = 0; i < std::min(size, count - first); ++i) result[first + i] = values[i];
  }
  return result;
}

// Whether any lane is above zero.
EBM_INLINE bool any_positive(double a) { return a > 0.0; }
EBM_INLINE bool any_positive(Pack<double> a) {
  alignas(kAlignment) double lanes[Pack<double>::size];
  a.store(lanes);
  bool any = false;
  for (const double lane : lanes) any |= lane > 0.0;
  return any;
}

// log sum_k factor(k) exp(exponent(k)), lane by lane.
class LogSum {
 public:
  explicit LogSum(Index terms) : terms_(terms), exponents_(workspace_.take<double>(terms * Pack<double>::size)) {}

  template <class Exponent, class Factor>
  EBM_INLINE Pack<double> operator()(Exponent exponent, Factor factor) const {
    using V = Pack<double>;
    V largest(-std::numeric_limits<double>::infinity()), total(0.0);
    for (Index k = 0; k < terms_; ++k) {
      const V value = exponent(k);
      value.store(exponents_ + k * V::size);
      largest = maximum(largest, value);
    }
    for (Index k = 0; k < terms_; ++k) {
      total = fma(factor(k), exp(V::load(exponents_ + k * V::size) - largest), total);
    }
    return largest + log(total);
  }

  // All factors one.
  template <class Exponent>
  EBM_INLINE Pack<double> operator()(Exponent exponent) const {
    return (*this)(exponent, [](Index) { return Pack<double>(1.0); });
  }

 private:
  Index terms_;
  Workspace workspace_;
  double* exponents_;
};

// -sum p log p over a grid of the domain: for a density that is smooth on the scale of two steps, exact to rounding.
template <Density D>
double grid_entropy(const D& density, double step) {
  const Box<2> box = density.domain();
  const auto nodes = [&](int i) { return static_cast<Index>(std::ceil((box.upper[i] - box.lower[i]) / step)) + 1; };
  Points<double, 2> line(nodes(1), 2);
  double sum = 0.0;
  for (Index i = 0; i < nodes(0); ++i) {
    for (Index j = 0; j < line.rows(); ++j) {
      line(j, 0) = fma(static_cast<double>(i), step, box.lower[0]);
      line(j, 1) = fma(static_cast<double>(j), step, box.lower[1]);
    }
    const Values<double> log_p = density.log_density(line);
    for (Index j = 0; j < line.rows(); ++j) sum = fma(-exp(log_p[j]), log_p[j], sum);
  }
  return sum * step * step;
}

}  // namespace ebm::detail
