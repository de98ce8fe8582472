// One of several states for each lane of a tile, drawn by inversion from one uniform.
//
//   p_k = exp(beta a_k) / sum_l exp(beta a_l)
#pragma once

#include <ebm/core/lane_math.hpp>

namespace ebm::detail {

// Activations [state][lane] become weights summed up; to[lane] is the first state whose sum reaches uniform x total.
template <class Scalar>
void draw_categories(Scalar* activations, Index states, double beta, const Scalar* uniforms, Scalar* to) {
  using V = Pack<Scalar>;
  for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
    Scalar* lanes = activations + p;
    V largest = V::load(lanes), total(0), state(0);
    for (Index k = 1; k < states; ++k) largest = maximum(largest, V::load(lanes + k * kLanes<Scalar>));
    for (Index k = 0; k < states; ++k) {
      Scalar* at = lanes + k * kLanes<Scalar>;
      total = total + exp(V(beta) * (V::load(at) - largest));
      total.store(at);
    }
    const V mark = V::load(uniforms + p) * total;
    for (Index k = 1; k < states; ++k) state = select(V::load(lanes + (k - 1) * kLanes<Scalar>) < mark, V(k), state);
    state.store(to + p);
  }
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
