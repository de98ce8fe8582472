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

struct Grey : small_discrete::Pairwise<float> {
  using Pairwise::Pairwise;
  static constexpr bool accepts_real_states = true;
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

TEST_CASE("points that are no states are refused by row and value", "[discrete_energy]") {
  using Catch::Matchers::ContainsSubstring;
  static_assert(kAcceptsRealStates<Grey> && !kAcceptsRealStates<Coin>);
  const small_discrete::Pairwise<float> spins(3, kSpins, 1, 1), thirds(3, {0, 1.0 / 3, 4}, 1, 1);
  const Grey grey(3, kBits, 1, 1);
  const auto message = [](const auto& energy, Points<double> points, double value) {
    points(4, 2) = value;
    try {
      require_states("points", points, energy);
    } catch (const ValueError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  const Points<double> ones = Points<double>::Ones(5, 3);
  CHECK(message(spins, ones, -1) == "none");
  CHECK(message(spins, ones, 0) ==
        "points: 0 at row 4, column 2, wanted one of the energy's 2 states from -1 in steps of 2");
  CHECK(message(thirds, ones, 2.0 / 3) == "none");  // as the energy's floats
  CHECK_THAT(message(thirds, ones, 0.5), ContainsSubstring("points: 0.5 at row 4"));
  for (const double bad : {1.5, -0.01, std::nan("")}) {
    CHECK_THAT(message(grey, ones, bad), ContainsSubstring("at row 4, column 2"));
    CHECK_THAT(message(grey, ones, bad), ContainsSubstring("or between them"));
  }
  CHECK(message(grey, ones, 0.5) == "none");
  CHECK(message(NoStates{}, ones, 0.5) == "none");
}
