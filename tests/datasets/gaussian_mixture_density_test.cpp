#include <ebm/datasets/gaussian_mixture_density.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::GaussianComponent;
using ebm::GaussianMixtureDensity;

namespace {

const double kPi = std::acos(-1.0);

const std::vector<GaussianComponent> kUnequal{{.weight = 0.7, .mean = {1.0, -2.0}, .covariance = {2.0, 0.9, 0.5}},
                                              {.weight = 0.2, .mean = {-2.0, 1.0}, .covariance = {0.3, -0.2, 0.4}},
                                              {.weight = 0.1, .mean = {0.0, 0.0}}};

double slow_log_density(const std::vector<GaussianComponent>& components, double x, double y) {
  double sum = 0.0;
  for (const auto& [weight, mean, covariance] : components) {
    const auto [xx, xy, yy] = covariance;
    const double dx = x - mean[0], dy = y - mean[1], determinant = xx * yy - xy * xy;
    const double square = (yy * dx * dx - 2.0 * xy * dx * dy + xx * dy * dy) / determinant;
    sum += weight * std::exp(-0.5 * square) / (2.0 * kPi * std::sqrt(determinant));
  }
  return std::log(sum);
}

}  // namespace

static_assert(ebm::SampledDensity<GaussianMixtureDensity>);

TEST_CASE("A mixture's log-density is the textbook's") {
  const GaussianMixtureDensity mixture(kUnequal);
  for (double x = -6.0; x <= 6.0; x += 0.7) {
    for (double y = -6.0; y <= 6.0; y += 0.7) {
      CHECK(checks::log_density_at(mixture, x, y) == Approx(slow_log_density(kUnequal, x, y)).epsilon(1e-12));
    }
  }
}

TEST_CASE("Far away the widest direction decides, and nothing overflows") {
  const GaussianMixtureDensity mixture{{.weight = 3.0},
                                       {.weight = 1.0, .mean = {4.0, 0.0}, .covariance = {4.0, 0.0, 4.0}}};
  const double expected = std::log(0.25) - std::log(8.0 * kPi) - 0.125 * 1e12;
  CHECK(checks::log_density_at(mixture, 4.0, 1e6) == Approx(expected).epsilon(1e-14));
  CHECK(std::isnan(checks::log_density_at(mixture, std::nan(""), 0.0)));
}

TEST_CASE("A mixture's mass is one, inside its domain") {
  CHECK(std::abs(checks::grid_mass(GaussianMixtureDensity(kUnequal), 300) - 1.0) < 1e-9);
}

TEST_CASE("The entropy of one Gaussian, however correlated, is the closed form") {
  for (const double correlation : {0.0, 0.9, 0.999}) {
    const GaussianMixtureDensity one{{.mean = {3.0, 4.0}, .covariance = {4.0, 2.0 * correlation, 1.0}}};
    const double determinant = 4.0 - 4.0 * correlation * correlation;
    CHECK(one.entropy() == Approx(1.0 + std::log(2.0 * kPi) + 0.5 * std::log(determinant)).epsilon(1e-12));
  }
}

TEST_CASE("Components far apart, of scales 1 to 30, have the sum of their entropies and that of the weights") {
  const GaussianMixtureDensity apart{{.weight = 0.6},
                                     {.weight = 0.4, .mean = {500.0, 0.0}, .covariance = {900.0, 0.0, 900.0}}};
  const double one = 1.0 + std::log(2.0 * kPi);
  const double expected = 0.6 * (one - std::log(0.6)) + 0.4 * (one + std::log(900.0) - std::log(0.4));
  CHECK(apart.entropy() == Approx(expected).epsilon(1e-10));
}

TEST_CASE("A narrow component within a wide one: the entropy agrees with a fine grid") {
  const GaussianMixtureDensity nested{{.weight = 0.5},
                                      {.weight = 0.5, .mean = {0.3, 0.1}, .covariance = {0.01, 0.005, 0.01}}};
  CHECK(nested.entropy() == Approx(ebm::detail::grid_entropy(nested, 0.02)).margin(1e-6).epsilon(0.0));
}

TEST_CASE("A mixture's samples agree with its density, and those of other weights do not") {
  const GaussianMixtureDensity mixture(kUnequal);
  CHECK(std::abs(checks::entropy_z_score(mixture)) < checks::kSigmas);
  auto others = kUnequal;
  others[0].weight = 0.6;
  CHECK(std::abs(checks::entropy_z_score(mixture, GaussianMixtureDensity(others))) > checks::kSigmas);
}

TEST_CASE("Components that make no sense are refused") {
  const auto one = [](double weight, std::array<double, 3> covariance) {
    return GaussianMixtureDensity{{.weight = weight, .covariance = covariance}};
  };
  CHECK_NOTHROW(one(1.0, {1.0, 0.9, 1.0}));
  CHECK_THROWS_AS(GaussianMixtureDensity{}, ebm::ValueError);
  CHECK_THROWS_AS(one(0.0, {1.0, 0.0, 1.0}), ebm::ValueError);
  CHECK_THROWS_AS(one(1.0, {-1.0, 0.0, 1.0}), ebm::ValueError);
  CHECK_THROWS_AS(one(1.0, {1.0, 1.0, 1.0}), ebm::ValueError);
}
