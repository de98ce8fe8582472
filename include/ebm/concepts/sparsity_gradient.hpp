// HasSparsityGradient: an energy with hidden units whose mean activity over some points can be held near a target.
//
//   add_sparsity_gradient(x, rows, target, cost, gradient, workspace)
//       gradient += d/dtheta of cost / 2 sum_j (mean over the first `rows` lanes of p(h_j = 1 | v) - target)^2
#pragma once

#include <ebm/concepts/energy.hpp>

namespace ebm {

template <class E>
concept HasSparsityGradient = requires(const E& e, detail::ConstTiles<E> x, std::span<typename E::Scalar> gradient,
                                       Workspace& workspace) {
  { e.add_sparsity_gradient(x, Index{}, 0.1, 0.1, gradient, workspace) } -> std::same_as<void>;
};

}  // namespace ebm
