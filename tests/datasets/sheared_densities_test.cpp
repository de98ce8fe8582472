#include <ebm/datasets/sheared_densities.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::BananaDensity;
using ebm::FunnelDensity;
using ebm::NoisyCosineDensity;

namespace {

double log_normal(double x, double mean, double sd) {
  return -0.5 * std::pow((x - mean) / sd, 2) - std::log(sd * std::sqrt(2 * std::acos(-1.0)));
}

}  // namespace

TEST_CASE("Sheared densities are products of a marginal and a conditional") {
  for (const double a : {-4.0, -0.3, 0.0, 2.0, 4.9}) {
    for (const double b : {-30.0, -1.0, 0.0, 0.4, 7.0}) {
      CHECK(checks::log_density_at(FunnelDensity{}, a, b) ==
            Approx(log_normal(a, 0.0, 3.0) + log_normal(b, 0.0, std::exp(0.5 * a))).epsilon(1e-12));
      CHECK(checks::log_density_at(BananaDensity{}, a, b) ==
            Approx(log_normal(a, 0.0, 10.0) + log_normal(b, 0.03 * (a * a - 100.0), 1.0)).epsilon(1e-12));
      CHECK(checks::log_density_at(NoisyCosineDensity{}, a, b) ==
            Approx(-std::log(10.0) + log_normal(b, 2.5 * std::sin(a), 0.5)).epsilon(1e-12));
    }
  }
  CHECK(checks::log_density_at(NoisyCosineDensity{}, 5.1, 0.0) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("Entropies of sheared densities are those of the table, and of their samples") {
  CHECK(std::abs(FunnelDensity{}.entropy() - 3.936489) < 1e-6);
  CHECK(std::abs(BananaDensity{}.entropy() - 5.140462) < 1e-6);
  CHECK(NoisyCosineDensity{}.entropy() == Approx(ebm::detail::grid_entropy(NoisyCosineDensity{}, 0.01)).epsilon(2e-3));
  CHECK(std::abs(checks::entropy_z_score(FunnelDensity{})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(BananaDensity{})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(NoisyCosineDensity{})) < checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(BananaDensity{}, BananaDensity{.bend = 0.033})) > checks::kSigmas);
}

TEST_CASE("Domains of sheared densities hold the mass") {
  CHECK(std::abs(checks::grid_mass(BananaDensity{}, 400) - 1.0) < 1e-9);
  CHECK(std::abs(checks::grid_mass(NoisyCosineDensity{}, 200) - 1.0) < 1e-9);
  // The funnel's: int N(v; 0, sd) P(|N(0, e^v)| > bound) dv by the trapezoidal rule.
  for (const double sd : {0.5, 1.0, 3.0, 10.0}) {
    const double bound = FunnelDensity{.sd = sd}.domain().upper[1];
    double outside = 0.0;
    for (int i = -1000; i <= 1000; ++i) {
      const double z = 0.01 * i;
      outside += 0.01 * std::exp(log_normal(z, 0.0, 1.0)) * std::erfc(bound * std::exp(-0.5 * sd * z) * std::sqrt(0.5));
    }
    CHECK(outside < 9e-10);
    CHECK(FunnelDensity{.sd = sd}.domain().upper[0] == Approx(6.5 * sd));
  }
}
