#include <ebm/objectives/conditional_score_matching.hpp>

#include <ebm/core/thread_pool.hpp>

#include "objectives/polynomial_of_target.hpp"
#include "objectives/target_loss.hpp"
#include "support/catch.hpp"

namespace {

using objectives::Four, objectives::PolynomialOfTarget, objectives::gradient_of, objectives::largest_error;

// The noise is taken off where it should be added.
struct InvertedNoise : ebm::ConditionalDenoisingScoreMatching {
  double weigh(std::span<const double> offsets, std::span<const double> slopes, std::span<double> weights) const {
    std::vector<double> inverted(offsets.begin(), offsets.end());
    for (double& offset : inverted) offset = -offset;
    return ebm::ConditionalDenoisingScoreMatching::weigh(inverted, slopes, weights);
  }
  template <class E>
  auto estimator(const E& energy, ebm::Minibatch<double, 2> data, ebm::Rng& rng, ebm::Index workers) const {
    return ebm::detail::slope_estimator(*this, energy, data, rng, workers);
  }
};

// A line by least squares, and the mean square of what it leaves.
struct Line {
  double a, b, variance;
  explicit Line(const ebm::Points<double, 2>& points) {
    const Eigen::ArrayXd x = points.col(0), y = points.col(1);
    b = ((x - x.mean()) * (y - y.mean())).mean() / (x - x.mean()).square().mean();
    a = y.mean() - b * x.mean();
    variance = (y - a - b * x).square().mean();
  }
};

// The lambda at which the slope of the loss in it, which is linear, is none; a and b are those of the line.
template <class Objective>
double best_precision(const Objective& objective, const ebm::Points<double, 2>& points) {
  const Line line(points);
  ebm::Serial serial;
  const auto slope = [&](double precision) {
    return gradient_of(objective, PolynomialOfTarget({precision, line.a, line.b, 0}), points, serial)[0];
  };
  return -slope(0) / (slope(1) - slope(0));
}

}  // namespace

TEST_CASE("gradients of score matching are those of the losses that it reports") {
  CHECK(largest_error(ebm::ConditionalScoreMatching{0.05}) < 1e-8);
  CHECK(largest_error(ebm::ConditionalDenoisingScoreMatching{0.5, 13}) < 1e-8);
  CHECK(largest_error(ebm::ConditionalScoreMatching{0.05}, 1e-4) > 1e-6);
  CHECK(largest_error(ebm::ConditionalDenoisingScoreMatching{0.5, 13}, 1e-4) > 1e-6);
}

TEST_CASE("the loss of score matching is the exact one but for the square of the difference") {
  // The fourth derivative of the energy in y is 6 kappa: second derivatives are too large by kappa h^2.
  const PolynomialOfTarget energy({1.3, 0.2, -0.7, 0.4});
  const auto points = objectives::normals<double, 2>(11);
  ebm::Serial serial;
  double exact_loss = 0;
  Four exact{};
  for (ebm::Index row = 0; row < points.rows(); ++row) {
    const double x = points(row, 0), y = points(row, 1), slope = energy.slope(x, y), share = 1.0 / 11;
    exact_loss += share * (0.5 * slope * slope - energy.curvature(y));
    for (std::size_t i = 0; i < 4; ++i)
      exact[i] += share * (slope * energy.slope_slopes(x, y)[i] - PolynomialOfTarget::curvature_slopes(y)[i]);
  }
  for (const double h : {0.1, 0.01, 0.001}) {
    double loss = 0;
    const Four gradient = gradient_of(ebm::ConditionalScoreMatching{h}, energy, points, serial, &loss);
    CHECK(loss == Approx(exact_loss - 0.4 * h * h).margin(1e-10));
    for (std::size_t i = 0; i < 4; ++i) CHECK(gradient[i] == Approx(exact[i] - (i == 3 ? h * h : 0.0)).margin(1e-10));
  }
}

TEST_CASE("score matching of a Gaussian is least squares, with the variance of what is left") {
  const auto points = objectives::normals<double, 2>(40);
  const Line line(points);
  ebm::Serial serial;
  const auto at = [&](double precision, double a, double b) {
    const Four slopes =
        gradient_of(ebm::ConditionalScoreMatching{}, PolynomialOfTarget({precision, a, b, 0}), points, serial);
    return std::max({std::abs(slopes[0]), std::abs(slopes[1]), std::abs(slopes[2])});
  };
  CHECK(at(1 / line.variance, line.a, line.b) < 1e-9);
  CHECK(at(1 / line.variance, line.a, line.b + 1e-3) > 1e-4);
  CHECK(best_precision(ebm::ConditionalScoreMatching{}, points) == Approx(1 / line.variance).epsilon(1e-8));
}

TEST_CASE("denoising score matching of a Gaussian finds the variance with that of the noise") {
  // 200 rows by 1024 targets, sigma^2 as large as the variance v: lambda = sum z (r + sigma z) / sigma over
  // sum (r + sigma z)^2 has a relative error below (sqrt(3) + sqrt(2)) / sqrt(204800) = 0.007.
  const auto points = objectives::normals<double, 2>(200);
  const double variance = Line(points).variance, sigma = std::sqrt(variance);
  const double precision = best_precision(ebm::ConditionalDenoisingScoreMatching{sigma, 1024}, points);
  CHECK(precision == Approx(0.5 / variance).epsilon(5 * 0.007));
  CHECK_FALSE(best_precision(InvertedNoise{{sigma, 1024}}, points) == Approx(0.5 / variance).epsilon(5 * 0.007));
}

TEST_CASE("score matching gives the same bits for any number of workers") {
  const PolynomialOfTarget energy({1.3, 0.2, -0.7, 0.4});
  const auto points = objectives::normals<double, 2>(70);
  ebm::Serial serial;
  ebm::ThreadPool pool(3);
  CHECK(gradient_of(ebm::ConditionalScoreMatching{}, energy, points, serial) ==
        gradient_of(ebm::ConditionalScoreMatching{}, energy, points, pool));
  CHECK(gradient_of(ebm::ConditionalDenoisingScoreMatching{}, energy, points, serial) ==
        gradient_of(ebm::ConditionalDenoisingScoreMatching{}, energy, points, pool));
}

TEST_CASE("options of score matching that mean nothing are refused") {
  CHECK_THROWS_AS(largest_error(ebm::ConditionalScoreMatching{0}), ebm::ValueError);
  CHECK_THROWS_AS(largest_error(ebm::ConditionalDenoisingScoreMatching{-0.1}), ebm::ValueError);
  CHECK_THROWS_AS(largest_error(ebm::ConditionalDenoisingScoreMatching{0.1, 0}), ebm::ValueError);
}
