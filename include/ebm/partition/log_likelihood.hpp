// The mean log-likelihood of held-out points, log p(x) = -E(x) / T - log Z, with log Z by deterministic quadrature.
#pragma once

#include <ebm/partition/log_partition.hpp>

namespace ebm {

template <int Dim>
struct LogLikelihood {
  double value = 0;           // nats per point
  double standard_error = 0;  // of the mean over the points
  LogPartition<Dim> log_partition;
};

// NumericalError if log Z cannot be had by quadrature.
template <LowDimensionalEnergy E, class Derived>
LogLikelihood<E::dim> log_likelihood(const E& energy, const Eigen::DenseBase<Derived>& points,
                                     const QuadratureOptions<E::dim>& options = {}) {
  require_shape("points", points, kAny, E::dim);
  require(points.rows() >= 2, "points: rows", static_cast<double>(points.rows()), "at least 2");
  const auto log_z = log_partition(energy, options);
  detail::require_converged(log_z.status, log_z.edge_mass);
  const auto values = energies(energy, points);
  Values<double> log_density(values.size());
  for (Index row = 0; row < values.size(); ++row) {
    log_density[row] = -static_cast<double>(values[row]) / options.temperature - log_z.value;
  }
  const auto [mean, standard_error] = detail::mean_with_error(log_density);
  return {mean, standard_error, log_z};
}

template <class Traits, int Dim>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream,
                                             const LogLikelihood<Dim>& likelihood) {
  stream << detail::value_text(likelihood.value, likelihood.standard_error);
  return stream;
}

}  // namespace ebm
