// KL(p || q) = E_p[log p(x) + E(x) / T] + log Z of a density p and the model q(x) = exp(-E(x) / T) / Z.
//
// Both terms by deterministic quadrature, each over its own domain: log Z where the energy has its mass, the
// expectation where the density has. Samples of the density, where it offers them, only say where cells should be
// small.
// Or, from samples of p, the paired estimate: the mean of log p + E / T + log Z, less noisy than two separate means.
#pragma once

#include <ebm/concepts/density.hpp>
#include <ebm/partition/log_partition.hpp>

namespace ebm {

template <int Dim>
struct KlDivergence {
  double value = 0;  // nats
  double error = 0;  // estimated bound of |value - truth|
  LogPartition<Dim> log_partition;
  Box<Dim> domain{};        // holds the domains of both
  double density_mass = 0;  // integral of p over its domain as the quadrature sees it; 1 if nothing was missed
  QuadratureStatus status = QuadratureStatus::converged;

  bool converged() const { return status == QuadratureStatus::converged; }
};

struct KlEstimate {
  double value = 0;
  double standard_error = 0;  // of the mean over the samples; the error of log Z is far smaller
};

template <class D, class E>
concept SameDimension = D::dim == E::dim;

namespace detail {

// log p + E / T + log Z at the points; minus infinity where p = 0.
template <class D, class E>
void log_ratio(const D& density, const E& energy, double temperature, double log_z, const Points<double, E::dim>& x,
               Values<double>& log_density, double* ratio) {
  log_density = density.log_density(x);
  const auto values = energies(energy, x);
  for (Index row = 0; row < x.rows(); ++row) {
    ratio[row] = log_density[row] + (static_cast<double>(values[row]) / temperature + log_z);
  }
}

}  // namespace detail

// Infinite if the energy is, anywhere where the density is not zero.
template <Density D, LowDimensionalEnergy E>
  requires SameDimension<D, E>
KlDivergence<E::dim> kl_divergence(const D& density, const E& energy,
                                   const QuadratureOptions<E::dim>& options = {}) {
  constexpr int dim = E::dim;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Points<double, dim> seeds(0, dim);
  if constexpr (SampledDensity<D>) {
    Rng rng(0);
    seeds = density.sample(1024, rng);
  }
  const Box<dim> support = density.domain();
  KlDivergence<dim> result;
  result.log_partition = detail::log_partition(energy, options, support, seeds);

  bool infinite = false;
  auto integrand = [&](const Points<double, dim>& x, Values<double>& log_weights, Eigen::ArrayXXd& factors) {
    detail::log_ratio(density, energy, options.temperature, result.log_partition.value, x, log_weights,
                      factors.data());
    for (Index row = 0; row < x.rows(); ++row) {
      if (log_weights[row] > -infinity && factors(row, 0) == infinity) infinite = true, factors(row, 0) = 0;
    }
  };
  detail::Cubature<dim> cubature(1, 1.0);
  cubature.cells().cover(support, options.cells_per_axis > 0 ? options.cells_per_axis : detail::kStartCells<dim>, seeds);
  const bool known = cubature.refine(integrand, options.tolerance, options.max_evaluations);

  const double scale = ebm::exp(cubature.largest_log_weight());
  result.domain = hull(support, result.log_partition.domain);
  result.density_mass = scale * cubature.integral(0);
  if (infinite) {
    result.value = infinity;
    return result;
  }
  result.value = scale * cubature.integral(1);
  const double missed = std::abs(1 - result.density_mass);
  result.error =
      scale * cubature.error(1) + result.log_partition.error + missed * std::max(1.0, std::abs(result.value));
  result.status = result.log_partition.status;
  if (!known) {
    result.status = QuadratureStatus::budget_exhausted;
  } else if (!(missed < 1e-2)) {
    result.status = QuadratureStatus::density_not_normalised;
  }
  return result;
}

struct KlSampling {
  Index samples = 10'000;
  double temperature = 1;
};

// NumericalError if log Z cannot be had by quadrature.
template <SampledDensity D, LowDimensionalEnergy E>
  requires SameDimension<D, E>
KlEstimate kl_divergence(const D& density, const E& energy, const KlSampling& options, Rng& rng) {
  require(options.samples >= 2, "samples", static_cast<double>(options.samples), "at least 2");
  const Points<double, E::dim> x = density.sample(options.samples, rng);
  const auto log_z = detail::log_partition(energy, {.temperature = options.temperature}, density.domain(), x);
  detail::require_converged(log_z.status, log_z.edge_mass);
  Values<double> log_density, ratio(x.rows());
  detail::log_ratio(density, energy, options.temperature, log_z.value, x, log_density, ratio.data());
  const auto [mean, standard_error] = detail::mean_with_error(ratio);
  return {mean, standard_error};
}

// "value +- error", and in words what is wrong with it.
template <class Traits, int Dim>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, const KlDivergence<Dim>& kl) {
  stream << joined({detail::value_text(kl.value, kl.error),
                    detail::status_text(kl.status, kl.log_partition.edge_mass, kl.density_mass)});
  return stream;
}

template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, const KlEstimate& kl) {
  stream << detail::value_text(kl.value, kl.standard_error);
  return stream;
}

}  // namespace ebm
