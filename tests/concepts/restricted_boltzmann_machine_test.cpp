// The smallest restricted Boltzmann machine, and what comes near.
#include <ebm/concepts/restricted_boltzmann_machine.hpp>

namespace {

using namespace ebm;

struct Bits {
  using Scalar = double;
  static constexpr int dim = 1;
  StateSet states() const { return kBits; }
  Lanes<double> energy(const Tile<double, 1>& x) const { return x.col(0); }
};

// The smallest type that is one.
struct Machine : Bits {
  Index visible() const { return 1; }
  Index hidden() const { return 2; }
  float weight(Index, Index) const { return 0; }
  float visible_bias(Index) const { return 0; }
  float hidden_bias(Index) const { return 0; }
};
static_assert(RestrictedBoltzmannMachine<Machine>);

struct UnsignedHidden : Machine {
  std::size_t hidden() const { return 2; }
};
struct WeightsOfAllPairs : Machine {
  float weight(Index) const { return 0; }
};
struct Blind : Bits {
  Index hidden() const { return 2; }
  float weight(Index, Index) const { return 0; }
  float visible_bias(Index) const { return 0; }
  float hidden_bias(Index) const { return 0; }
};
static_assert(!RestrictedBoltzmannMachine<Bits> && !RestrictedBoltzmannMachine<UnsignedHidden>);
static_assert(!RestrictedBoltzmannMachine<WeightsOfAllPairs> && !RestrictedBoltzmannMachine<Blind>);

}  // namespace
