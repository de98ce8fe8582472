// How the log density of chains on a path changes with beta, where a path leads from one energy to another.
//
//   log f_beta = -(1 - beta) u - beta E,     d log f_beta / d beta = u(x) - E(x)
#pragma once

#include <ebm/samplers/advance.hpp>

namespace ebm::detail {

// f(chain, u(x) - E(x)) for the chains of a range; base_value(x, values, workspace) gives u of some tiles.
template <class E, class BaseValue, class F>
void for_each_base_slope(const E& energy, const Chains<typename E::Scalar, E::dim>& chains, TileRange range,
                         Workspace& workspace, BaseValue base_value, F f) {
  using Scalar = typename E::Scalar;
  constexpr Index at_once = kTilesAtOnce<E>, lanes = kLanes<Scalar>;
  Workspace::Scope scope(workspace);
  const auto values = workspace.tiles<Scalar, 1>(at_once, 1), of_base = workspace.tiles<Scalar, 1>(at_once, 1);
  for (Index t = 0; t < range.count; t += at_once) {
    const Index count = std::min(at_once, range.count - t), first = range.first + t;
    const auto x = chains.positions().subspan(first, count);
    evaluate(energy, x, values.subspan(0, count), workspace);
    base_value(x, of_base.subspan(0, count), workspace);
    for (Index c = 0; c < count * lanes; ++c)
      f(first * lanes + c, static_cast<double>(of_base.data()[c]) - static_cast<double>(values.data()[c]));
  }
}

}  // namespace ebm::detail
