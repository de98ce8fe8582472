// The smallest energy that knows a sparsity gradient, and what comes near.
#include <ebm/concepts/sparsity_gradient.hpp>

namespace {

using namespace ebm;

// The smallest type that is one.
struct Held {
  using Scalar = float;
  static constexpr int dim = 2;
  void add_sparsity_gradient(TileSpan<const float, 2>, Index, double, double, std::span<float>, Workspace&) const {}
};
static_assert(HasSparsityGradient<Held>);

struct OfDoubles {
  using Scalar = float;
  static constexpr int dim = 2;
  void add_sparsity_gradient(TileSpan<const float, 2>, Index, double, double, std::span<double>, Workspace&) const {}
};
struct WithoutRows {
  using Scalar = float;
  static constexpr int dim = 2;
  void add_sparsity_gradient(TileSpan<const float, 2>, double, double, std::span<float>, Workspace&) const {}
};
struct Returns {
  using Scalar = float;
  static constexpr int dim = 2;
  double add_sparsity_gradient(TileSpan<const float, 2>, Index, double, double, std::span<float>, Workspace&) const;
};
static_assert(!HasSparsityGradient<OfDoubles> && !HasSparsityGradient<WithoutRows> && !HasSparsityGradient<Returns>);

}  // namespace
