// The smallest energy with an anchor, and what comes near.
#include <ebm/concepts/anchored_energy.hpp>

namespace {

using namespace ebm;

// The smallest type that is one.
struct Held {
  using Scalar = double;
  static constexpr int dim = 1;
  Lanes<double> energy(const Tile<double, 1>& x) const { return 0.5 * x.col(0).square(); }
  double anchor_variance() const { return 1; }
};
static_assert(AnchoredEnergy<Held>);

struct OfFloats : Held {
  float anchor_variance() const { return 1; }
};
struct NoEnergy {
  double anchor_variance() const { return 1; }
};
struct Mutable : Held {
  double anchor_variance() { return 1; }
};
static_assert(!AnchoredEnergy<OfFloats> && !AnchoredEnergy<NoEnergy> && !AnchoredEnergy<Mutable>);

}  // namespace
