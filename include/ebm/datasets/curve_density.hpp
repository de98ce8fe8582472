// A curve with a density along it, blurred by an isotropic Gaussian:
//   p(x) = int w(t) N(x; c(t), s^2 I) dt
// by composite Gauss-Legendre quadrature, in the logarithm so that it holds far away. With panels four standard
// deviations long the error of log p is 1e-7 where log p > -80, 1e-4 at -300 and 1e-2 at -1000.
#pragma once

#include <ebm/datasets/gauss_legendre.hpp>
#include <ebm/datasets/plane.hpp>

namespace ebm::detail {

// Points on a curve that stand for it, each with the logarithm of its mass, eight at a time.
class CurveNodes {
 public:
  void add(PlanePoint point, double mass) { nodes_.push_back({point, log(mass)}); }

  // log sum_k factor(dx, dy) exp(exponent(dx, dy, log m_k)) with (dx, dy) from node k to each row. Nodes below e^-40 of
  // the largest exponential are dropped.
  template <class Exponent, class Factor>
  Values<double> log_sum(const Points<double, 2>& points, Exponent exponent, Factor factor) const {
    using V = Pack<double>;
    constexpr Index lanes = kLanes<double>, group = 4 * lanes;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Index count = static_cast<Index>(nodes_.size()), padded = (count + group - 1) / group * group;
    Workspace workspace;
    double *x = workspace.take<double>(padded), *y = workspace.take<double>(padded);
    double *log_mass = workspace.take<double>(padded), *exponents = workspace.take<double>(padded);
    double* group_largest = workspace.take<double>(padded / 4);
    for (Index k = 0; k < padded; ++k) {
      const Node& node = nodes_[static_cast<std::size_t>(std::min(k, count - 1))];
      x[k] = node.point.x, y[k] = node.point.y, log_mass[k] = k < count ? node.log_mass : -infinity;
    }
    Values<double> result(points.rows());
    for (Index row = 0; row < points.rows(); ++row) {
      const double row_x = points(row, 0), row_y = points(row, 1);
      if (!(row_x == row_x && row_y == row_y)) {
        result[row] = std::numeric_limits<double>::quiet_NaN();
        continue;
      }
      const V px(row_x), py(row_y);
      alignas(kAlignment) double lane[lanes];
      V largest[kPacks<double>], total[kPacks<double>];
      for (int p = 0; p < kPacks<double>; ++p) largest[p] = V(-infinity), total[p] = V(0.0);
      for (Index first = 0; first < padded; first += group) {
        for (int p = 0; p < kPacks<double>; ++p) {
          V here(-infinity);
          for (Index k = first + p * V::size; k < first + group; k += lanes) {
            const V value = exponent(px - V::load(x + k), py - V::load(y + k), V::load(log_mass + k));
            value.store(exponents + k);
            here = maximum(here, value);
          }
          here.store(group_largest + first / 4 + p * V::size);
          largest[p] = maximum(largest[p], here);
        }
      }
      for (int p = 0; p < kPacks<double>; ++p) largest[p].store(lane + p * V::size);
      const double top = *std::max_element(lane, lane + lanes);
      if (!(top > -infinity)) {
        result[row] = top;
        continue;
      }
      const V floor(top - 40.0);
      for (Index first = 0; first < padded; first += group) {
        for (int p = 0; p < kPacks<double>; ++p) {
          if (!any_positive(V::load(group_largest + first / 4 + p * V::size) - floor)) continue;
          for (Index k = first + p * V::size; k < first + group; k += lanes) {
            const V value = V::load(exponents + k);
            const V term = exp_in_range(maximum(value, floor) - V(top));
            const V sum = fma(term, factor(px - V::load(x + k), py - V::load(y + k)), total[p]);
            total[p] = select(floor < value, sum, total[p]);
          }
        }
      }
      for (int p = 0; p < kPacks<double>; ++p) total[p].store(lane + p * V::size);
      result[row] = top + log(sum_lanes<double>(lane));
    }
    return result;
  }

 private:
  struct Node {
    PlanePoint point;
    double log_mass;
  };
  std::vector<Node> nodes_;
};

// Panels no longer than four standard deviations of the noise.
inline Index panels_for(double length, double noise) {
  return std::max<Index>(2, static_cast<Index>(std::ceil(length / (4.0 * noise))));
}

// log p of each row for noise of standard deviation `noise`.
inline Values<double> curve_log_density(const CurveNodes& nodes, double noise, const Points<double, 2>& points) {
  using V = Pack<double>;
  const V precision(1.0 / (noise * noise));
  Values<double> result = nodes.log_sum(
      points, [&](V dx, V dy, V log_mass) { return fma(fma(dx, dx, dy * dy), V(-0.5) * precision, log_mass); },
      [](V, V) { return V(1.0); });
  const double log_scale = -kLogTwoPi - 2.0 * log(noise);
  for (double& value : result) value += log_scale;
  return result;
}

}  // namespace ebm::detail
