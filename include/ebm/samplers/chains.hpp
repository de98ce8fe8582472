// The chains of a run: position, energy and gradient of each, stored as tiles. A copy is a checkpoint.
#pragma once

#include <ebm/concepts/evaluation.hpp>
#include <ebm/core/archive.hpp>

#include <vector>

namespace ebm {

// What a kernel moves: a view of some tiles of chains. The gradient is that of kernels that use one, else zero.
// `failed` is 1 in lanes that met something not finite, else 0.
template <class Scalar, int Dim>
struct ChainState {
  TileSpan<Scalar, Dim> position;
  LanesSpan<Scalar> energy;
  TileSpan<Scalar, Dim> gradient;
  LanesSpan<Scalar> failed;
};

template <class E>
using ChainStateOf = ChainState<typename E::Scalar, E::dim>;

template <class Scalar, int Dim>
class Chains {
 public:
  Chains(Index tiles, Index dim)
      : tiles_(tiles),
        dim_(dim),
        position_(size(tiles * dim)),
        energy_(size(tiles)),
        gradient_(size(tiles * dim)),
        failed_(size(tiles)) {
    clear_failed();
    for (Lanes<Scalar>& lanes : energy_) lanes.setZero();
    for (Lanes<Scalar>& lanes : gradient_) lanes.setZero();
  }

  Index tiles() const { return tiles_; }
  Index dim() const { return dim_; }
  TileSpan<Scalar, Dim> positions() { return {position_.front().data(), tiles_, dim_}; }
  TileSpan<const Scalar, Dim> positions() const { return {position_.front().data(), tiles_, dim_}; }
  LanesSpan<Scalar> energies() { return {energy_.front().data(), tiles_}; }
  LanesSpan<Scalar> failed() { return {failed_.front().data(), tiles_}; }
  void clear_failed() {
    for (Lanes<Scalar>& lanes : failed_) lanes.setZero();
  }

  void transfer(Archive& archive) {
    archive("position", position_), archive("energy", energy_), archive("gradient", gradient_);
    archive("failed", failed_);
  }

  // Whether a chain stands where energy and gradient are finite.
  bool is_finite_lane(Index tile, Index lane) const {
    Scalar sum = energy_[size(tile)](lane);
    for (Index i = 0; i < dim_; ++i) sum += gradient_[size(tile * dim_ + i)](lane);
    return sum - sum == Scalar(0);
  }
  Index finite_lanes() const {
    Index count = 0;
    for (Index t = 0; t < tiles_; ++t) {
      for (Index l = 0; l < kLanes<Scalar>; ++l) count += is_finite_lane(t, l);
    }
    return count;
  }

  // Puts a chain where one of others stands.
  void copy_position(Index to, const Chains& others, Index from) {
    for (Index i = 0; i < dim_; ++i) {
      positions().coordinate(to / kLanes<Scalar>, i)[to % kLanes<Scalar>] =
          others.positions().coordinate(from / kLanes<Scalar>, i)[from % kLanes<Scalar>];
    }
  }

  ChainState<Scalar, Dim> state(Index first, Index count) {
    const TileSpan<Scalar, Dim> gradients(gradient_.front().data(), tiles_, dim_);
    return {positions().subspan(first, count), energies().subspan(first, count), gradients.subspan(first, count),
            failed().subspan(first, count)};
  }

 private:
  static std::size_t size(Index lanes) { return static_cast<std::size_t>(lanes); }

  Index tiles_, dim_;
  std::vector<Lanes<Scalar>> position_, energy_, gradient_, failed_;
};

// Lanes whose value is finite, as an argument of select.
template <class V>
EBM_INLINE auto is_finite(V value) {
  return value - value == V(0);
}

// Energy and gradient where the chains stand, as they are before a kernel's first step.
template <DifferentiableEnergy E>
void evaluate_chains(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) {
  using V = Pack<typename E::Scalar>;
  evaluate(energy, state.position, state.energy, state.gradient, workspace);
  for (Index i = 0; i < state.energy.size(); i += V::size) {
    typename E::Scalar* failed = state.failed.data() + i;
    select(is_finite(V::load(state.energy.data() + i)), V::load(failed), V(1)).store(failed);
  }
}

}  // namespace ebm
