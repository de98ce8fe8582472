// Two sets for regression with one input and one target, of Gustafsson et al. 2020: x ~ U(-3, 3), and
//
//   BimodalRegression      x < 0: y ~ 0.8 N(sin x, 0.075^2) + 0.2 N(-sin x, 0.075^2)
//                          x > 0: log(y + 1) ~ N(0, 0.25^2)                     mean entropy of p(y | x) -0.326567 nats
//   HeteroscedasticSine    y ~ N(sin x, sd^2), sd = 0.15 / (1 + exp(-x))                                 -1.485944 nats
//
// Rows are (x, y). The mean entropy is the least mean of -log p(y | x) that any model can have.
#pragma once

#include <ebm/datasets/plane.hpp>

namespace ebm {

namespace detail {

inline double log_normal_density(double y, double mean, double sd) {
  const double z = (y - mean) / sd;
  return -0.5 * ebm::fma(z, z, kLogTwoPi) - ebm::log(sd);
}

// log p(y | x) of each row.
template <class Set>
Values<double> conditional_log_densities(const Points<double, 2>& points) {
  Values<double> result(points.rows());
  for (Index row = 0; row < points.rows(); ++row) result(row) = Set::log_density_at(points(row, 0), points(row, 1));
  return result;
}

// The mean over x of the entropy of p(y | x), by the midpoint rule.
template <class Set>
double mean_conditional_entropy() {
  constexpr Index columns = 600, rows = 6000;
  double sum = 0;
  for (Index i = 0; i < columns; ++i) {
    const double x = 6.0 * (static_cast<double>(i) + 0.5) / columns - 3.0;
    for (Index j = 0; j < rows; ++j) {
      const double log_p = Set::log_density_at(x, 6.0 * (static_cast<double>(j) + 0.5) / rows - 3.0);
      if (log_p > -700) sum = ebm::fma(-log_p, ebm::exp(log_p), sum);
    }
  }
  return sum * 6.0 / (static_cast<double>(columns) * static_cast<double>(rows));
}

}  // namespace detail

struct BimodalRegression {
  static constexpr const char* name() { return "bimodal regression"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    return detail::draw_rows(count, rng, [](const Stream& stream, std::uint32_t row) {
      const double x = ebm::fma(6.0, stream.uniform(row, 0), -3.0), z = stream.normal(row, 0);
      if (x >= 0) return detail::PlanePoint{x, ebm::exp(0.25 * z) - 1.0};
      const double sine = ebm::sin(x), centre = stream.uniform(row, 1) < 0.8 ? sine : -sine;
      return detail::PlanePoint{x, ebm::fma(0.075, z, centre)};
    });
  }

  static double log_density_at(double x, double y) {
    if (x < 0) {
      const double upper = ebm::log(0.8) + detail::log_normal_density(y, ebm::sin(x), 0.075),
                   lower = ebm::log(0.2) + detail::log_normal_density(y, -ebm::sin(x), 0.075);
      return std::max(upper, lower) + ebm::log1p(ebm::exp(-std::abs(upper - lower)));
    }
    if (y <= -1) return -std::numeric_limits<double>::infinity();
    const double log_y = ebm::log(y + 1.0);
    return detail::log_normal_density(log_y, 0.0, 0.25) - log_y;
  }

  Values<double> conditional_log_density(const Points<double, 2>& points) const {
    return detail::conditional_log_densities<BimodalRegression>(points);
  }
  double conditional_entropy() const { return detail::mean_conditional_entropy<BimodalRegression>(); }
};

struct HeteroscedasticSine {
  static constexpr const char* name() { return "heteroscedastic sine"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    return detail::draw_rows(count, rng, [](const Stream& stream, std::uint32_t row) {
      const double x = ebm::fma(6.0, stream.uniform(row, 0), -3.0);
      return detail::PlanePoint{x, ebm::fma(spread(x), stream.normal(row, 0), ebm::sin(x))};
    });
  }

  static double log_density_at(double x, double y) { return detail::log_normal_density(y, ebm::sin(x), spread(x)); }

  Values<double> conditional_log_density(const Points<double, 2>& points) const {
    return detail::conditional_log_densities<HeteroscedasticSine>(points);
  }
  double conditional_entropy() const { return detail::mean_conditional_entropy<HeteroscedasticSine>(); }

 private:
  static double spread(double x) { return 0.15 / (1.0 + ebm::exp(-x)); }
};

}  // namespace ebm
