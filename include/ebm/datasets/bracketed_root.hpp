// A root of a function that changes sign once in a bracket, one in each lane of a pack or of a scalar: Newton's method,
// and a halving of the bracket wherever a step would leave it.
#pragma once

#include <ebm/datasets/plane.hpp>

namespace ebm::detail {

// The function is negative at `below` and positive at `above`, whichever is the larger; function(a) is its value and
// derivative. Roots are of order one: a step below 4e-15 ends the search.
template <class V, class Function>
V bracketed_root(V below, V above, V start, Function function) {
  const V arrival(4e-15);
  V root = start, moved(1.0);
  for (int iteration = 0; iteration < 100; ++iteration) {
    const auto [value, derivative] = function(root);
    below = select(value <= V(0.0), root, below);
    above = select(value >= V(0.0), root, above);
    const V newton = root - value / derivative, halfway = V(0.5) * (below + above);
    const V inward = select(newton <= maximum(below, above), newton, halfway);
    const V next = select(minimum(below, above) <= newton, inward, halfway);
    // A lane that has arrived stays, whatever the others do.
    const auto arrived = moved <= arrival;
    moved = select(arrived, moved, abs(next - root));
    root = select(arrived, root, next);
    if (!any_positive(moved - arrival)) break;
  }
  return root;
}

}  // namespace ebm::detail
