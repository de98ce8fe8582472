// The smallest energy that clusters can be drawn of, and what comes near.
#include <ebm/concepts/cluster_energy.hpp>

namespace {

using namespace ebm;

struct Bits {
  using Scalar = double;
  static constexpr int dim = 1;
  StateSet states() const { return kBits; }
  Lanes<double> energy(const Tile<double, 1>& x) const { return x.col(0); }
};

// The smallest type that is one.
struct Agreeing : Bits {
  Graph nodes{2, {{0, 1}}};
  const Graph& graph() const { return nodes; }
  double agreement(Index) const { return 1; }
  double node_energy(Index, Index) const { return 0; }
};
static_assert(ClusterEnergy<Agreeing>);

struct WithoutFields : Bits {
  Graph nodes{2, {{0, 1}}};
  const Graph& graph() const { return nodes; }
  double agreement(Index) const { return 1; }
};
struct MutableAgreement : Agreeing {
  double agreement(Index) { return 1; }
};
struct AgreementOfStates : Agreeing {
  double agreement(Index, Index, Index) const { return 1; }
};
static_assert(!ClusterEnergy<Bits> && !ClusterEnergy<WithoutFields>);
static_assert(!ClusterEnergy<MutableAgreement> && !ClusterEnergy<AgreementOfStates>);

}  // namespace
