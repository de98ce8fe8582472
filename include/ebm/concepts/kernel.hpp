// Kernel: one transition of a Markov chain, for energies of a given type.
//
//   init(energy, state, workspace)                               before the first step: caches energy and gradient
//   step(energy, state, epsilon, noise, acceptance, workspace)   moves every chain of the state once
//   measures_acceptance()                                        whether step adds acceptance probabilities
//   exact, reversible                                            static: leaves exp(-E / T) invariant; detailed balance
//
// TunableKernel: a kernel with a step size that may be left to be tuned to a target acceptance.
#pragma once

#include <ebm/concepts/energy.hpp>

#include <optional>

namespace ebm {

// What a kernel moves (samplers/chains.hpp), and the noise that it moves it by (samplers/tile_noise.hpp).
template <class Scalar, int Dim>
struct ChainState;
template <class Scalar, int Dim>
class TileNoise;

template <class K, class E>
concept Kernel = Energy<E> && std::same_as<decltype(K::exact), const bool> &&
    std::same_as<decltype(K::reversible), const bool> &&
    requires(const K& kernel, const E& energy, const ChainState<typename E::Scalar, E::dim>& state,
             TileNoise<typename E::Scalar, E::dim>& noise, LanesSpan<typename E::Scalar> acceptance,
             Workspace& workspace) {
  { kernel.init(energy, state, workspace) } -> std::same_as<void>;
  { kernel.step(energy, state, 0.1, noise, acceptance, workspace) } -> std::same_as<void>;
  { kernel.measures_acceptance() } -> std::same_as<bool>;
};

// Uniforms that a kernel uses at each step: K::uniforms_per_step if it says so, else one.
template <class K>
inline constexpr Index kUniformsPerStep = 1;
template <class K>
  requires std::integral<std::remove_cvref_t<decltype(K::uniforms_per_step)>>
inline constexpr Index kUniformsPerStep<K> = K::uniforms_per_step;

template <class K>
concept TunableKernel =
    std::same_as<decltype(K::step_size), std::optional<double>> && std::same_as<decltype(K::target_acceptance), double>;

}  // namespace ebm
