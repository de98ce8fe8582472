// Circles about the origin, blurred. For the uniform circle of radius R with Gaussian noise of standard deviation s
//   p(x) = exp(-(r - R)^2 / 2 s^2) exp(-z) I0(z) / (2 pi s^2),   r = |x|, z = r R / s^2
//
// Rings: four of equal weight, FFJORD's toy (Grathwohl et al. 2019), entropy 2.623183 nats.
// Circles: two, as sklearn's make_circles times 3, entropy 3.268136.
// PolarRings: r ~ N(k, s^2) for k = 1..count and a uniform angle, p(x) = mean_k N(r; k, s^2) / (2 pi r), as in Nijkamp,
// Hill et al. 2020, entropy 3.534527. Infinite at the origin: taken as it is at 1e-7 spacings from there.
#pragma once

#include <ebm/datasets/gauss_legendre.hpp>
#include <ebm/datasets/plane.hpp>
#include <ebm/datasets/special_functions.hpp>

namespace ebm {

namespace detail {

// -int 2 pi r p log p dr for a density of |x| alone that changes over lengths of `scale`.
template <Density D>
double radial_entropy(const D& density, double farthest, double scale) {
  const GaussLegendre rule;
  const Index panels = static_cast<Index>(std::ceil(farthest / scale)) + 1;
  Points<double, 2> points(panels * GaussLegendre::size, 2);
  std::vector<double> weights;
  rule.panels(0.0, farthest, panels, [&](double r, double weight) {
    points(static_cast<Index>(weights.size()), 0) = r;
    points(static_cast<Index>(weights.size()), 1) = 0.0;
    weights.push_back(2 * kPi * r * weight);
  });
  const Values<double> log_p = density.log_density(points);
  double sum = 0.0;
  for (Index i = 0; i < log_p.size(); ++i)
    sum = fma(weights[static_cast<std::size_t>(i)], -exp(log_p[i]) * log_p[i], sum);
  return sum;
}

// Radii of equal weight with Gaussian noise in the plane.
inline Values<double> rings_log_density(const std::vector<double>& radii, double sd, const Points<double, 2>& points) {
  const LogSum log_sum(static_cast<Index>(radii.size()));
  const double precision = 1.0 / (sd * sd),
               log_scale = -kLogTwoPi - 2.0 * log(sd) - log(static_cast<double>(radii.size()));
  return map_rows(points, [&](Pack<double> x, Pack<double> y) {
    const Pack<double> r = sqrt(fma(x, x, y * y));
    const auto radius = [&](Index k) { return Pack<double>(radii[static_cast<std::size_t>(k)]); };
    return Pack<double>(log_scale) +
           log_sum([&](Index k) { return square(r - radius(k)) * Pack<double>(-0.5 * precision); },
                   [&](Index k) { return scaled_bessel_i0(r * radius(k) * Pack<double>(precision)); });
  });
}

inline Points<double, 2> sample_rings(const std::vector<double>& radii, double sd, Index count, Rng& rng) {
  return draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
    const double radius = radii[stream.integer(row, 0, radii.size())];
    const auto [sine, cosine] = sin_cos(2 * kPi * stream.uniform(row, 0));
    return PlanePoint{fma(sd, stream.normal(row, 0), radius * cosine), fma(sd, stream.normal(row, 1), radius * sine)};
  });
}

}  // namespace detail

struct Rings {
  int count = 4;
  double spacing = 0.75;  // radii: spacing, 2 spacing, ...
  double sd = 0.08;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "rings"; }

  Points<double, 2> sample(Index rows, Rng& rng) const { return detail::sample_rings(radii(), sd, rows, rng); }
  Values<double> log_density(const Points<double, 2>& points) const {
    return detail::rings_log_density(radii(), sd, points);
  }
  Box<2> domain() const { return detail::square_box(farthest()); }
  double entropy() const { return detail::radial_entropy(*this, farthest(), sd); }

 private:
  double farthest() const { return fma(detail::kDomainSds, sd, radii().back()); }
  std::vector<double> radii() const {
    require(count >= 1, "count", count, "at least 1");
    require(spacing > 0.0, "spacing", spacing, "a positive number");
    require(sd > 0.0, "sd", sd, "a positive number");
    std::vector<double> result;
    for (int k = 1; k <= count; ++k) result.push_back(k * spacing);
    return result;
  }
};

struct Circles {
  double factor = 0.5;  // of the inner radius to the outer
  double noise = 0.08;  // standard deviation where the outer radius is 1
  double scale = 3.0;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "circles"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    return detail::sample_rings(radii(), noise * scale, count, rng);
  }
  Values<double> log_density(const Points<double, 2>& points) const {
    return detail::rings_log_density(radii(), noise * scale, points);
  }
  Box<2> domain() const { return detail::square_box(farthest()); }
  double entropy() const { return detail::radial_entropy(*this, farthest(), noise * scale); }

 private:
  double farthest() const { return radii().back() * fma(detail::kDomainSds, noise, 1.0); }
  std::vector<double> radii() const {
    require(factor > 0.0 && factor <= 1.0, "factor", factor, "a number in (0, 1]");
    require(noise > 0.0, "noise", noise, "a positive number");
    require(scale > 0.0, "scale", scale, "a positive number");
    return {factor * scale, scale};
  }
};

struct PolarRings {
  int count = 4;
  double spacing = 1.0;
  double sd = 0.15;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "polar rings"; }

  Points<double, 2> sample(Index rows, Rng& rng) const {
    check();
    return detail::draw_rows(rows, rng, [&](const Stream& stream, std::uint32_t row) {
      const double ring = 1.0 + stream.integer(row, 0, static_cast<std::uint64_t>(count));
      const double r = fma(sd, stream.normal(row, 0), ring * spacing);
      const auto [sine, cosine] = sin_cos(2 * detail::kPi * stream.uniform(row, 0));
      return detail::PlanePoint{r * cosine, r * sine};
    });
  }

  // A negative r is the point opposite: both signs count.
  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    const detail::LogSum log_sum(2 * count);
    const double log_scale = -1.5 * detail::kLogTwoPi - log(sd * count);
    return detail::map_rows(points, [&](Pack<double> x, Pack<double> y) {
      const Pack<double> r = maximum(sqrt(fma(x, x, y * y)), Pack<double>(1e-7 * spacing));
      const Pack<double> log_mean = log_sum([&](Index k) {
        const double center = static_cast<double>(k / 2 + 1) * spacing;
        return square((r - Pack<double>(k % 2 == 0 ? center : -center)) / Pack<double>(sd)) * Pack<double>(-0.5);
      });
      return log_mean + Pack<double>(log_scale) - log(r);
    });
  }

  Box<2> domain() const { return detail::square_box(farthest()); }
  double entropy() const { return detail::radial_entropy(*this, farthest(), sd); }

 private:
  double farthest() const { return fma(detail::kDomainSds, sd, count * spacing); }
  void check() const {
    require(count >= 1, "count", count, "at least 1");
    require(spacing > 0.0, "spacing", spacing, "a positive number");
    require(sd > 0.0, "sd", sd, "a positive number");
  }
};

}  // namespace ebm
