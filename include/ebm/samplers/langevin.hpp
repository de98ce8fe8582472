// The Langevin transition that Sgld and Mala share: a proposal, its Metropolis ratio, and a decision for each lane.
//
//   y = x - epsilon dE/dx + sqrt(2 epsilon T) xi                                                    xi ~ N(0, I)
//   log ratio = (E(x) - E(y)) / T + sum_i q_i (xi_i - q_i / 2),   q = sqrt(epsilon / 2 T) (dE/dx + dE/dy)
//
// The second form of the ratio exp(-E(y)/T) q(x | y) / (exp(-E(x)/T) q(y | x)) (Roberts & Tweedie 1996) loses nothing
// to cancellation, since the differences of positions are taken analytically. Energies that are written lane by lane
// make the whole transition in registers; the others evaluate all proposals of the group at once.
#pragma once

#include <ebm/samplers/chains.hpp>
#include <ebm/core/tile_noise.hpp>

namespace ebm::detail {

// What a decision is made from, for one pack of lanes.
template <class V>
struct LangevinMove {
  V log_ratio;        // 0 where it is not asked for
  V proposed_energy;  // E(y)
  V soundness;        // finite where E(y) and dE/dy are
};

template <class Scalar>
struct LangevinScales {
  Pack<Scalar> drift, spread, ratio, inverse_temperature;

  LangevinScales(double step_size, double temperature)
      : drift(-step_size),
        spread(std::sqrt(2.0 * step_size * temperature)),
        ratio(std::sqrt(0.5 * step_size / temperature)),
        inverse_temperature(1.0 / temperature) {}
};

// min(1, exp(log ratio)), and 0 where the ratio is no number.
template <class V>
EBM_INLINE V acceptance_probability(V log_ratio) {
  return select(log_ratio == log_ratio, exp(minimum(log_ratio, V(0))), V(0));
}

template <class E, class Decide>
void langevin_transition_by_lane(const E& energy, const ChainStateOf<E>& state,
                                 const LangevinScales<typename E::Scalar>& scales,
                                 TileNoise<typename E::Scalar, E::dim>& noise, bool wants_ratio, Decide decide) {
  using Scalar = typename E::Scalar;
  using V = Pack<Scalar>;
  constexpr Index dim = E::dim;
  for (Index t = 0; t < state.position.count(); ++t) {
    Scalar *position = state.position.tile_data(t), *slopes = state.gradient.tile_data(t),
           *energies = state.energy.tile_data(t);
    const Scalar* normals = noise.normals(t);
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
      const auto at = [p](auto* array, Index i) { return array + i * kLanes<Scalar> + p; };
      LaneArray<E> x, y, gradient, new_gradient;
      for (std::size_t i = 0; i < dim; ++i) {
        const Index k = static_cast<Index>(i);
        x[i] = V::load(at(position, k)), gradient[i] = V::load(at(slopes, k));
        y[i] = fma(scales.spread, V::load(at(normals, k)), fma(scales.drift, gradient[i], x[i]));
      }
      const V old_energy = V::load(energies + p);
      const V new_energy = energy.lane_value_and_gradient(y, new_gradient);
      LangevinMove<V> move{V(0), new_energy, new_energy};
      for (std::size_t i = 0; i < dim; ++i) move.soundness = move.soundness + new_gradient[i];
      if (wants_ratio) {
        move.log_ratio = (old_energy - new_energy) * scales.inverse_temperature;
        for (std::size_t i = 0; i < dim; ++i) {
          const V q = scales.ratio * (gradient[i] + new_gradient[i]);
          move.log_ratio = fma(q, fma(V(-0.5), q, V::load(at(normals, static_cast<Index>(i)))), move.log_ratio);
        }
      }
      const auto taken = decide(move, t, p);
      for (std::size_t i = 0; i < dim; ++i) {
        const Index k = static_cast<Index>(i);
        select(taken, y[i], x[i]).store(at(position, k));
        select(taken, new_gradient[i], gradient[i]).store(at(slopes, k));
      }
      select(taken, new_energy, old_energy).store(energies + p);
    }
  }
}

// In some order: whether it is finite is all that counts.
template <class V>
EBM_INLINE V sum_of_coordinates(const ElementOf<V>* tile, Index dim) {
  V sum[4] = {V(0), V(0), V(0), V(0)};
  Index i = 0;
  for (; i + 4 <= dim; i += 4) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) sum[k] = sum[k] + V::load(tile + (i + k) * kLanes<ElementOf<V>>);
  }
  for (; i < dim; ++i) sum[0] = sum[0] + V::load(tile + i * kLanes<ElementOf<V>>);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

template <class E, class Decide>
void langevin_transition_by_tile(const E& energy, const ChainStateOf<E>& state,
                                 const LangevinScales<typename E::Scalar>& scales,
                                 TileNoise<typename E::Scalar, E::dim>& noise, bool wants_ratio, Workspace& workspace,
                                 Decide decide) {
  using Scalar = typename E::Scalar;
  using V = Pack<Scalar>;
  const Index count = state.position.count(), dim = state.position.dim();
  Workspace::Scope scope(workspace);
  const auto y = workspace.tiles<Scalar, E::dim>(count, dim),
             new_gradient = workspace.tiles<Scalar, E::dim>(count, dim);
  const auto new_energy = workspace.tiles<Scalar, 1>(count, 1);
  for (Index t = 0; t < count; ++t) {
    const Scalar *x = state.position.tile_data(t), *slope = state.gradient.tile_data(t), *xi = noise.normals(t);
    for (Index i = 0; i < y.stride(); i += V::size) {
      fma(scales.spread, V::load(xi + i), fma(scales.drift, V::load(slope + i), V::load(x + i)))
          .store(y.tile_data(t) + i);
    }
  }
  evaluate(energy, y, new_energy, new_gradient, workspace);
  for (Index t = 0; t < count; ++t) {
    const Scalar* normals = noise.normals(t);
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
      const V proposed = V::load(new_energy.tile_data(t) + p), old = V::load(state.energy.tile_data(t) + p);
      LangevinMove<V> move{V(0), proposed, sum_of_coordinates<V>(new_gradient.tile_data(t) + p, dim) + proposed};
      if (wants_ratio) {
        move.log_ratio = (old - proposed) * scales.inverse_temperature;
        for (Index i = 0; i < dim; ++i) {
          const V q = scales.ratio *
                      (V::load(state.gradient.coordinate(t, i) + p) + V::load(new_gradient.coordinate(t, i) + p));
          move.log_ratio = fma(q, fma(V(-0.5), q, V::load(normals + i * kLanes<Scalar> + p)), move.log_ratio);
        }
      }
      const auto taken = decide(move, t, p);
      const auto take = [&](const Scalar* from, Scalar* to) {
        select(taken, V::load(from + p), V::load(to + p)).store(to + p);
      };
      for (Index i = 0; i < dim; ++i) {
        take(y.coordinate(t, i), state.position.coordinate(t, i));
        take(new_gradient.coordinate(t, i), state.gradient.coordinate(t, i));
      }
      take(new_energy.tile_data(t), state.energy.tile_data(t));
    }
  }
}

// Moves every chain of the state to its proposal where decide(move, tile, first lane) -> mask says so.
template <class E, class Decide>
void langevin_transition(const E& energy, const ChainStateOf<E>& state, double step_size, double temperature,
                         TileNoise<typename E::Scalar, E::dim>& noise, bool wants_ratio, Workspace& workspace,
                         Decide decide) {
  const LangevinScales<typename E::Scalar> scales(step_size, temperature);
  if constexpr (GradientsByLane<E> && !GradientsInPlace<E> && E::dim <= kMostLaneCoordinates) {
    langevin_transition_by_lane(energy, state, scales, noise, wants_ratio, decide);
  } else {
    langevin_transition_by_tile(energy, state, scales, noise, wants_ratio, workspace, decide);
  }
}

// Adds to the lanes at `to`.
template <class V>
EBM_INLINE void add_lanes(V value, ElementOf<V>* to) {
  (V::load(to) + value).store(to);
}

// Marks the lanes outside the mask as failed.
template <class Mask, class Scalar>
EBM_INLINE void mark_failed(Mask sound, Scalar* failed) {
  using V = Pack<Scalar>;
  select(sound, V::load(failed), V(1)).store(failed);
}

}  // namespace ebm::detail
