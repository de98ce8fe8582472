// StorableEnergy: an energy that can be kept on disk, and got back with the same bits (io/safetensors.hpp).
//
//   tensors() -> Tensors           everything that it is made of: parameters, frames, offsets
//   static from(tensors) -> E      the energy made of them; throws ebm::Error where one is missing or does not fit
//
// An energy around another one adds its own tensors to those of the inner one.
#pragma once

#include <ebm/concepts/energy.hpp>
#include <ebm/core/archive.hpp>

namespace ebm {

// What is no energy by itself, such as a network, is kept in the same way.
template <class S>
concept Storable = requires(const S& s, const Tensors& tensors) {
  { s.tensors() } -> std::same_as<Tensors>;
  { S::from(tensors) } -> std::same_as<S>;
};

template <class E>
concept StorableEnergy = Energy<E> && Storable<E>;

// The state of an energy that is trained: all of it, or the parameters of one that is not storable.
template <HasParameters E>
void transfer_energy(Archive& archive, std::string_view name, E& energy) {
  if constexpr (Storable<E> && std::is_move_assignable_v<E>) {
    Tensors tensors;
    if (!archive.reading()) tensors = energy.tensors();
    archive.transfer_tensors(name, tensors);
    if (archive.reading()) energy = E::from(tensors);
  } else {
    FlatVector<typename E::Scalar> parameters(energy.parameters());
    archive(name, parameters);
    if (archive.reading()) energy.set_parameters(parameters.span());
  }
}

}  // namespace ebm
