#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/samplers/advance.hpp>
#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sgld.hpp>

#include <cstring>

#include "core/allocations.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

using namespace ebm;
using targets::UnequalPair;

namespace {

constexpr auto kNothing = ebm::Unobserved{};

template <class E, class K>
struct Fixture {
  E energy;
  K kernel;
  Index tiles;
  Chains<float, 2> chains{tiles, 2};
  StepSize step_size{kernel, 0.1, {}};

  Fixture(const E& given, const K& chosen, Index count) : energy(given), kernel(chosen), tiles(count) {
    pack_rows(UnequalPair<float>::draw(tiles * kLanes<float>, 4), chains.positions());
    Workspace workspace;
    kernel.init(energy, chains.state(0, tiles), workspace);
  }

  template <class Exec, class AfterStep = decltype(kNothing)>
  void advance(TileRange range, Index first_step, Index steps, RunMemory<float>& memory, Exec&& executor,
               AfterStep after_step = kNothing) {
    ebm::advance(energy, kernel, chains, range, first_step, steps, step_size, Stream(8), memory, executor, after_step);
  }
  Values<float> positions() const {
    return Eigen::Map<const Values<float>>(chains.positions().data(), chains.positions().size());
  }
};

template <class E, class K>
void check_orders(const E& energy, const K& kernel) {
  constexpr Index tiles = 11;
  Fixture<E, K> once(energy, kernel, tiles);
  RunMemory<float> memory(1, tiles);
  once.advance({0, tiles}, 3, 70, memory, Serial{});
  const double acceptance = mean_acceptance(memory, {0, tiles}, 70);
  const Values<float> start = Fixture<E, K>(energy, kernel, tiles).positions();
  CHECK((once.positions() - start).cwiseAbs().minCoeff() > 0);

  for (const Index threads : {2, 5}) {
    ThreadPool pool{threads};
    Fixture<E, K> threaded(energy, kernel, tiles);
    RunMemory<float> of_threads(threads, tiles);
    threaded.advance({0, tiles}, 3, 70, of_threads, pool);
    CHECK(threaded.positions() == once.positions());
    CHECK(mean_acceptance(of_threads, {0, tiles}, 70) == acceptance);
  }

  // In two ranges, one of which stops on the way: groups of tiles fall differently, and chunks of noise too.
  Fixture<E, K> apart(energy, kernel, tiles);
  apart.advance({5, tiles - 5}, 3, 1, memory, Serial{});
  apart.advance({5, tiles - 5}, 4, 69, memory, Serial{});
  CHECK(apart.positions().head(5 * 2 * kLanes<float>) == start.head(5 * 2 * kLanes<float>));
  apart.advance({0, 5}, 3, 70, memory, Serial{});
  CHECK(apart.positions() == once.positions());
}

template <class E, class K>
void check_allocations(const E& energy, const K& kernel) {
  constexpr Index tiles = 6;
  Fixture<E, K> fixture(energy, kernel, tiles);
  RunMemory<float> memory(1, tiles);
  fixture.advance({0, tiles}, 0, 3, memory, Serial{});
  const long before = allocations;
  fixture.advance({0, tiles}, 3, 100, memory, Serial{});
  CHECK(allocations == before);
}

}  // namespace

TEST_CASE("chains do not depend on threads, on their neighbours, or on how a run is divided") {
  Rng rng{3};
  const Mlp<float, 2, 20, 20> network{rng};
  check_orders(UnequalPair<float>{}, Mala{});
  check_orders(UnequalPair<float>{}, Sgld{});
  check_orders(network, Mala{});
  check_orders(network, Sgld{.schedule = PolynomialDecay{0.1, 0.01, 50}});
}

TEST_CASE("steps allocate nothing once the workspaces have grown") {
  Rng rng{3};
  const Mlp<float, 2, 20, 20> network{rng};
  check_allocations(UnequalPair<float>{}, Mala{});
  check_allocations(network, Mala{});
  check_allocations(network, Sgld{});
}

TEST_CASE("every group of tiles is seen after every step") {
  Fixture<UnequalPair<float>, Mala> fixture({}, {}, 11);
  RunMemory<float> memory(1, 11);
  std::vector<int> seen(11, 0);
  fixture.advance({1, 9}, 0, 7, memory, Serial{}, [&](Index step, const auto& state, Index tile, Workspace&) {
    for (Index t = tile; t < tile + state.position.count(); ++t) CHECK(seen[static_cast<std::size_t>(t)]++ == step);
  });
  CHECK(seen == std::vector<int>{0, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0});
}
