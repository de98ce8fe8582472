// The smallest model of pairs, and what comes near without being one.
#include <ebm/concepts/pair_model.hpp>

namespace {

using namespace ebm;

struct Bits {
  using Scalar = double;
  static constexpr int dim = 1;
  StateSet states() const { return kBits; }
  Lanes<double> energy(const Tile<double, 1>& x) const { return x.col(0); }
};

// The smallest type that is one.
struct Pair : Bits {
  Graph nodes{2, {{0, 1}}};
  const Graph& graph() const { return nodes; }
  double edge_energy(Index, Index k, Index l) const { return k == l ? -1 : 1; }
  double node_energy(Index, Index k) const { return static_cast<double>(k); }
};
static_assert(PairModel<Pair>);

struct CopiedGraph : Pair {
  Graph graph() const { return nodes; }
};
struct EdgesOnly : Bits {
  Graph nodes{2, {{0, 1}}};
  const Graph& graph() const { return nodes; }
  double edge_energy(Index, Index, Index) const { return 0; }
};
struct OfFloats : Pair {
  float node_energy(Index, Index) const { return 0; }
};
static_assert(!PairModel<Bits> && !PairModel<CopiedGraph> && !PairModel<EdgesOnly> && !PairModel<OfFloats>);

}  // namespace
