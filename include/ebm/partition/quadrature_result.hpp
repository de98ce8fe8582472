// What a quadrature answers: a value, a bound of its error, and whether to believe them.
#pragma once

#include <ebm/core/box.hpp>

namespace ebm {

// budget_exhausted: the error is above the tolerance. mass_at_edge: the given domain cuts through the density.
// density_not_normalised: what should be a density (that of kl_divergence) does not integrate to 1 over its domain.
enum class QuadratureStatus : unsigned char { converged, budget_exhausted, mass_at_edge, density_not_normalised };

template <int Dim>
struct QuadratureResult {
  double value = 0;
  double error = 0;  // estimated bound of |value - truth| over the domain
  Box<Dim> domain{};
  double edge_mass = 0;  // largest share of the mass in the outermost cells at one face
  Index evaluations = 0;
  QuadratureStatus status = QuadratureStatus::converged;

  bool converged() const { return status == QuadratureStatus::converged; }
};

namespace detail {

[[gnu::noinline]] inline std::string status_text(QuadratureStatus status, double edge_mass, double density_mass = 1) {
  switch (status) {
    case QuadratureStatus::converged:
      return "";
    case QuadratureStatus::budget_exhausted:
      return " (NOT CONVERGED: more evaluations wanted)";
    case QuadratureStatus::mass_at_edge:
      return joined({" (DOMAIN TOO SMALL: share ", to_text(edge_mass), " of the mass lies at a face)"});
    case QuadratureStatus::density_not_normalised:
      return joined({" (DENSITY NOT NORMALISED: it integrates to ", to_text(density_mass), " over its domain)"});
  }
  return "";
}

inline std::string value_text(double value, double error) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.6g +- %.1g", value, error);
  return buffer;
}

inline void require_converged(QuadratureStatus status, double edge_mass) {
  if (status != QuadratureStatus::converged)
    throw NumericalError(joined({"quadrature failed", status_text(status, edge_mass)}));
}

}  // namespace detail

// value +- error, and in words what is wrong with it.
template <class Traits, int Dim>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream,
                                             const QuadratureResult<Dim>& result) {
  stream << joined(
      {detail::value_text(result.value, result.error), detail::status_text(result.status, result.edge_mass)});
  return stream;
}

}  // namespace ebm
