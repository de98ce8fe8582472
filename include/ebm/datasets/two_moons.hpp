// Two interleaved half circles with Gaussian noise, as sklearn's make_moons, times 2 and moved by (-1, -0.2):
//   upper (cos t, sin t), lower (1 - cos t, 0.5 - sin t), t ~ U(0, pi)
// FFJORD's toy (Grathwohl et al. 2019). Entropy 2.393879 nats at noise 0.1, 1.675528 at 0.05.
#pragma once

#include <ebm/datasets/curve_density.hpp>

namespace ebm {

struct TwoMoons {
  double noise = 0.1;  // standard deviation before the scaling by 2

  static constexpr int dim = 2;
  static constexpr const char* name() { return "two moons"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    check();
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const auto center = on_moon(stream.integer(row, 0, 2) == 0, detail::kPi * stream.uniform(row, 0));
      return detail::PlanePoint{fma(2.0 * noise, stream.normal(row, 0), center.x),
                                fma(2.0 * noise, stream.normal(row, 1), center.y)};
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    const detail::GaussLegendre rule;
    detail::CurveNodes nodes;
    for (const bool upper : {true, false}) {
      rule.panels(0.0, detail::kPi, detail::panels_for(2.0 * detail::kPi, 2.0 * noise),
                  [&](double t, double weight) { nodes.add(on_moon(upper, t), 0.5 * weight / detail::kPi); });
    }
    return detail::curve_log_density(nodes, 2.0 * noise, points);
  }

  Box<2> domain() const {
    const double margin = 2.0 * detail::kDomainSds * noise;
    return {{-3.0 - margin, -1.2 - margin}, {3.0 + margin, 1.8 + margin}};
  }

  double entropy() const { return detail::grid_entropy(*this, 0.5 * noise); }

 private:
  static detail::PlanePoint on_moon(bool upper, double t) {
    const auto [sine, cosine] = sin_cos(t);
    return upper ? detail::PlanePoint{fma(2.0, cosine, -1.0), fma(2.0, sine, -0.2)}
                 : detail::PlanePoint{fma(-2.0, cosine, 1.0), fma(-2.0, sine, 0.8)};
  }
  void check() const { require(noise > 0.0 && noise < 1e6, "noise", noise, "a positive number"); }
};

}  // namespace ebm
