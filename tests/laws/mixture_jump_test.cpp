// Jumps from an anchor, and about given centres, leave the law of the energy as it is, and are accepted as often as the
// theory says.
//
// E = (x - mu)^2 / (2 sigma^2) + x^2 / (2 tau^2) at temperature T: normal, with precision
// P = (1 / sigma^2 + 1 / tau^2) / T and mean mu / (sigma^2 T P). Chains start as exact draws and make one jump; the
// largest distance between their distribution and the law exceeds sqrt(log(2e6) / 2 N) with probability 1e-6
// (Dvoretzky, Kiefer & Wolfowitz 1956; Massart 1990).
#include <ebm/energies/anchored.hpp>
#include <ebm/energies/gaussian.hpp>
#include <ebm/samplers/advance.hpp>
#include <ebm/samplers/mixture_jump.hpp>

#include "support/catch.hpp"

namespace {

using Inner = ebm::Gaussian<float, 1>;
using Vector = Eigen::Matrix<double, 1, 1>;

constexpr double kMean = 0.8, kSd = 1.1, kAnchorVariance = 2.25;
constexpr ebm::Index kTiles = 16384;
const Inner kInner = Inner::isotropic(Vector(kMean), kSd);

struct Law {
  double mean, sd;
  explicit Law(double temperature) {
    const double precision = (1 / (kSd * kSd) + 1 / kAnchorVariance) / temperature;
    mean = kMean / (kSd * kSd * temperature * precision), sd = 1 / std::sqrt(precision);
  }
  double distribution(double x) const { return 0.5 * std::erfc((mean - x) / (sd * std::sqrt(2.0))); }
};

// Centres that have nothing to do with the law.
constexpr ebm::Index kCentreCount = 5;
ebm::TileSpan<const float, 1> kCentres() {
  alignas(64) static const float centres[16] = {-1.0f, 0.2f, 0.25f, 1.5f, 3.0f};
  return {centres, 1};
}

struct Outcome {
  double distance, acceptance;
};

// One jump of the energy's kind from exact draws of the law.
template <class E>
Outcome jump(const E& energy, double temperature, bool centred = false) {
  const Law law(temperature);
  const ebm::Index count = kTiles * 16;
  ebm::Chains<float, 1> chains(kTiles, 1);
  const ebm::Stream start(31), noise(32);
  for (ebm::Index c = 0; c < count; ++c) {
    chains.positions().data()[c] =
        static_cast<float>(law.mean + law.sd * start.normal(static_cast<std::uint32_t>(c), 0));
  }
  ebm::MixtureJump<float, 1> kernel(temperature);
  if (centred) kernel.set_centres(kCentres(), kCentreCount);
  ebm::RunMemory<float> memory(1, kTiles);
  ebm::Serial executor;
  kernel.init(energy, chains.state(0, kTiles), memory.workspace(0));
  ebm::advance(energy, kernel, chains, {0, kTiles}, 0, 1, ebm::StepSize(kernel, 1.0, {}), noise, memory, executor,
               ebm::Unobserved{});

  std::vector<float> x(chains.positions().data(), chains.positions().data() + count);
  std::sort(x.begin(), x.end());
  Outcome result{0, ebm::mean_acceptance(memory, {0, kTiles}, 1)};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = law.distribution(static_cast<double>(x[i])), n = static_cast<double>(count);
    result.distance = std::max({result.distance, static_cast<double>(i + 1) / n - expected,
                                expected - static_cast<double>(i) / n});
  }
  // The energies that jumps leave behind are those of where the chains stand.
  ebm::Values<float> kept = Eigen::Map<ebm::Values<float>>(chains.energies().data(), count);
  ebm::Points<float, 1> at(count, 1);
  ebm::unpack_rows(chains.positions(), at);
  CHECK((ebm::energies(energy, at) - kept).cwiseAbs().maxCoeff() < 1e-5f);
  return result;
}

// Mean of min(1, p(z) q(x) / (p(x) q(z))) over x from the law and z from the proposal, by the midpoint rule.
double mean_acceptance(double temperature, bool centred = false) {
  const Law law(temperature);
  const auto normal = [](double x, double mean, double sd) {
    return std::exp(-0.5 * (x - mean) * (x - mean) / (sd * sd)) / (sd * std::sqrt(2 * M_PI));
  };
  const double widths[] = {0.3, 0.1, 0.03};
  const auto proposal = [&](double x) {
    const double anchor = normal(x, 0, std::sqrt(temperature * kAnchorVariance));
    if (!centred) return anchor;
    double sum = 0;
    for (int k = 0; k < kCentreCount; ++k) sum += normal(x, static_cast<double>(kCentres().data()[k]), widths[k % 3]);
    return 0.5 * anchor + 0.5 * sum / static_cast<double>(kCentreCount);
  };
  const int n = 3000;
  std::vector<double> x(n), p(n), q(n);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = 20 * (static_cast<double>(i) + 0.5) / n - 10;
    p[i] = normal(x[i], law.mean, law.sd) * 20 / n, q[i] = proposal(x[i]) * 20 / n;
  }
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) sum += std::min(p[i] * q[j], p[j] * q[i]);
  }
  return sum;
}

const double kBound = std::sqrt(std::log(2e6) / (2 * 16.0 * kTiles));

}  // namespace

TEST_CASE("chains so far from the anchor that a float cannot hold the proposals' density are not torn away") {
  // The energy's only mode, and a centre there: 20 widths of the anchor away.
  alignas(64) static const float centre[16] = {30.0f};
  const auto energy = ebm::Anchored(Inner::isotropic(Vector(30.0), 0.3), kAnchorVariance);
  ebm::MixtureJump<float, 1> kernel;
  kernel.set_centres({centre, 1}, 1);
  ebm::Chains<float, 1> chains(4, 1);
  std::fill_n(chains.positions().data(), chains.positions().size(), 29.0f);
  ebm::RunMemory<float> memory(1, 4);
  ebm::Serial executor;
  kernel.init(energy, chains.state(0, 4), memory.workspace(0));
  ebm::advance(energy, kernel, chains, {0, 4}, 0, 20, ebm::StepSize(kernel, 1.0, {}), ebm::Stream(3), memory, executor,
               ebm::Unobserved{});
  for (ebm::Index c = 0; c < 64; ++c) CHECK(chains.positions().data()[c] > 25.0f);
}

TEST_CASE("jumps leave the law invariant, at any temperature, with and without centres") {
  for (const bool centred : {false, true}) {
    for (const double temperature : {1.0, 0.3, 2.5}) {
      INFO("temperature " << temperature << (centred ? ", centred" : ""));
      const Outcome outcome = jump(ebm::Anchored(kInner, kAnchorVariance), temperature, centred);
      CHECK(outcome.distance < kBound);
      // Acceptance probabilities lie in [0, 1], so 5.1 x 0.5 / sqrt(N) is exceeded with probability below 1e-6.
      const double exact = mean_acceptance(temperature, centred);
      CHECK(std::abs(outcome.acceptance - exact) < 5.1 * 0.5 / std::sqrt(16.0 * kTiles));
      CHECK(outcome.acceptance > 0.2);
    }
  }
}

TEST_CASE("a jump that forgets where its proposals come from is found out") {
  // With a second anchor on top of the first, E(x) - E(z) + log q(x) / q(z) of the sum lacks one anchor's correction:
  // the law is that of the sum, but chains start from the law with one anchor.
  for (const bool centred : {false, true}) {
    const auto twice = ebm::Anchored(ebm::Anchored(kInner, kAnchorVariance), kAnchorVariance);
    const Outcome outcome = jump(twice, 1.0, centred);
    CHECK(outcome.distance > 4 * kBound);
    CHECK(std::abs(outcome.acceptance - mean_acceptance(1.0, centred)) > 5.1 * 0.5 / std::sqrt(16.0 * kTiles));
  }
}
