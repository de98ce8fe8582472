// Energy, DifferentiableEnergy, TrainableEnergy: what a user's type must offer to be evaluated, sampled and trained.
//
// Every energy names its Scalar (float or double) and its static dim, which may be ebm::Dynamic if dimension() tells
// it. What it computes may be written in any of three forms; the first that a type has is the one that is called.
//
//   in place, several tiles at once, scratch from the caller (the canonical form; values and gradients are overwritten)
//       value(x, values, workspace)
//       value_and_gradient(x, values, gradients, workspace)
//   lane by lane, on any V that has the arithmetic of core/lane_math.hpp (a Pack, a scalar, a dual number)
//       lane_value(x) -> V                       x and gradient: std::array<V, dim>
//       lane_value_and_gradient(x, gradient) -> V
//   by value, Eigen expressions over one tile
//       energy(tile) -> Lanes<Scalar>
//       gradient(tile) -> Tile<Scalar, dim>
//
// A trainable energy shows its parameters as one flat vector, takes new ones, and adds the weighted sum of dE/dtheta
// over the lanes of some tiles to a flat vector. All const members are safe to call from several threads.
#pragma once

#include <ebm/core/pack.hpp>
#include <ebm/core/workspace.hpp>

#include <array>
#include <span>

namespace ebm {

template <class E>
concept HasScalar = std::same_as<typename E::Scalar, float> || std::same_as<typename E::Scalar, double>;

// A static dimension, or the Dynamic one together with dimension().
template <class E>
concept HasDimension =
    std::same_as<decltype(E::dim), const int> &&
    (E::dim > 0 || (E::dim == Dynamic && requires(const E& e) { { e.dimension() } -> std::same_as<Index>; }));

namespace detail {
template <class E>
using ConstTiles = TileSpan<const typename E::Scalar, E::dim>;
template <class E>
using MutableTiles = TileSpan<typename E::Scalar, E::dim>;
template <class E>
using LaneArray = std::array<Pack<typename E::Scalar>, static_cast<std::size_t>(E::dim > 0 ? E::dim : 0)>;
}  // namespace detail

// Values of several tiles, in place.
template <class E>
concept ValuesInPlace = requires(const E& e, detail::ConstTiles<E> x, LanesSpan<typename E::Scalar> values,
                                 Workspace& workspace) {
  { e.value(x, values, workspace) } -> std::same_as<void>;
};
// Values and gradients of several tiles, in place.
template <class E>
concept GradientsInPlace = requires(const E& e, detail::ConstTiles<E> x, LanesSpan<typename E::Scalar> values,
                                    detail::MutableTiles<E> gradients, Workspace& workspace) {
  { e.value_and_gradient(x, values, gradients, workspace) } -> std::same_as<void>;
};

template <class E>
concept ValuesByLane = (E::dim > 0) && requires(const E& e, const detail::LaneArray<E>& x) {
  { e.lane_value(x) } -> std::same_as<Pack<typename E::Scalar>>;
};
template <class E>
concept GradientsByLane =
    (E::dim > 0) && requires(const E& e, const detail::LaneArray<E>& x, detail::LaneArray<E>& gradient) {
      { e.lane_value_and_gradient(x, gradient) } -> std::same_as<Pack<typename E::Scalar>>;
    };

template <class E>
concept ValuesByTile = requires(const E& e, const Tile<typename E::Scalar, E::dim>& x) {
  { e.energy(x) } -> std::same_as<Lanes<typename E::Scalar>>;
};
template <class E>
concept GradientsByTile = requires(const E& e, const Tile<typename E::Scalar, E::dim>& x) {
  { e.gradient(x) } -> std::same_as<Tile<typename E::Scalar, E::dim>>;
};

// Can be evaluated: scores, Metropolis, log Z by quadrature.
template <class E>
concept Energy = HasScalar<E> && HasDimension<E> && (ValuesInPlace<E> || ValuesByLane<E> || ValuesByTile<E>);

// Has a gradient in x as well: every gradient sampler.
template <class E>
concept DifferentiableEnergy = Energy<E> && (GradientsInPlace<E> || GradientsByLane<E> || GradientsByTile<E>);

template <class E>
concept HasParameters = requires(const E& e, E& mutable_e, std::span<const typename E::Scalar> theta) {
  { e.parameters() } -> std::same_as<std::span<const typename E::Scalar>>;
  { mutable_e.set_parameters(theta) } -> std::same_as<void>;
};
// values <- E(x); gradient += sum over lanes of weights * dE/dtheta.
template <class E>
concept HasParameterGradient =
    requires(const E& e, detail::ConstTiles<E> x, LanesSpan<const typename E::Scalar> weights,
             LanesSpan<typename E::Scalar> values, std::span<typename E::Scalar> gradient, Workspace& workspace) {
      { e.add_parameter_gradient(x, weights, values, gradient, workspace) } -> std::same_as<void>;
    };

// values <- u . dE/dx for directions u; gradient += sum over lanes of weights * d(u . dE/dx)/dtheta.
template <class E>
concept HasMixedGradient =
    requires(const E& e, detail::ConstTiles<E> x, detail::ConstTiles<E> directions,
             LanesSpan<const typename E::Scalar> weights, LanesSpan<typename E::Scalar> values,
             std::span<typename E::Scalar> gradient, Workspace& workspace) {
      { e.add_mixed_gradient(x, directions, weights, values, gradient, workspace) } -> std::same_as<void>;
    };

// Can be trained: every objective and the trainer.
template <class E>
concept TrainableEnergy = Energy<E> && HasParameters<E> && HasParameterGradient<E>;

namespace detail {
// Energies of at most so many coordinates are evaluated in registers.
inline constexpr int kMostLaneCoordinates = 8;
}  // namespace detail

// How many tiles an energy likes at once: E::tiles_at_once if it says so, else four of few coordinates, so that their
// steps overlap in the machine, or one.
template <class E>
inline constexpr Index kTilesAtOnce = E::dim > 0 && E::dim <= detail::kMostLaneCoordinates ? 4 : 1;
template <class E>
  requires std::integral<std::remove_cvref_t<decltype(E::tiles_at_once)>>
inline constexpr Index kTilesAtOnce<E> = E::tiles_at_once;

// The dimension of an energy, static or not.
template <HasDimension E>
Index dimension_of(const E& energy) {
  if constexpr (E::dim != Dynamic) {
    return E::dim;
  } else {
    return energy.dimension();
  }
}

}  // namespace ebm
