// A spiral with Gaussian noise, as sklearn's make_swiss_roll seen from its side:
//   (t cos t, t sin t) / 5 + N(0, (noise / 5)^2 I),   t = 1.5 pi (1 + 2 u), u ~ U(0, 1)
// FFJORD's toy (Grathwohl et al. 2019). Entropy 2.669646 nats.
#pragma once

#include <ebm/datasets/curve_density.hpp>

namespace ebm {

struct SwissRoll {
  double noise = 1.0;  // standard deviation before the division by 5

  static constexpr int dim = 2;
  static constexpr const char* name() { return "swiss roll"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    check();
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const auto center = on_roll(fma(kLast - kFirst, stream.uniform(row, 0), kFirst));
      return detail::PlanePoint{fma(0.2 * noise, stream.normal(row, 0), center.x),
                                fma(0.2 * noise, stream.normal(row, 1), center.y)};
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    const detail::GaussLegendre rule;
    detail::CurveNodes nodes;
    // The arc up to t is nearly t^2 / 10: panels of equal length have ends equally spaced in t^2.
    const double first = kFirst * kFirst, last = kLast * kLast;
    const Index panels = detail::panels_for(0.1 * (last - first), 0.2 * noise);
    const auto end = [&](Index i) {
      return sqrt(fma((last - first) / static_cast<double>(panels), static_cast<double>(i), first));
    };
    for (Index i = 0; i < panels; ++i) {
      rule.panel(end(i), end(i + 1),
                 [&](double t, double weight) { nodes.add(on_roll(t), weight / (kLast - kFirst)); });
    }
    return detail::curve_log_density(nodes, 0.2 * noise, points);
  }

  Box<2> domain() const { return detail::square_box(0.2 * fma(detail::kDomainSds, noise, kLast)); }

  double entropy() const { return detail::grid_entropy(*this, 0.05 * noise); }

 private:
  static constexpr double kFirst = 1.5 * detail::kPi, kLast = 4.5 * detail::kPi;

  static detail::PlanePoint on_roll(double t) {
    const auto [sine, cosine] = sin_cos(t);
    return {0.2 * t * cosine, 0.2 * t * sine};
  }
  void check() const { require(noise > 0.0 && noise < 1e6, "noise", noise, "a positive number"); }
};

}  // namespace ebm
