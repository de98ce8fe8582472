#include <ebm/datasets/rings.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::Circles;
using ebm::PolarRings;
using ebm::Rings;

namespace {

const double kPi = std::acos(-1.0);

// Circles as points on them, evenly spaced in angle.
double slow_rings(const std::vector<double>& radii, double sd, double x, double y) {
  double sum = 0.0;
  for (const double radius : radii) {
    sum += std::exp(checks::slow_log_mean(x, y, sd, [&](double u) {
      return ebm::detail::PlanePoint{radius * std::cos(2 * kPi * u), radius * std::sin(2 * kPi * u)};
    }));
  }
  return std::log(sum / static_cast<double>(radii.size()));
}

// How far each point is from the nearest ring.
ebm::Values<double> ring_offsets(const ebm::Points<double, 2>& points) {
  ebm::Values<double> offsets(points.rows());
  for (ebm::Index i = 0; i < points.rows(); ++i) {
    const double r = std::hypot(points(i, 0), points(i, 1));
    offsets[i] = r - std::round(r);
  }
  return offsets;
}

template <class D>
double expected_offset(const D& density) {
  return checks::grid_expectation(density, 800, [](double x, double y) {
    const double r = std::hypot(x, y);
    return r - std::round(r);
  });
}

// The density that divides by 2 pi k in place of 2 pi r: normalised, and wrong.
struct DividedByRing {
  ebm::Box<2> domain() const { return PolarRings{}.domain(); }
  ebm::Values<double> log_density(const ebm::Points<double, 2>& points) const {
    ebm::Values<double> result = PolarRings{}.log_density(points);
    for (ebm::Index i = 0; i < result.size(); ++i) {
      const double r = std::hypot(points(i, 0), points(i, 1));
      result[i] += std::log(r / std::max(1.0, std::round(r)));
    }
    return result;
  }
};

}  // namespace

TEST_CASE("Rings and circles agree with points around them") {
  for (const double r : {0.0, 0.1, 0.4, 0.75, 1.2, 2.3, 3.1, 4.0}) {
    const double x = r * std::cos(0.7), y = r * std::sin(0.7);
    CHECK(checks::log_density_at(Rings{}, x, y) ==
          Approx(slow_rings({0.75, 1.5, 2.25, 3.0}, 0.08, x, y)).epsilon(1e-11));
    CHECK(checks::log_density_at(Circles{}, x, y) == Approx(slow_rings({1.5, 3.0}, 0.24, x, y)).epsilon(1e-11));
  }
  // Far out, I0(z) exp(-z) = 1 / sqrt(2 pi z).
  const double z = 3003.0 * 3.0 / (0.08 * 0.08);
  const double far =
      -0.5 * std::pow(3000.0 / 0.08, 2) - 0.5 * std::log(2 * kPi * z) - std::log(4 * 2 * kPi * 0.08 * 0.08);
  CHECK(checks::log_density_at(Rings{}, 3003.0, 0.0) == Approx(far).epsilon(1e-13));
}

TEST_CASE("Entropies of rings are those of the table, and of their samples") {
  const auto check = [](const auto& density, double table) {
    CHECK(std::abs(density.entropy() - table) < 1e-6);
    CHECK(std::abs(checks::entropy_z_score(density)) < checks::kSigmas);
  };
  check(Rings{}, 2.623183);
  check(Circles{}, 3.268136);
  check(PolarRings{}, 3.534527);
}

TEST_CASE("Noise wrong by two percent is noticed") {
  CHECK(std::abs(checks::entropy_z_score(Rings{}, Rings{.sd = 0.0816})) > checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(Circles{}, Circles{.noise = 0.0816})) > checks::kSigmas);
  CHECK(std::abs(checks::entropy_z_score(PolarRings{}, PolarRings{.sd = 0.153})) > checks::kSigmas);
}

TEST_CASE("Masses of rings are one") {
  CHECK(std::abs(checks::grid_mass(Rings{}, 250) - 1.0) < 1e-9);
  CHECK(std::abs(checks::grid_mass(Circles{}, 150) - 1.0) < 1e-9);
  CHECK(std::abs(checks::grid_mass(PolarRings{}, 400) - 1.0) < 1e-6);
}

TEST_CASE("Polar rings lie at their radii, unlike those divided by the ring's radius") {
  ebm::Rng rng(3);
  const auto offsets = ring_offsets(PolarRings{}.sample(100'000, rng));
  CHECK(std::abs(checks::z_score(offsets, expected_offset(PolarRings{}))) < checks::kSigmas);
  CHECK(std::abs(checks::z_score(offsets, expected_offset(DividedByRing{}))) > checks::kSigmas);
}

TEST_CASE("Polar rings at the origin and with negative radii") {
  CHECK(std::isfinite(checks::log_density_at(PolarRings{}, 0.0, 0.0)));
  const PolarRings wide{.count = 1, .sd = 1.0};  // a sixth of the radii are negative
  CHECK(std::abs(checks::entropy_z_score(wide)) < checks::kSigmas);
  const double normal = (std::exp(-0.5 * 0.25) + std::exp(-0.5 * 2.25)) / std::sqrt(2 * kPi);
  CHECK(checks::log_density_at(wide, 0.3, 0.4) == Approx(std::log(normal / (2 * kPi * 0.5))));
}

TEST_CASE("Rings that make no sense are refused") {
  ebm::Rng rng(1);
  CHECK_THROWS_AS(Rings{.count = 0}.sample(1, rng), ebm::ValueError);
  CHECK_THROWS_AS(Circles{.noise = 0.0}.sample(1, rng), ebm::ValueError);
  CHECK_THROWS_AS(PolarRings{.spacing = -1.0}.sample(1, rng), ebm::ValueError);
}
