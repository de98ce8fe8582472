#include <ebm/partition/kl_divergence.hpp>

#include <sstream>

#include "partition/energies.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using ebm::kl_divergence;

namespace {

using Model = Gaussian<double, 2>;

// KL(p || N(0, diag sd^2)) of a density with the given entropy and second moments.
double cross(double entropy, double xx, double yy, const Model& model) {
  const double a = model.sd[0], b = model.sd[1];
  return -entropy + std::log(2 * kPi * a * b) + 0.5 * (xx / (a * a) + yy / (b * b));
}

template <class D, class E>
void check(const D& density, const E& energy, double truth, double useful = 1e-4) {
  const auto kl = kl_divergence(density, energy);
  CHECK(kl.converged());
  CHECK(kl.error < useful);
  CHECK_THAT(kl.value, WithinAbs(truth, kl.error));
  CHECK_THAT(kl.density_mass, WithinAbs(1, 1e-4));
}

const double kGaussianEntropy = std::log(2 * kPi) + 1;  // of N(0, I) in two dimensions

// A mixture without its sampler.
struct Silent {
  static constexpr int dim = 2;
  Mixture<2> mixture;
  ebm::Values<double> log_density(const ebm::Points<double, 2>& x) const { return mixture.log_density(x); }
  ebm::Box<2> domain() const { return mixture.domain(); }
};

}  // namespace

static_assert(ebm::SampledDensity<Mixture<2>> && ebm::Density<Silent> && !ebm::SampledDensity<Silent>);

TEST_CASE("KL between Gaussians has its closed form") {
  const Model model{{0, 0}, {3, 2}, -40};
  const Mixture<2> gaussian{{{1, {0.3, 0.4}, 0.5}}};
  check(gaussian, model, cross(kGaussianEntropy + 2 * std::log(0.5), 0.25 + 0.09, 0.25 + 0.16, model));
  check(gaussian, Gaussian<float, 2>{{0, 0}, {3, 2}}, cross(kGaussianEntropy + 2 * std::log(0.5), 0.34, 0.41, model));
  check(gaussian, gaussian, 0.0);
  const Mixture<1> narrow{{{1, {2}, 1e-3}}};
  check(narrow, Gaussian<double, 1>{{0}, {1}}, -0.5 - std::log(1e-3) + 0.5 * (4 + 1e-6));
  const Mixture<3> cube{{{1, {1, 0, 0}, 0.5}}};
  check(cube, Gaussian<double, 3>{{0, 0, 0}, {1, 1, 1}}, 3 * (std::log(2.0) - 0.5 + 0.125) + 0.5);
}

TEST_CASE("25 sharp modes") {
  const Model model{{0, 0}, {3, 3}};
  // Entropies to six digits by quadrature; of separate modes log 25 + that of one.
  check(grid_of_modes(0.2), model, cross(2.837874, 8.04, 8.04, model), 2e-4);
  check(grid_of_modes(0.05), model,
        cross(std::log(25.0) + kGaussianEntropy + 2 * std::log(0.05), 8.0025, 8.0025, model), 2e-4);
  check(Silent{grid_of_modes(0.05)}, model,
        cross(std::log(25.0) + kGaussianEntropy + 2 * std::log(0.05), 8.0025, 8.0025, model), 2e-4);
}

TEST_CASE("a narrow component among wide ones is not missed, wherever it lies") {
  const Model model{{0, 0}, {3, 3}};
  for (const double shift : {0.0, 0.0377, 0.1111, 0.17}) {
    const Mixture<2> mixture{{{0.5, {0, 0}, 1}, {0.5, {8 + shift, 3 - 2 * shift}, 0.04}}};
    const double entropy = std::log(2.0) + kGaussianEntropy + std::log(0.04);
    const double xx = 0.5 * (1 + 0.0016 + std::pow(8 + shift, 2)), yy = 0.5 * (1 + 0.0016 + std::pow(3 - 2 * shift, 2));
    check(mixture, model, cross(entropy, xx, yy, model), 2e-4);
    check(Silent{mixture}, model, cross(entropy, xx, yy, model), 2e-4);
  }
}

TEST_CASE("densities with jumps, aligned with the grid of cells or not") {
  const Model model{{0, 0}, {3, 3}};
  const double truth = cross(std::log(32.0), 16.0 / 3, 16.0 / 3, model);
  for (const double margin : {0.0, 0.0123, 0.37, 1.2345}) check(Checkerboard{margin}, model, truth);

  // A uniform square inside another: both are constants, and KL is the logarithm of the ratio of areas.
  const auto flat = formula<2>([](const auto& x) {
    using V = std::remove_cvref_t<decltype(x[0])>;
    return select(maximum(abs(x[0]), abs(x[1])) < V(5.0), V(1.5), V(std::numeric_limits<double>::infinity()));
  });
  check(Checkerboard{0.2}, flat, std::log(100.0 / 32));
}

TEST_CASE("a model that excludes what the density allows is infinitely far") {
  const auto half = formula<2>([](const auto& x) {
    using V = std::remove_cvref_t<decltype(x[0])>;
    return select(x[0] < V(1.0), fma(x[0], x[0], x[1] * x[1]), V(std::numeric_limits<double>::infinity()));
  });
  CHECK(kl_divergence(Checkerboard{}, half).value == std::numeric_limits<double>::infinity());
}

TEST_CASE("at a temperature the model is another one") {
  const Mixture<2> gaussian{{{1, {0, 0}, 2}}};
  const Model model{{0, 0}, {1, 1}};
  const auto kl = kl_divergence(gaussian, model, {.temperature = 4});
  CHECK_THAT(kl.value, WithinAbs(0, kl.error));
  CHECK(kl_divergence(gaussian, model).value > 1);
}

TEST_CASE("a density that does not integrate to one is noticed") {
  struct Wrong : Silent {
    ebm::Values<double> log_density(const ebm::Points<double, 2>& x) const {
      return Silent::log_density(x).array() + std::log(1.05);
    }
  };
  const auto kl = kl_divergence(Wrong{{{{{1, {0, 0}, 1}}}}}, Model{{0, 0}, {1, 1}});
  CHECK(kl.status == ebm::QuadratureStatus::density_not_normalised);
  CHECK_THAT(kl.density_mass, WithinAbs(1.05, 1e-5));
  std::ostringstream text;
  text << kl;
  CHECK_THAT(text.str(), ContainsSubstring("(DENSITY NOT NORMALISED: it integrates to 1.05 over its domain)"));
}

TEST_CASE("a divergence prints its error, and what is wrong with it") {
  std::ostringstream good, bad;
  good << "KL = " << kl_divergence(Checkerboard{}, Model{{0, 0}, {3, 3}}) << " nats";
  CHECK_THAT(good.str(), ContainsSubstring("KL = 1.16196 +- ") && !ContainsSubstring("("));
  const auto poor = kl_divergence(grid_of_modes(0.05), Model{{0, 0}, {3, 3}}, {.max_evaluations = 30'000});
  CHECK(poor.status == ebm::QuadratureStatus::budget_exhausted);
  bad << poor;
  CHECK_THAT(bad.str(), ContainsSubstring("NOT CONVERGED"));
}

TEST_CASE("the paired estimate from samples agrees with quadrature") {
  const Model model{{0.1, 0}, {2.9, 3}};
  const Mixture<2> density = grid_of_modes(0.2);
  ebm::Rng rng(3);
  const auto exact = kl_divergence(density, model);
  const auto estimate = kl_divergence(density, model, {.samples = 20'000}, rng);
  // Five standard errors: one failure in 10^6.
  CHECK_THAT(estimate.value, WithinAbs(exact.value, 5 * estimate.standard_error));
  CHECK(estimate.standard_error < 0.02);
  const auto same = kl_divergence(density, density, {.samples = 1000}, rng);  // paired: no noise where p = q
  CHECK_THAT(same.value, WithinAbs(0, 2e-5));
  CHECK(same.standard_error < 1e-12);
  CHECK_THROWS_AS(kl_divergence(density, model, {.samples = 1}, rng), ebm::ValueError);
}
