// Any mixture of Gaussians in the plane: p(x) = sum_k w_k N(x; m_k, C_k), weights of any sum.
//
//   GaussianMixtureDensity{{.weight = 0.8, .mean = {5, 5}},
//                          {.weight = 0.2, .mean = {-5, -5}, .covariance = {1, 0.9, 1}}}
//
// With C_k = L L^T and z = L^-1 (x - m_k) each term is exp(log w_k - log 2 pi - log det L - |z|^2 / 2).
#pragma once

#include <ebm/datasets/plane.hpp>

#include <array>
#include <initializer_list>

namespace ebm {

struct GaussianComponent {
  double weight = 1.0;
  std::array<double, 2> mean{0.0, 0.0};
  std::array<double, 3> covariance{1.0, 0.0, 1.0};  // of x with x, x with y, y with y
};

class GaussianMixtureDensity {
 public:
  static constexpr int dim = 2;
  static constexpr const char* name() { return "Gaussian mixture"; }

  GaussianMixtureDensity(std::initializer_list<GaussianComponent> components)
      : GaussianMixtureDensity(std::vector<GaussianComponent>(components)) {}

  explicit GaussianMixtureDensity(const std::vector<GaussianComponent>& components) {
    require(!components.empty(), "components", 0.0, "at least one");
    double total = 0.0;
    for (const GaussianComponent& component : components) {
      require(component.weight > 0.0 && component.weight < 1e300, "weight", component.weight, "a positive number");
      total += component.weight;
      cumulative_.push_back(total);
    }
    for (const GaussianComponent& component : components) terms_.push_back(Term(component, total));
  }

  Points<double, 2> sample(Index count, Rng& rng) const {
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const double level = stream.uniform(row, 0) * cumulative_.back();
      const auto found = std::lower_bound(cumulative_.begin(), cumulative_.end() - 1, level) - cumulative_.begin();
      return terms_[static_cast<std::size_t>(found)].at(stream.normal(row, 0), stream.normal(row, 1));
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    const detail::LogSum log_sum(static_cast<Index>(terms_.size()));
    const Term* terms = terms_.data();
    return detail::map_rows(points, [&](Pack<double> x, Pack<double> y) {
      return log_sum([&](Index k) {
        const Term& term = terms[k];
        const auto z0 = (x - Pack<double>(term.mean_x)) * Pack<double>(term.inverse_xx);
        const auto dy = y - Pack<double>(term.mean_y);
        const auto z1 = fma(z0, Pack<double>(-term.root_xy), dy) * Pack<double>(term.inverse_yy);
        return fma(fma(z0, z0, z1 * z1), Pack<double>(-0.5), Pack<double>(term.log_peak));
      });
    });
  }

  Box<2> domain() const {
    Box<2> box = terms_.front().domain();
    for (const Term& term : terms_) box = hull(box, term.domain());
    return box;
  }

  // sum_k w_k E_k[-log p] by the trapezoidal rule in each component's own coordinates: 1e-6 or better while the
  // narrowest component is no less than 1/64 of the widest.
  double entropy() const {
    double narrowest = std::numeric_limits<double>::infinity();
    for (const Term& term : terms_) narrowest = std::min(narrowest, term.smallest_sd);
    double sum = 0.0;
    for (const Term& term : terms_) {
      const double step = std::clamp(narrowest / term.largest_sd, 1.0 / 64, 1.0 / 4);
      const Index side = static_cast<Index>(8.5 / step);
      Points<double, 2> line(2 * side + 1, 2);
      for (Index i = -side; i <= side; ++i) {
        const double z0 = step * static_cast<double>(i);
        for (Index j = -side; j <= side; ++j) {
          const detail::PlanePoint point = term.at(z0, step * static_cast<double>(j));
          line(j + side, 0) = point.x;
          line(j + side, 1) = point.y;
        }
        const Values<double> log_p = log_density(line);
        double along = 0.0;
        for (Index j = -side; j <= side; ++j) {
          const double z1 = step * static_cast<double>(j);
          along = fma(exp(fma(-0.5, fma(z0, z0, z1 * z1), -detail::kLogTwoPi)), -log_p[j + side], along);
        }
        sum = fma(term.weight * step * step, along, sum);
      }
    }
    return sum;
  }

 private:
  // A component with its covariance's Cholesky factor.
  struct Term {
    Term(const GaussianComponent& component, double total)
        : weight(component.weight / total), mean_x(component.mean[0]), mean_y(component.mean[1]) {
      const auto [xx, xy, yy] = component.covariance;
      require(xx > 0.0, "covariance, first entry", xx, "a positive number");
      root_xx = sqrt(xx);
      root_xy = xy / root_xx;
      const double rest = fma(-root_xy, root_xy, yy);
      require(rest > 0.0, "covariance, determinant", rest * xx, "a positive number");
      root_yy = sqrt(rest);
      inverse_xx = 1.0 / root_xx;
      inverse_yy = 1.0 / root_yy;
      log_peak = log(weight) - detail::kLogTwoPi - log(root_xx * root_yy);
      const double half_sum = 0.5 * (xx + yy), half_difference = 0.5 * (xx - yy);
      const double largest = half_sum + sqrt(fma(half_difference, half_difference, xy * xy));
      largest_sd = sqrt(largest);
      smallest_sd = root_xx * root_yy / largest_sd;
    }

    detail::PlanePoint at(double z0, double z1) const {
      return {fma(root_xx, z0, mean_x), fma(root_xy, z0, fma(root_yy, z1, mean_y))};
    }

    Box<2> domain() const {
      constexpr double sds = detail::kDomainSds;
      const double sd_y = sqrt(fma(root_xy, root_xy, root_yy * root_yy));
      return {{fma(-sds, root_xx, mean_x), fma(-sds, sd_y, mean_y)},
              {fma(sds, root_xx, mean_x), fma(sds, sd_y, mean_y)}};
    }

    double weight, mean_x, mean_y;
    double root_xx, root_xy, root_yy, inverse_xx, inverse_yy;
    double log_peak, largest_sd, smallest_sd;
  };

  std::vector<Term> terms_;
  std::vector<double> cumulative_;
};

}  // namespace ebm
