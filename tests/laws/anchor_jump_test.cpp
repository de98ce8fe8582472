// Jumps from an anchor leave the law of the energy as it is, and are accepted as often as the theory says.
//
// E = (x - mu)^2 / (2 sigma^2) + x^2 / (2 tau^2) at temperature T: normal, with precision P = (1 / sigma^2 + 1 / tau^2) / T and
// mean mu / (sigma^2 T P). Chains start as exact draws and make one jump; the largest distance between their distribution and
// the law exceeds sqrt(log(2e6) / 2 N) with probability 1e-6 (Dvoretzky, Kiefer & Wolfowitz 1956; Massart 1990).
#include <ebm/energies/anchored.hpp>
#include <ebm/energies/gaussian.hpp>
#include <ebm/samplers/advance.hpp>
#include <ebm/samplers/anchor_jump.hpp>

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

struct Outcome {
  double distance, acceptance;
};

// One jump of the energy's kind from exact draws of the law.
template <class E>
Outcome jump(const E& energy, double temperature) {
  const Law law(temperature);
  const ebm::Index count = kTiles * 16;
  ebm::Chains<float, 1> chains(kTiles, 1);
  const ebm::Stream start(31), noise(32);
  for (ebm::Index c = 0; c < count; ++c) {
    chains.positions().data()[c] =
        static_cast<float>(law.mean + law.sd * start.normal(static_cast<std::uint32_t>(c), 0));
  }
  const ebm::AnchorJump kernel{temperature};
  ebm::RunMemory<float> memory(1, kTiles);
  ebm::Serial executor;
  kernel.init(energy, chains.state(0, kTiles), memory.workspace(0));
  ebm::advance(energy, kernel, chains, {0, kTiles}, 0, 1, ebm::StepSize(kernel, 1.0, {}), noise, memory, executor,
               [](ebm::Index, const ebm::ChainStateOf<E>&, ebm::Index) {});

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

// Mean of min(1, exp((f(x) - f(z)) / T)) over x from the law and z from the anchor, by the midpoint rule.
double mean_acceptance(double temperature) {
  const Law law(temperature);
  const double anchor_sd = std::sqrt(temperature * kAnchorVariance);
  const int n = 800;
  const auto f = [](double x) { return 0.5 * (x - kMean) * (x - kMean) / (kSd * kSd); };
  double sum = 0, mass = 0;
  for (int i = 0; i < n; ++i) {
    const double a = 16 * (i + 0.5) / n - 8, x = law.mean + law.sd * a;
    for (int j = 0; j < n; ++j) {
      const double b = 16 * (j + 0.5) / n - 8, weight = std::exp(-0.5 * (a * a + b * b));
      mass += weight;
      sum += weight * std::min(1.0, std::exp((f(x) - f(anchor_sd * b)) / temperature));
    }
  }
  return sum / mass;
}

const double kBound = std::sqrt(std::log(2e6) / (2 * 16.0 * kTiles));

}  // namespace

TEST_CASE("jumps from the anchor leave the law invariant, at any temperature") {
  for (const double temperature : {1.0, 0.3, 2.5}) {
    INFO("temperature " << temperature);
    const Outcome outcome = jump(ebm::Anchored(kInner, kAnchorVariance), temperature);
    CHECK(outcome.distance < kBound);
    // Acceptance probabilities lie in [0, 1], so 5.1 x 0.5 / sqrt(N) is exceeded with probability below 1e-6.
    CHECK(std::abs(outcome.acceptance - mean_acceptance(temperature)) < 5.1 * 0.5 / std::sqrt(16.0 * kTiles));
    CHECK(outcome.acceptance > 0.2);
  }
}

TEST_CASE("a jump without the correction for the anchor is found out") {
  // With a second anchor on top of the first, E(x) - E(z) + (z^2 - x^2) / (2 tau^2) of the sum is E(x) - E(z) of the first:
  // the test of a jump that forgets where its proposals come from.
  const auto twice = ebm::Anchored(ebm::Anchored(kInner, kAnchorVariance), kAnchorVariance);
  const Outcome outcome = jump(twice, 1.0);
  CHECK(outcome.distance > 4 * kBound);
  CHECK(std::abs(outcome.acceptance - mean_acceptance(1.0)) > 5.1 * 0.5 / std::sqrt(16.0 * kTiles));
}
