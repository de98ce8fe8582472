// Densities of the plane that are one Gaussian or uniform coordinate and a second one shifted or stretched by the
// first, so that everything about them is exact. Entropies are closed forms.
//
// FunnelDensity: v ~ N(0, sd^2), x | v ~ N(0, e^v), as columns (v, x). Neal 2003 in two dimensions,
//   log(2 pi e) + log sd.
// BananaDensity: x ~ N(0, sd^2), y = z + bend (x^2 - sd^2) with z ~ N(0, 1). Haario, Saksman, Tamminen 1999,
//   log(2 pi e) + log sd.
// NoisyCosineDensity: x ~ U(-half_width, half_width), y = 2.5 sin x + N(0, noise^2),
//   log(2 half_width) + log(2 pi e noise^2) / 2.
#pragma once

#include <ebm/datasets/plane.hpp>

namespace ebm {

struct FunnelDensity {
  double sd = 3.0;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "funnel"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    check();
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const double v = sd * stream.normal(row, 0);
      return detail::PlanePoint{v, exp(0.5 * v) * stream.normal(row, 1)};
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    using V = Pack<double>;
    const double log_scale = -detail::kLogTwoPi - log(sd);
    return detail::map_rows(points, [&](V v, V x) {
      const V z = v * V(1.0 / sd), stretched = x * exp(V(-0.5) * v);
      return fma(V(-0.5), fma(z, z, fma(stretched, stretched, v)), V(log_scale));
    });
  }

  // |x| > e^(5 sd + 2) has probability below 1e-9.
  Box<2> domain() const {
    const double v = detail::kDomainSds * sd, x = exp(fma(0.5 * detail::kDomainSds, sd, 2.0));
    return {{-v, -x}, {v, x}};
  }

  double entropy() const { return 1.0 + detail::kLogTwoPi + log(sd); }

 private:
  void check() const { require(sd > 0.0 && sd < 100.0, "sd", sd, "a number between 0 and 100"); }
};

struct BananaDensity {
  double sd = 10.0;
  double bend = 0.03;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "banana"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    check();
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const double x = sd * stream.normal(row, 0);
      return detail::PlanePoint{x, fma(bend, fma(x, x, -sd * sd), stream.normal(row, 1))};
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    using V = Pack<double>;
    const double log_scale = -detail::kLogTwoPi - log(sd);
    return detail::map_rows(points, [&](V x, V y) {
      const V straight = fma(V(-bend), fma(x, x, V(-sd * sd)), y), z = x * V(1.0 / sd);
      return fma(V(-0.5), fma(z, z, straight * straight), V(log_scale));
    });
  }

  Box<2> domain() const {
    const double x = detail::kDomainSds * sd, far = bend * fma(x, x, -sd * sd), near = -bend * sd * sd;
    return {{-x, std::min(far, near) - detail::kDomainSds}, {x, std::max(far, near) + detail::kDomainSds}};
  }

  double entropy() const { return 1.0 + detail::kLogTwoPi + log(sd); }

 private:
  void check() const { require(sd > 0.0 && sd < 1e6, "sd", sd, "a positive number"); }
};

struct NoisyCosineDensity {
  double half_width = 5.0;
  double noise = 0.5;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "noisy cosine"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    check();
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const double x = half_width * fma(2.0, stream.uniform(row, 0), -1.0);
      return detail::PlanePoint{x, fma(noise, stream.normal(row, 0), 2.5 * sin(x))};
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    using V = Pack<double>;
    const V log_scale(-0.5 * detail::kLogTwoPi - log(2.0 * half_width * noise));
    const V outside(-std::numeric_limits<double>::infinity());
    return detail::map_rows(points, [&](V x, V y) {
      const V z = fma(V(-2.5), sin(x), y) * V(1.0 / noise);
      return select(abs(x) <= V(half_width), fma(V(-0.5) * z, z, log_scale), outside);
    });
  }

  Box<2> domain() const {
    const double y = fma(detail::kDomainSds, noise, 2.5);
    return {{-half_width, -y}, {half_width, y}};
  }

  double entropy() const { return 0.5 + 0.5 * detail::kLogTwoPi + log(2.0 * half_width * noise); }

 private:
  void check() const {
    require(half_width > 0.0 && half_width < 1e6, "half_width", half_width, "a positive number");
    require(noise > 0.0 && noise < 1e6, "noise", noise, "a positive number");
  }
};

}  // namespace ebm
