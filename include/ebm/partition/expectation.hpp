// Expectations under p(x) = exp(-E(x) / T) / Z by deterministic quadrature, in up to three dimensions.
//
//   expectation(energy, [](const Eigen::Vector2d& x) { return x.squaredNorm(); })         of one point
//   expectation(energy, [](const ebm::Points<double, 2>& x) -> ebm::Values<double> {..})  of many at once
//   moments(energy).mean, .covariance
#pragma once

#include <ebm/partition/log_partition.hpp>

namespace ebm {

template <int Dim>
struct Moments {
  Eigen::Matrix<double, Dim, 1> mean;
  Eigen::Matrix<double, Dim, Dim> covariance;
  LogPartition<Dim> log_partition;
};

namespace detail {

template <class F, int Dim>
concept FunctionOfPoint =
    std::is_arithmetic_v<std::remove_cvref_t<std::invoke_result_t<F&, const Eigen::Matrix<double, Dim, 1>&>>>;

template <class F, int Dim>
concept FunctionOfPoints = std::same_as<std::invoke_result_t<F&, const Points<double, Dim>&>, Values<double>>;

}  // namespace detail

// A function of one point to a number, or of the rows of Points to Values.
template <class F, int Dim>
concept ScalarFunction = detail::FunctionOfPoint<F, Dim> || detail::FunctionOfPoints<F, Dim>;

// E[f(x)], and a bound of its error that counts the error of Z and f's typical size, not what a heavy tail may hide.
template <LowDimensionalEnergy E, ScalarFunction<E::dim> F>
QuadratureResult<E::dim> expectation(const E& energy, F f, const QuadratureOptions<E::dim>& options = {}) {
  constexpr int dim = E::dim;
  const auto integration = detail::integrate(energy, options, {}, Points<double, dim>(0, dim), 1,
                                             [&](const Points<double, dim>& x, Eigen::ArrayXXd& factors) {
                                               if constexpr (detail::FunctionOfPoint<F, dim>) {
                                                 for (Index row = 0; row < x.rows(); ++row) {
                                                   Eigen::Matrix<double, dim, 1> point;
                                                   for (Index i = 0; i < dim; ++i) point[i] = x(row, i);
                                                   factors(row, 0) = static_cast<double>(f(point));
                                                 }
                                               } else {
                                                 const Values<double> values = f(x);
                                                 require_shape("f(points)", values, x.rows(), 1);
                                                 for (Index row = 0; row < x.rows(); ++row)
                                                   factors(row, 0) = values[row];
                                               }
                                             });
  const auto& cubature = integration.cubature;
  QuadratureResult<dim> result = detail::log_partition_of(integration);
  result.value = cubature.integral(1) / cubature.integral(0);
  result.error = cubature.error(1) / cubature.integral(0) + result.error * std::abs(result.value);
  return result;
}

// Mean and covariance; NumericalError if the quadrature did not converge.
template <LowDimensionalEnergy E>
Moments<E::dim> moments(const E& energy, const QuadratureOptions<E::dim>& options = {}) {
  constexpr int dim = E::dim;
  // Coordinates relative to the middle of a first, coarse integration, so that far from the origin nothing cancels.
  const auto integrate_around = [&](const Eigen::Matrix<double, dim, 1>& centre, const QuadratureOptions<dim>& chosen,
                                    bool products) {
    return detail::integrate(energy, chosen, {}, Points<double, dim>(0, dim),
                             products ? dim + dim * (dim + 1) / 2 : dim,
                             [&](const Points<double, dim>& x, Eigen::ArrayXXd& factors) {
                               for (Index row = 0; row < x.rows(); ++row) {
                                 Index k = dim;
                                 for (Index i = 0; i < dim; ++i) {
                                   factors(row, i) = x(row, i) - centre[i];
                                   for (Index j = 0; products && j <= i; ++j) {
                                     factors(row, k++) = factors(row, i) * factors(row, j);
                                   }
                                 }
                               }
                             });
  };
  const auto mean_around = [](const auto& cubature, const Eigen::Matrix<double, dim, 1>& centre) {
    Eigen::Matrix<double, dim, 1> mean;
    for (Index i = 0; i < dim; ++i)
      mean[i] = centre[i] + cubature.integral(static_cast<std::size_t>(i) + 1) / cubature.integral(0);
    return mean;
  };
  QuadratureOptions<dim> coarse = options;
  coarse.tolerance = std::max(options.tolerance, 1e-3);
  const auto first = detail::integrate(energy, coarse, {}, Points<double, dim>(0, dim), 0, [](const auto&, auto&) {});
  Eigen::Matrix<double, dim, 1> centre;
  for (Index i = 0; i < dim; ++i) centre[i] = (first.cubature.box().lower[i] + first.cubature.box().upper[i]) / 2;
  centre = mean_around(integrate_around(centre, coarse, false).cubature, centre);

  const auto integration = integrate_around(centre, options, true);
  const auto& cubature = integration.cubature;
  Moments<dim> result{mean_around(cubature, centre), {}, detail::log_partition_of(integration)};
  detail::require_converged(integration.status, integration.edge_mass);
  std::size_t k = dim + 1;
  for (Index i = 0; i < dim; ++i) {
    for (Index j = 0; j <= i; ++j) {
      const double shift = (result.mean[i] - centre[i]) * (result.mean[j] - centre[j]);
      result.covariance(i, j) = result.covariance(j, i) = cubature.integral(k++) / cubature.integral(0) - shift;
    }
  }
  return result;
}

}  // namespace ebm
