// HiddenLayers: dense layers with an activation each, as many and as wide as a list says at run time.
//
//   HiddenLayers{{200, 200, 200}}        Dense{200}, Silu{}, Dense{200}, Silu{}, Dense{200}, Silu{}
//   HiddenLayers<Tanh>{widths}           with another activation
#pragma once

#include <ebm/core/shapes.hpp>
#include <ebm/networks/activation.hpp>

#include <vector>

namespace ebm {

template <Activation Act = Silu>
struct HiddenLayers {
  std::vector<Index> widths;
};
HiddenLayers(std::vector<Index>)->HiddenLayers<Silu>;

}  // namespace ebm
