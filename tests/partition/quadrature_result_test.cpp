#include <ebm/partition/quadrature_result.hpp>

#include <sstream>

#include "support/catch.hpp"

using ebm::QuadratureResult;
using ebm::QuadratureStatus;
using ebm::detail::status_text;

TEST_CASE("a result is printed with its error, and with what is wrong with it") {
  QuadratureResult<1> result{1.25, 3e-6};
  const auto text = [&] {
    std::ostringstream stream;
    stream << result;
    return stream.str();
  };
  CHECK(result.converged());
  CHECK(text() == "1.25 +- 3e-06");
  result.status = QuadratureStatus::budget_exhausted;
  CHECK_FALSE(result.converged());
  CHECK(text() == "1.25 +- 3e-06 (NOT CONVERGED: more evaluations wanted)");
  result.status = QuadratureStatus::mass_at_edge, result.edge_mass = 0.125;
  CHECK(text() == "1.25 +- 3e-06 (DOMAIN TOO SMALL: share 0.125 of the mass lies at a face)");
  CHECK(status_text(QuadratureStatus::density_not_normalised, 0, 1.5) ==
        " (DENSITY NOT NORMALISED: it integrates to 1.5 over its domain)");
}

TEST_CASE("what must converge says why it did not") {
  CHECK_NOTHROW(ebm::detail::require_converged(QuadratureStatus::converged, 0));
  CHECK_THROWS_WITH(ebm::detail::require_converged(QuadratureStatus::budget_exhausted, 0),
                    "quadrature failed (NOT CONVERGED: more evaluations wanted)");
}
