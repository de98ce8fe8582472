// What every analytic energy must agree with: differences, quadrature, its own samples, itself in double.
#pragma once

#include <ebm/concepts/evaluation.hpp>
#include <ebm/core/box.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/energies/check_gradient.hpp>

#include "support/catch.hpp"

namespace analytic {

// A spread of points inside an energy's domain, or the unit box.
template <class E>
ebm::Points<double, E::dim> points_for(const E& energy, ebm::Index count, double scale) {
  const ebm::Stream stream(7);
  ebm::Points<double, E::dim> points(count, ebm::dimension_of(energy));
  for (ebm::Index row = 0; row < count; ++row) {
    for (ebm::Index i = 0; i < points.cols(); ++i) {
      points(row, i) = scale * stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i));
    }
  }
  return points;
}

// Value and moments by the trapezoidal rule on the energy's domain in the plane, which knows nothing of the formulas.
struct Moments {
  double log_partition;
  Eigen::Vector2d mean;
  Eigen::Matrix2d covariance;
};
template <class E>
Moments quadrature(const E& energy, ebm::Index side) {
  const ebm::Box<2> box = energy.domain();
  const Eigen::Array2d step = (box.upper - box.lower) / static_cast<double>(side);
  double mass = 0;
  Eigen::Vector2d first = Eigen::Vector2d::Zero();
  Eigen::Matrix2d second = Eigen::Matrix2d::Zero();
  ebm::Points<double, 2> column(side, 2);
  for (ebm::Index i = 0; i < side; ++i) {
    for (ebm::Index j = 0; j < side; ++j) {
      column(j, 0) = box.lower[0] + (static_cast<double>(i) + 0.5) * step[0];
      column(j, 1) = box.lower[1] + (static_cast<double>(j) + 0.5) * step[1];
    }
    const ebm::Values<double> values = ebm::energies(energy, column).template cast<double>();
    for (ebm::Index j = 0; j < side; ++j) {
      const double p = std::exp(-values[j]);
      const Eigen::Vector2d x = column.row(j);
      mass += p, first += p * x, second += p * x * x.transpose();
    }
  }
  const Eigen::Vector2d mean = first / mass;
  return {std::log(mass * step.prod()), mean, second / mass - mean * mean.transpose()};
}

template <class E>
void check_truth(const E& energy, double tolerance, ebm::Index side = 1500) {
  const Moments moments = quadrature(energy, side);
  const Eigen::Vector2d sd = moments.covariance.diagonal().array().sqrt();
  CHECK(std::abs(energy.log_partition() - moments.log_partition) < tolerance);
  for (int i = 0; i < 2; ++i) {
    CHECK(std::abs(energy.mean()[i] - moments.mean[i]) < tolerance * sd[i]);
    for (int j = 0; j < 2; ++j)
      CHECK(std::abs(energy.covariance()(i, j) - moments.covariance(i, j)) < tolerance * sd[i] * sd[j]);
  }
}

// Whether the first two moments of n exact samples lie within 6 standard errors of the truth, the errors estimated from
// the samples: fewer than 1e-8 false failures a comparison for n = 40 000.
template <class Mean, class Covariance>
bool moments_agree(const Eigen::MatrixXd& samples, const Mean& mean, const Covariance& covariance) {
  const double n = static_cast<double>(samples.rows());
  const auto agrees = [&](const Eigen::ArrayXd& terms, double truth) {
    const double average = terms.mean(), error = std::sqrt((terms - average).square().mean() / n);
    return std::abs(average - truth) <= 6 * error;
  };
  bool result = true;
  for (ebm::Index i = 0; i < samples.cols(); ++i) {
    const Eigen::ArrayXd a = samples.col(i).array() - mean[i];
    result = result && agrees(samples.col(i).array(), mean[i]);
    for (ebm::Index j = 0; j <= i; ++j)
      result = result && agrees(a * (samples.col(j).array() - mean[j]), covariance(i, j));
  }
  return result;
}
template <class E>
void check_samples(const E& energy) {
  ebm::Rng rng(11);
  const ebm::Points<double, E::dim> samples = energy.sample(40000, rng);
  CHECK(moments_agree(samples, energy.mean(), energy.covariance()));
  CHECK_FALSE(
      moments_agree(samples * 1.1, energy.mean() * 1.1, energy.covariance()));  // samples 10 % too wide are noticed
}

// Float and double agree on the same points, and differences confirm both gradients.
template <class Single, class Double>
void check_gradients(const Single& single, const Double& twice, double scale, double tolerance = 2e-5) {
  const auto points = points_for(twice, 101, scale);
  const auto of_double = ebm::check_gradient(twice, points);
  INFO(of_double);
  CHECK(of_double.passed);
  const auto of_float = ebm::check_gradient(single, points);
  INFO(of_float);
  CHECK(of_float.passed);

  const Eigen::MatrixXd rounded = points.template cast<float>().template cast<double>();
  const Eigen::VectorXd exact = ebm::energies(twice, rounded);
  const Eigen::VectorXd given = ebm::energies(single, rounded).template cast<double>();
  CHECK((given - exact).cwiseAbs().maxCoeff() <= tolerance * (1 + exact.cwiseAbs().maxCoeff()));
  const Eigen::MatrixXd slopes = ebm::gradients(twice, rounded),
                        given_slopes = ebm::gradients(single, rounded).template cast<double>();
  CHECK((given_slopes - slopes).cwiseAbs().maxCoeff() <= tolerance * (1 + slopes.cwiseAbs().maxCoeff()));
}

// An energy's numbers at a row do not depend on the rows around it.
template <class E>
void check_padding(const E& energy, double scale) {
  const auto points = points_for(energy, 37, scale);
  const auto values = ebm::energies(energy, points);
  const auto slopes = ebm::gradients(energy, points);
  for (const ebm::Index row : {0, 15, 16, 36}) {
    CHECK(ebm::energies(energy, points.row(row))[0] == values[row]);
    CHECK(ebm::gradients(energy, points.row(row)) == slopes.row(row));
  }
}

}  // namespace analytic
