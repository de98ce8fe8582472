// Random numbers in aligned memory, for the tests of network kernels.
#pragma once

#include <ebm/core/rng.hpp>
#include <ebm/core/workspace.hpp>

namespace network_data {

template <class Scalar>
Scalar* take_random(ebm::Workspace& workspace, ebm::Index count, std::uint64_t seed) {
  Scalar* values = workspace.take<Scalar>(count);
  const ebm::Stream stream(seed);
  for (ebm::Index i = 0; i < count; ++i)
    values[i] = static_cast<Scalar>(stream.normal(0, static_cast<std::uint64_t>(i)));
  return values;
}

}  // namespace network_data
