#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sgld.hpp>

#include "samplers/plain_mala.hpp"
#include "samplers/run_kernel.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

using namespace ebm;
using plain_mala::Bug;
using plain_mala::PlainMala;
using run_kernel::run;
using statistics::Moments;
using targets::Normal;
using targets::UnequalPair;

namespace {

// The mean acceptance of MALA on N(0, I). The logarithm D of the ratio is epsilon / 4 (|x|^2 - |y|^2), a quadratic form
// of normals with eigenvalues a > 0 > -b of sum -epsilon^2 and product -2 epsilon for each coordinate. Detailed balance
// gives E min(1, exp D) = 2 P(D > 0) = 2 P(F > b / a) for F of Fisher's distribution with (d, d) degrees of freedom,
// whose tail is elementary for d = 1 and for even d.
double exact_acceptance(int d, double epsilon) {
  const double root = std::sqrt(std::pow(epsilon, 4) + 8 * epsilon);
  const double ratio = (epsilon * epsilon + root) / (root - epsilon * epsilon);
  if (d == 1) return 2 * (1 - std::atan(std::sqrt(ratio)) * 2 / 3.14159265358979324);
  const double p = 1 / (1 + ratio);  // P(F > ratio) = P(Binomial(d - 1, p) >= d / 2)
  double tail = 0;
  for (int k = d / 2; k < d; ++k)
    tail += std::exp(std::lgamma(d) - std::lgamma(k + 1) - std::lgamma(d - k)) * std::pow(p, k) *
            std::pow(1 - p, d - 1 - k);
  return 2 * tail;
}

template <class S, int Dim>
Points<S, Dim> normals(Index count, std::uint64_t seed) {
  const Stream stream(seed);
  Points<S, Dim> points(count, Dim);
  for (Index row = 0; row < count; ++row) {
    for (Index i = 0; i < Dim; ++i)
      points(row, i) = static_cast<S>(stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i)));
  }
  return points;
}

template <int Dim, class K>
double acceptance_score(const K& kernel, double epsilon) {
  const auto outcome = run(Normal<float, Dim>{}, kernel, normals<float, Dim>(1 << 18, 7), 1, epsilon);
  return Moments(outcome.acceptance).mean_score(exact_acceptance(Dim, epsilon));
}

// The largest excess over the DKW bound, in units of it, of four projections after `steps` steps from exact draws. A
// right kernel exceeds 1 with a probability of 1e-6, all tests of this file together 1e-5.
template <class K, class E = UnequalPair<float>>
double invariance_score(const K& kernel, Index steps, double epsilon, const E& energy = {}) {
  constexpr Index chains = 1 << 17;
  const auto outcome = run(energy, kernel, UnequalPair<float>::draw(chains, 11), steps, epsilon);
  double score = 0;
  for (const double angle : {0.0, 0.6, 1.5708, 2.4}) {
    const double ux = std::cos(angle), uy = std::sin(angle);
    std::vector<double> projection;
    for (Index row = 0; row < chains; ++row)
      projection.push_back(ux * static_cast<double>(outcome.points(row, 0)) +
                           uy * static_cast<double>(outcome.points(row, 1)));
    const double distance = statistics::kolmogorov_distance(
        projection, [&](double t) { return UnequalPair<float>::projected_cdf(ux, uy, t); });
    score = std::max(score, distance / statistics::dkw_bound(chains, 4));
  }
  return score;
}

// Detailed balance: from exact draws, f(x) g(x') and g(x) f(x') have the same mean for any f and g.
template <class K>
double balance_score(const K& kernel, double epsilon) {
  const Points<float, 2> start = UnequalPair<float>::draw(1 << 18, 12);
  const auto outcome = run(UnequalPair<float>{}, kernel, start, 1, epsilon);
  const auto f = [](const auto& x) { return (x.col(0) + 0.5f * x.col(1)).array().eval(); };
  const auto g = [&](const auto& x) { return (f(x).square() + x.col(1).array().tanh()).eval(); };
  const Values<float> difference = (f(start) * g(outcome.points) - g(start) * f(outcome.points)).matrix();
  return std::abs(Moments(difference).mean_score(0));
}

}  // namespace

TEST_CASE("the acceptance of MALA on standard normals is the exact one") {
  // Values of simulations, good to 5e-4.
  CHECK(exact_acceptance(1, 0.5) == Approx(0.9208).margin(5e-4));
  CHECK(exact_acceptance(1, 1.0) == Approx(0.7838).margin(5e-4));
  CHECK(exact_acceptance(10, 0.3) == Approx(0.8575).margin(5e-4));
  CHECK(exact_acceptance(10, 0.6) == Approx(0.6147).margin(5e-4));
  // Six standard errors: each by chance with a probability of 2e-9.
  CHECK(std::abs(acceptance_score<1>(Mala{}, 0.5)) < 6);
  CHECK(std::abs(acceptance_score<1>(Mala{}, 1.0)) < 6);
  CHECK(std::abs(acceptance_score<10>(Mala{}, 0.3)) < 6);
  CHECK(std::abs(acceptance_score<10>(Mala{}, 0.6)) < 6);
  CHECK(std::abs(acceptance_score<10>(PlainMala{Bug::no_reverse_proposal}, 0.3)) > 12);
  CHECK(std::abs(acceptance_score<10>(PlainMala{Bug::noise_not_rooted}, 0.3)) > 12);
}

TEST_CASE("MALA leaves an asymmetric density as it is, however large the step") {
  STATIC_REQUIRE(Mala::exact);
  STATIC_REQUIRE(Kernel<Mala, UnequalPair<float>>);
  for (const double epsilon : {0.02, 0.2, 0.8}) {
    CAPTURE(epsilon);
    CHECK(invariance_score(Mala{}, 1, epsilon) < 1);
    CHECK(invariance_score(Mala{}, 10, epsilon) < 1);
    CHECK(invariance_score(Mala{}, 10, epsilon, targets::InPlace<UnequalPair<float>>{}) < 1);
  }
  CHECK(invariance_score(PlainMala{}, 10, 0.2) < 1);
}

TEST_CASE("the check of invariance catches the bugs that such kernels are known to have") {
  CHECK(invariance_score(PlainMala{Bug::no_reverse_proposal}, 10, 0.2) > 2);
  CHECK(invariance_score(PlainMala{Bug::noise_not_rooted}, 10, 0.2) > 2);
  CHECK(invariance_score(PlainMala{Bug::ratio_upside_down}, 10, 0.2) > 2);
  CHECK(invariance_score(PlainMala{Bug::gradient_of_rejected}, 10, 0.8) > 2);
  CHECK(invariance_score(Sgld{.step_size = 0.2}, 10, 0.2) > 2);
  CHECK(invariance_score(Mala{.temperature = 1.3}, 10, 0.2) > 2);
}

TEST_CASE("MALA satisfies detailed balance") {
  STATIC_REQUIRE(Mala::reversible);
  // Six standard errors: by chance with a probability of 2e-9.
  CHECK(balance_score(Mala{}, 0.2) < 6);
  CHECK(balance_score(Mala{}, 0.8) < 6);
  CHECK(balance_score(PlainMala{Bug::no_reverse_proposal}, 0.8) > 12);
  CHECK(balance_score(Sgld{.step_size = 0.8}, 0.8) > 12);
}

TEST_CASE("MALA at a temperature samples exp(-E / T)") {
  constexpr Index chains = 1 << 17;
  for (const double temperature : {0.25, 4.0}) {
    const Points<float, 1> start = normals<float, 1>(chains, 3) * static_cast<float>(std::sqrt(temperature / 2.0));
    const auto outcome = run(Normal<float, 1>{2.0}, Mala{.temperature = temperature}, start, 5, 0.4);
    CHECK(Moments(outcome.points).normal_score(0, temperature / 2.0) < 6);
    CHECK(Moments(run(Normal<float, 1>{2.0}, Mala{}, start, 5, 0.4).points).normal_score(0, temperature / 2.0) > 12);
  }
}
