#include <ebm/samplers/chains.hpp>

#include "samplers/targets.hpp"
#include "support/catch.hpp"

using namespace ebm;

TEST_CASE("chains are tiles of positions, energies and gradients, and a copy is independent") {
  using Energy = targets::Normal<float, 3>;
  Chains<float, 3> chains(5, 3);
  CHECK(chains.tiles() == 5);
  CHECK(chains.dim() == 3);
  for (Index i = 0; i < chains.positions().size(); ++i) chains.positions().data()[i] = static_cast<float>(i % 7) - 3;
  Workspace workspace;
  evaluate_chains(Energy{2.0}, chains.state(0, 2), workspace);
  evaluate_chains(Energy{2.0}, chains.state(2, 3), workspace);
  CHECK(chains.finite_lanes() == 5 * kLanes<float>);
  const auto state = chains.state(3, 2);
  CHECK(state.position.count() == 2);
  for (Index l = 0; l < kLanes<float>; ++l) {
    float energy = 0;
    for (Index i = 0; i < 3; ++i) {
      const float x = chains.positions().coordinate(4, i)[l];
      energy += x * x;
      CHECK(state.gradient.coordinate(1, i)[l] == 2 * x);
    }
    CHECK(state.energy.tile_data(1)[l] == Approx(energy));
    CHECK(state.failed.tile_data(1)[l] == 0);
  }

  Chains<float, 3> copy = chains;
  copy.positions().data()[0] = 99;
  CHECK(chains.positions().data()[0] == -3);
}

TEST_CASE("chains that begin where the energy is not finite have failed, the others have not") {
  using Energy = targets::Normal<float, 1>;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  Chains<float, 1> chains(1, 1);
  for (Index l = 0; l < kLanes<float>; ++l) chains.positions().data()[l] = static_cast<float>(l);
  chains.positions().data()[2] = infinity;
  chains.positions().data()[7] = -infinity;
  chains.positions().data()[9] = std::numeric_limits<float>::quiet_NaN();
  Workspace workspace;
  evaluate_chains(Energy{}, chains.state(0, 1), workspace);
  for (Index l = 0; l < kLanes<float>; ++l)
    CHECK(chains.failed().data()[l] == (l == 2 || l == 7 || l == 9 ? 1.0f : 0.0f));
  CHECK(chains.finite_lanes() == kLanes<float> - 3);
  chains.clear_failed();
  CHECK(chains.failed().data()[2] == 0);
}
