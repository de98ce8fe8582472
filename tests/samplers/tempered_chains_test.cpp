#include <ebm/samplers/tempered_chains.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/samplers/mala.hpp>

#include "samplers/exact_transitions.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"
#include "support/statistics.hpp"

namespace {

using namespace ebm;
using small_discrete::Pairwise, small_discrete::SmallRbm;

// Gibbs that samples the joint distribution's temperature by the energy's own value_at: what a Boltzmann machine has.
struct JointKernel : Gibbs {
  static constexpr bool tempers_joint = true;
};
struct MarginalKernel : Gibbs {
  static constexpr bool tempers_joint = false;
};
static_assert(kTempersJoint<Gibbs> && kTempersJoint<JointKernel> && !kTempersJoint<MarginalKernel>);
static_assert(!kTempersJoint<Mala> && HasTemperedValues<SmallRbm<float>> && !HasTemperedValues<Pairwise<float>>);

// One swap of two levels of exact normals: accepted fraction and the cold coordinate afterwards.
template <int Dim>
void check_gaussian(double beta, double exact) {
  const targets::Normal<double, Dim> energy{1.0};
  Rng rng(5);
  Serial serial;
  TemperedChains<targets::Normal<double, Dim>, Mala> chains(energy, Mala{}, {1.0, beta}, 40000, rng, 1);
  const Stream normals(9);
  for (Index level = 0; level < 2; ++level) {
    const double sd = level == 0 ? 1 : std::sqrt(1 / beta);
    const auto x = chains.positions(level);
    for (Index k = 0; k < x.size(); ++k)
      x.data()[k] = sd * normals.normal(static_cast<std::uint32_t>(level), static_cast<std::uint64_t>(k));
  }
  chains.initialise(energy, serial);
  chains.swap(energy, serial);
  // The acceptance of a chain lies between 0 and 1, its standard deviation is at most 1/2: six standard errors.
  CHECK(chains.swap_rates()[0] == Approx(exact).margin(6 * 0.5 / std::sqrt(40000.0)));
  std::vector<double> cold(chains.cold().data(), chains.cold().data() + chains.cold().size());
  const double n = static_cast<double>(cold.size());
  CHECK(statistics::kolmogorov_distance(cold, statistics::normal_cdf) < statistics::dkw_bound(n, 3));
}

// The law of the two levels' states together, exp(-u_0(x) - u_1(y)), row (x, y) = x + count y.
Values<double> joint_law(const Values<double>& cold, const Values<double>& hot) {
  Values<double> p(cold.size() * hot.size());
  for (Index y = 0; y < hot.size(); ++y) {
    for (Index x = 0; x < cold.size(); ++x) p(x + cold.size() * y) = cold(x) * hot(y);
  }
  return p;
}

// exp(-u_beta) / Z of all states.
template <class E>
Values<double> tempered_law(const E& energy, double beta, bool joint) {
  const auto all = small_discrete::all_states<double>(energy.dimension(), energy.states());
  if constexpr (HasTemperedValues<E>) {
    if (joint) {
      const Index tiles = tiles_for<double>(all.rows());
      std::vector<Lanes<double>> x(static_cast<std::size_t>(tiles * all.cols())), u(static_cast<std::size_t>(tiles));
      const TileSpan<double, Dynamic> span(x[0].data(), tiles, all.cols());
      pack_rows(all, span);
      Workspace workspace;
      energy.value_at(span, beta, {u[0].data(), tiles}, workspace);
      return small_discrete::probabilities(Eigen::Map<const Values<double>>(u[0].data(), all.rows()));
    }
  }
  return small_discrete::probabilities(beta * energies(energy, all));
}

// How often a swap takes place, from every pair of states.
template <class K, class E>
Values<double> swap_frequencies(const E& energy, double temperature, double beta, Index repeats) {
  const auto all = small_discrete::all_states<double>(energy.dimension(), energy.states());
  const Index n = all.rows(), pairs = n * n;
  Rng rng(11);
  Serial serial;
  K kernel;
  kernel.temperature = temperature;
  TemperedChains<E, K> chains(energy, kernel, {1.0, beta}, pairs * repeats, rng, 1);
  Points<double, Dynamic> cold(pairs * repeats, all.cols()), hot = cold;
  for (Index row = 0; row < cold.rows(); ++row) {
    cold.row(row) = all.row(row / repeats % n);
    hot.row(row) = all.row(row / repeats / n);
  }
  pack_rows(cold, chains.positions(0));
  pack_rows(hot, chains.positions(1));
  chains.initialise(energy, serial);
  chains.swap(energy, serial);
  Points<double, Dynamic> after(cold.rows(), cold.cols()), after_hot = after;
  unpack_rows(chains.cold(), after);
  unpack_rows(chains.positions(1), after_hot);
  Values<double> frequency = Values<double>::Zero(pairs);
  for (Index row = 0; row < cold.rows(); ++row) {
    const bool stayed = after.row(row) == cold.row(row) && after_hot.row(row) == hot.row(row);
    const bool swapped = after.row(row) == hot.row(row) && after_hot.row(row) == cold.row(row);
    REQUIRE((stayed || swapped));
    frequency(row / repeats) += (stayed ? 0.0 : 1.0) / static_cast<double>(repeats);
  }
  return frequency;
}

// Swap probabilities that leave the joint law alone, for a pair of laws.
Values<double> exact_swaps(const Values<double>& cold, const Values<double>& hot) {
  const Values<double> p = joint_law(cold, hot);
  Values<double> swap(p.size());
  for (Index y = 0; y < hot.size(); ++y) {
    for (Index x = 0; x < cold.size(); ++x)
      swap(x + cold.size() * y) = x == y ? 0.0 : std::min(1.0, p(y + cold.size() * x) / p(x + cold.size() * y));
  }
  return swap;
}

}  // namespace

TEST_CASE("TemperedChains: Gaussians swap as often as the closed form says, and keep their law") {
  check_gaussian<1>(0.5, 0.78365);
  check_gaussian<2>(0.3, 0.46154);
  check_gaussian<10>(0.7, 0.58325);
}

TEST_CASE("TemperedChains: swaps are those of detailed balance between the laws that the kernel samples") {
  constexpr Index repeats = 600;
  const SmallRbm<double> rbm(3, 3, 1.5, 4);
  const Pairwise<double> spins(3, kSpins, 0.8, 4);
  const auto deviation = [&](const Values<double>& frequency, const Values<double>& probability) {
    return exact_transitions::largest_deviation(frequency, probability, repeats);
  };
  const double bound = std::log(2e6 * 4 * 64);
  const auto joint = exact_swaps(tempered_law(rbm, 1 / 1.3, true), tempered_law(rbm, 0.4 / 1.3, true));
  const auto marginal = exact_swaps(tempered_law(rbm, 1 / 1.3, false), tempered_law(rbm, 0.4 / 1.3, false));
  const auto given = swap_frequencies<JointKernel>(rbm, 1.3, 0.4, repeats);
  CHECK(deviation(given, joint) < bound);
  CHECK(deviation(given, marginal) > 2 * bound);  // a swap by free energies alone would have been noticed
  CHECK(deviation(swap_frequencies<MarginalKernel>(rbm, 1.3, 0.4, repeats), marginal) < bound);
  CHECK(deviation(swap_frequencies<Gibbs>(spins, 1.3, 0.4, repeats),
                  exact_swaps(tempered_law(spins, 1 / 1.3, false), tempered_law(spins, 0.4 / 1.3, false))) < bound);
  CHECK(deviation(swap_frequencies<Gibbs>(spins, 1.0, 0.0, repeats),
                  exact_swaps(tempered_law(spins, 1, false), tempered_law(spins, 0, false))) < bound);
}

TEST_CASE("TemperedChains: where every swap is accepted states travel straight, and round trips are counted") {
  // No field, no coupling: even pairs, odd pairs, in turn. The same by hand.
  const Pairwise<float> flat(2, kSpins, 0, 1);
  constexpr Index levels = 5, swaps = 61;
  Rng rng(5);
  Serial serial;
  TemperedChains<Pairwise<float>, Gibbs> chains(flat, Gibbs{}, {1, 0.8, 0.6, 0.4, 0.2}, 16, rng, 1);
  for (Index level = 0; level < levels; ++level)
    std::fill_n(chains.positions(level).data(), chains.positions(level).size(), level % 2 == 0 ? 1.0f : -1.0f);
  chains.initialise(flat, serial);
  std::vector<int> at{0, 1, 2, 3, 4}, phase(levels, 0);
  Index trips = 0;
  for (Index k = 0; k < swaps; ++k) {
    chains.swap(flat, serial);
    for (std::size_t level = static_cast<std::size_t>(k % 2); level + 1 < levels; level += 2)
      std::swap(at[level], at[level + 1]);
    int& cold = phase[static_cast<std::size_t>(at.front())];
    trips += cold == 2;
    cold = 1;
    int& hot = phase[static_cast<std::size_t>(at.back())];
    if (hot == 1) hot = 2;
  }
  CHECK(trips >= 20);
  CHECK(chains.round_trips() == 16 * trips);
  for (const double rate : chains.swap_rates()) CHECK(rate == 1);
  for (Index level = 0; level < levels; ++level)
    CHECK(chains.positions(level).data()[0] == (at[static_cast<std::size_t>(level)] % 2 == 0 ? 1.0f : -1.0f));
}

TEST_CASE("TemperedChains: the same bits for any number of workers") {
  const SmallRbm<float> energy(6, 4, 1.0, 5);
  const auto positions = [&](auto&& executor) {
    Rng rng(5);
    TemperedChains<SmallRbm<float>, Gibbs> chains(energy, Gibbs{}, {1, 0.7, 0.4}, 40, rng, executor.workers());
    for (Index level = 0; level < 3; ++level)
      std::fill_n(chains.positions(level).data(), chains.positions(level).size(), 0.0f);
    chains.initialise(energy, executor);
    for (int k = 0; k < 30; ++k) {
      chains.advance(energy, 2, executor);
      chains.swap(energy, executor);
      if (k == 10) chains.adapt_ladder();
    }
    return std::vector<float>(chains.cold().data(), chains.cold().data() + chains.cold().size());
  };
  const auto serial = positions(Serial{});
  CHECK(serial == positions(ThreadPool{3}));
}

TEST_CASE("TemperedChains: a ladder that does not fall is refused") {
  const Pairwise<float> energy(2, kSpins, 0, 1);
  Rng rng(5);
  using Tempered = TemperedChains<Pairwise<float>, Gibbs>;
  CHECK_THROWS_AS(Tempered(energy, Gibbs{}, {1.0}, 16, rng, 1), ValueError);
  CHECK_THROWS_AS(Tempered(energy, Gibbs{}, {1.0, 1.0}, 16, rng, 1), ValueError);
  CHECK_THROWS_AS(Tempered(energy, Gibbs{}, {1.0, -0.1}, 16, rng, 1), ValueError);
}
