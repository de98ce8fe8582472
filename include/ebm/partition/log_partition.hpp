// log Z = log of the integral of exp(-E(x) / T) by deterministic quadrature, in up to three dimensions.
//
//   const ebm::LogPartition<2> log_z = ebm::log_partition(energy);
//
// An energy that cannot be normalised is refused with a NumericalError; a given domain that is too small, or an error
// above the tolerance, is the result's status.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/partition/estimate.hpp>
#include <ebm/partition/quadrature.hpp>

namespace ebm {

template <int Dim>
using LogPartition = QuadratureResult<Dim>;

namespace detail {

template <int Dim>
LogPartition<Dim> log_partition_of(const Integration<Dim>& integration) {
  const Cubature<Dim>& cubature = integration.cubature;
  return {cubature.log_integral(), cubature.error(0) / cubature.integral(0) + integration.systematic,
          cubature.box(),          integration.edge_mass,
          cubature.evaluations(),  integration.status};
}

template <LowDimensionalEnergy E>
LogPartition<E::dim> log_partition(const E& energy, const QuadratureOptions<E::dim>& options,
                                   std::optional<Box<E::dim>> hint, const Points<double, E::dim>& seeds) {
  return log_partition_of(integrate(energy, options, hint, seeds, 0, [](const auto&, auto&) {}));
}

}  // namespace detail

// A discrete energy is summed, not integrated (partition/enumeration.hpp).
template <LowDimensionalEnergy E>
  requires(!DiscreteEnergy<E>)
LogPartition<E::dim> log_partition(const E& energy, const QuadratureOptions<E::dim>& options = {}) {
  return detail::log_partition(energy, options, std::nullopt, Points<double, E::dim>(0, E::dim));
}

// The same in the form that all estimators of log Z share; the error is an estimate of a bound.
template <int Dim>
PartitionEstimate partition_estimate(const LogPartition<Dim>& result) {
  PartitionEstimate estimate;
  estimate.value = result.value, estimate.lower = result.value - result.error;
  estimate.upper = result.value + result.error;
  estimate.verdict = result.converged() ? PartitionVerdict::estimated : PartitionVerdict::unreliable;
  if (!result.converged())
    estimate.warning = joined({"The quadrature failed", detail::status_text(result.status, result.edge_mass)});
  return estimate;
}

}  // namespace ebm
