// One of several states for each lane of a pack, drawn by inversion from one uniform.
//
//   p_k = exp(-beta e_k) / sum_l exp(-beta e_l)
#pragma once

#include <ebm/core/lane_math.hpp>

namespace ebm::detail {

// The number of the first state whose cumulative weight reaches uniform x total, and the total, which is finite where
// the energies are numbers of which one at least is finite. The energies of state k, at lanes + k * stride, become
// cumulative weights.
template <class V>
struct DrawnCategory {
  V number, total;

  template <class Scalar>
  DrawnCategory(Scalar* lanes, Index stride, Index states, V minus_beta, V uniform) : number(0), total(0) {
    V smallest = V::load(lanes);
    for (Index k = 1; k < states; ++k) smallest = minimum(smallest, V::load(lanes + k * stride));
    for (Index k = 0; k < states; ++k) {
      total = total + exp(minus_beta * (V::load(lanes + k * stride) - smallest));
      total.store(lanes + k * stride);
    }
    const V mark = uniform * total;
    for (Index k = 1; k < states; ++k) number = select(V::load(lanes + (k - 1) * stride) < mark, V(k), number);
  }
};

// The same for all lanes of a tile: energies [state][lane] become cumulative weights; to[lane] is the number drawn.
template <class Scalar>
void draw_categories(Scalar* energies, Index states, double beta, const Scalar* uniforms, Scalar* to) {
  using V = Pack<Scalar>;
  for (Index p = 0; p < kLanes<Scalar>; p += V::size)
    DrawnCategory<V>(energies + p, kLanes<Scalar>, states, V(-beta), V::load(uniforms + p)).number.store(to + p);
}

// to[lane] = -from[lane].
template <class Scalar>
void negate_lanes(const Scalar* from, Scalar* to) {
  for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size) (-Pack<Scalar>::load(from + p)).store(to + p);
}

// Units [state][lane] that are 1 where the lane is in that state, else 0; all 0 where it is in none.
template <class Scalar>
void write_units(const Scalar* state, Index states, Scalar* units) {
  using V = Pack<Scalar>;
  for (Index k = 0; k < states; ++k) {
    for (Index p = 0; p < kLanes<Scalar>; p += V::size)
      select(V::load(state + p) == V(k), V(1), V(0)).store(units + k * kLanes<Scalar> + p);
  }
}

}  // namespace ebm::detail
