#include <ebm/concepts/discrete_energy.hpp>

#include "support/catch.hpp"
#include "support/small_discrete.hpp"

using namespace ebm;

namespace {

// The smallest type that is one.
struct Coin {
  using Scalar = double;
  static constexpr int dim = 1;
  StateSet states() const { return kBits; }
  Lanes<double> energy(const Tile<double, 1>& x) const { return 0.5 * x.col(0); }
};
struct NoStates {
  using Scalar = double;
  static constexpr int dim = 1;
  Lanes<double> energy(const Tile<double, 1>& x) const { return x.col(0); }
};
struct StatesOfAnotherType : NoStates {
  int states() const { return 2; }
};
struct MutableStates : NoStates {
  StateSet states() { return kBits; }
};
struct Swept : Coin {
  void gibbs_sweep(TileSpan<double, 1>, double, TileNoise<double, 1>&, Workspace&) const {}
  Index gibbs_uniforms() const { return 4; }
};
struct SweptWithoutUniforms : Coin {
  void gibbs_sweep(TileSpan<double, 1>, double, TileNoise<double, 1>&, Workspace&) const {}
};
struct Conditional : Coin {
  void conditional_energies(TileSpan<const double, 1>, Index, LanesSpan<double> energies, Workspace&) const {
    energies[0].setConstant(7);
    energies[1].setConstant(8);
  }
};

static_assert(DiscreteEnergy<Coin> && ResampledEnergy<Coin> && !GibbsEnergy<Coin> && !HasConditionalEnergies<Coin>);
static_assert(!DiscreteEnergy<NoStates> && !DiscreteEnergy<StatesOfAnotherType> && !DiscreteEnergy<MutableStates>);
static_assert(GibbsEnergy<Swept> && !GibbsEnergy<SweptWithoutUniforms> && HasConditionalEnergies<Conditional>);

template <class E>
double difference(const E& energy) {
  Workspace workspace;
  const auto x = workspace.tiles<double, 1>(1, 1), out = workspace.tiles<double, 1>(2, 1);
  x[0].setZero();
  conditional_energies(energy, x, 0, out, workspace);
  return out[1](0) - out[0](0);
}

}  // namespace

TEST_CASE("the values of a set of states", "[discrete_energy]") {
  CHECK(kBits.value(0) == 0);
  CHECK(kBits.value(1) == 1);
  CHECK(kSpins.value(0) == -1);
  CHECK(kSpins.value(1) == 1);
  CHECK(StateSet{0, 1, 5}.value(4) == 4);
}

TEST_CASE("conditional energies are the energy's own, or made from its values", "[discrete_energy]") {
  CHECK(difference(Coin{}) == 0.5);
  CHECK(difference(Conditional{}) == 1);
}

TEST_CASE("conditional energies leave the state as it is", "[discrete_energy]") {
  const small_discrete::Pairwise<double> energy(4, kSpins, 0.7, 3);
  const auto all = small_discrete::all_states<double>(4, kSpins);
  Workspace workspace;
  const auto x = workspace.tiles<double, Dynamic>(1, 4);
  const auto out = workspace.tiles<double, 1>(2, 1);
  pack_rows(all.topRows(8), x);
  conditional_energies(energy, x, 2, out, workspace);
  for (Index l = 0; l < 8; ++l) {
    for (Index i = 0; i < 4; ++i) CHECK(x.coordinate(0, i)[l] == all(l, i));
    auto up = all.row(l).eval(), down = up;
    up(2) = 1, down(2) = -1;
    CHECK(out[1](l) - out[0](l) == Approx(energies(energy, up)(0) - energies(energy, down)(0)));
  }
}
