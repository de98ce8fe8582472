// StorableEnergy: an energy that can be kept on disk, and got back with the same bits (io/safetensors.hpp).
//
//   tensors() -> Tensors           everything that it is made of: parameters, frames, offsets
//   static from(tensors) -> E      the energy made of them; throws ebm::Error where one is missing or does not fit
//
// An energy around another one adds its own tensors to those of the inner one.
#pragma once

#include <ebm/concepts/energy.hpp>
#include <ebm/core/tensors.hpp>

namespace ebm {

// What is no energy by itself, such as a network, is kept in the same way.
template <class S>
concept Storable = requires(const S& s, const Tensors& tensors) {
  { s.tensors() } -> std::same_as<Tensors>;
  { S::from(tensors) } -> std::same_as<S>;
};

template <class E>
concept StorableEnergy = Energy<E> && Storable<E>;

}  // namespace ebm
