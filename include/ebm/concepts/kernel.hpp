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

// What a kernel moves (samplers/chains.hpp), and the noise that it moves it by (core/tile_noise.hpp).
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

// The same for a kernel whose number depends on the energy: kernel.uniforms_per_step(energy).
template <class K, class E>
Index uniforms_per_step(const K& kernel, const E& energy) {
  if constexpr (requires { { kernel.uniforms_per_step(energy) } -> std::same_as<Index>; }) {
    return kernel.uniforms_per_step(energy);
  } else {
    static_assert(16 % kUniformsPerStep<K> == 0, "the uniforms of a step must fit into one block of noise");
    return kUniformsPerStep<K>;
  }
}

// Whether a kernel keeps the energies of its state up to date; K::tracks_energy if it says so, else it does. Where it
// does not, energies are evaluated when somebody looks at them.
template <class K>
inline constexpr bool kTracksEnergy = true;
template <class K>
  requires std::same_as<std::remove_cvref_t<decltype(K::tracks_energy)>, bool>
inline constexpr bool kTracksEnergy<K> = K::tracks_energy;

template <class K>
concept TunableKernel =
    std::same_as<decltype(K::step_size), std::optional<double>> && std::same_as<decltype(K::target_acceptance), double>;

}  // namespace ebm
