// Two arms of a spiral, each drawn with a pen of square tip and blurred:
//   +-(-t cos t + u / 2, t sin t + v / 2) / 3 + N(0, noise^2 I),   t = 3 pi sqrt(w), u, v, w ~ U(0, 1)
// FFJORD's toy (Grathwohl et al. 2019). Given t each coordinate is a uniform of width 1/6 plus a Gaussian, the density
// of which is a difference of error functions; the integral over t is a composite Gauss-Legendre sum.
// Entropy 2.645450 nats.
#pragma once

#include <ebm/datasets/curve_density.hpp>
#include <ebm/datasets/special_functions.hpp>

namespace ebm {

struct TwoSpirals {
  double noise = 0.1;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "two spirals"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    check();
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const auto corner = on_spiral(kLast * sqrt(stream.uniform(row, 0)));
      const double sign = stream.integer(row, 0, 2) == 0 ? 1.0 : -1.0;
      const double x = fma(kPen, stream.uniform(row, 2), corner.x), y = fma(kPen, stream.uniform(row, 3), corner.y);
      return detail::PlanePoint{fma(noise, stream.normal(row, 0), sign * x),
                                fma(noise, stream.normal(row, 1), sign * y)};
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    using V = Pack<double>;
    const V inverse_sd(1.0 / noise), half_width(0.5 * kPen / noise);
    Values<double> result = pen_centers().log_sum(
        points,
        [&](V dx, V dy, V log_mass) {
          const V beyond_x = maximum(abs(dx * inverse_sd) - half_width, V(0.0));
          const V beyond_y = maximum(abs(dy * inverse_sd) - half_width, V(0.0));
          return fma(fma(beyond_x, beyond_x, beyond_y * beyond_y), V(-0.5), log_mass);
        },
        [&](V dx, V dy) {
          return blurred_box(abs(dx * inverse_sd), half_width) * blurred_box(abs(dy * inverse_sd), half_width);
        });
    for (double& value : result) value -= 2.0 * log(kPen);
    return result;
  }

  Box<2> domain() const { return detail::square_box(fma(detail::kDomainSds, noise, kLast / 3.0 + kPen)); }

  double entropy() const { return detail::grid_entropy(*this, 0.25 * noise); }

 private:
  static constexpr double kLast = 3.0 * detail::kPi, kPen = 1.0 / 6.0;

  static detail::PlanePoint on_spiral(double t) {
    const auto [sine, cosine] = sin_cos(t);
    return {-t * cosine / 3.0, t * sine / 3.0};
  }

  // The arc up to t is nearly t^2 / 6: panels of equal length have ends equally spaced in t^2.
  detail::CurveNodes pen_centers() const {
    const detail::GaussLegendre rule;
    detail::CurveNodes nodes;
    const Index panels = detail::panels_for(kLast * kLast / 6.0, noise);
    const auto end = [&](Index i) {
      return sqrt(kLast * kLast * static_cast<double>(i) / static_cast<double>(panels));
    };
    for (const double sign : {1.0, -1.0}) {
      for (Index i = 0; i < panels; ++i) {
        rule.panel(end(i), end(i + 1), [&](double t, double weight) {
          const auto corner = on_spiral(t);
          const double x = corner.x + 0.5 * kPen, y = corner.y + 0.5 * kPen;
          nodes.add({sign * x, sign * y}, weight * t / (kLast * kLast));
        });
      }
    }
    return nodes;
  }

  // P(z - a < N(0, 1) < z + a) / exp(-max(z - a, 0)^2 / 2) for z >= 0, a > 0.
  EBM_INLINE static Pack<double> blurred_box(Pack<double> z, Pack<double> a) {
    using V = Pack<double>;
    const V sqrt_half(0.70710678118654752), half(0.5);
    const V gap = z - a;
    const V near_edge = half * detail::scaled_erfc(abs(gap) * sqrt_half),
            far_edge = half * detail::scaled_erfc((z + a) * sqrt_half);
    const V ratio = exp(V(-2.0) * z * a);
    const V inside = fma(-exp(gap * gap * V(-0.5)), fma(far_edge, ratio, near_edge), V(1.0));
    return select(gap < V(0.0), inside, fma(-far_edge, ratio, near_edge));
  }

  void check() const { require(noise > 0.0 && noise < 1e6, "noise", noise, "a positive number"); }
};

}  // namespace ebm
