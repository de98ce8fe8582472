// Hashes of what networks of layers give: outputs, slopes in the inputs and in the parameters, a short training.
#pragma once

#include <ebm/energies/classifier_energy.hpp>
#include <ebm/energies/network_energy.hpp>
#include <ebm/networks/average_pool.hpp>
#include <ebm/networks/flatten.hpp>
#include <ebm/networks/max_pool.hpp>
#include <ebm/networks/norm.hpp>
#include <ebm/networks/residual.hpp>
#include <ebm/networks/spectral_norm.hpp>

#include "isa/training_bits.hpp"

namespace ebm_bits {

template <bool Mixed, class Energy>
std::uint64_t hash_of_slopes(Energy energy) {
  using S = typename Energy::Scalar;
  constexpr ebm::Index tiles = 7, dim = Energy::dim;
  ebm::Workspace workspace;
  const auto x = workspace.tiles<S, dim>(tiles, dim), slopes = workspace.tiles<S, dim>(tiles, dim);
  const auto values = workspace.tiles<S, 1>(tiles, 1), weights = workspace.tiles<S, 1>(tiles, 1);
  for (ebm::Index t = 0; t < tiles; ++t) {
    ebm::fill_normals<S>(ebm::Stream(5), t, 0, dim, x.tile_data(t));
    ebm::fill_normals<S>(ebm::Stream(6), t, 0, 1, weights.tile_data(t));
  }
  ebm::FlatVector<S> gradient(energy.parameters().size());
  Hash hash;
  for (int repeat = 0; repeat < 2; ++repeat) {  // what is kept moves on when parameters are set
    energy.value_and_gradient(x, values, slopes, workspace);
    hash.add(values.data(), values.size());
    hash.add(slopes.data(), slopes.size());
    energy.add_parameter_gradient(x, weights, values, gradient.span(), workspace);
    hash.add(gradient.data(), static_cast<ebm::Index>(gradient.size()));
    if constexpr (Mixed) {
      energy.add_mixed_gradient(x, x, weights, values, gradient.span(), workspace);
      hash.add(values.data(), values.size());
      hash.add(gradient.data(), static_cast<ebm::Index>(gradient.size()));
    }
    energy.set_parameters(energy.parameters());
  }
  return hash.state;
}

template <class S>
void add_network_bits(const std::string& type, std::vector<Line>& lines) {
  using namespace ebm;
  const auto add = [&]<bool mixed>(std::bool_constant<mixed>, const char* name, auto input, auto... layers) {
    Rng rng{1};
    lines.emplace_back(name + (" " + type),
                       hash_of_slopes<mixed>(NetworkEnergy{network<S>(rng, input, layers..., Dense<1>{})}));
  };
  add(std::true_type{}, "conv", Image<9, 10>{}, Conv<15, 3, 2, 1>{}, Silu{}, Conv<29, 3, 2>{}, Softplus{});
  add(std::true_type{}, "conv large", Image<16, 16, 3>{}, Conv<15, 3, 1, 1>{}, Silu{}, Conv<7, 3, 2>{}, Tanh{});
  add(std::false_type{}, "pool", Image<9, 10, 2>{}, AveragePool<3, 2>{}, MaxPool<2, 1>{}, Flatten{});
  add(std::false_type{}, "residual", Image<5, 5, 4>{}, Residual<GroupNorm<2>, Silu, Conv<4, 3, 1, 1>>{}, LayerNorm{},
      Silu{});
  add(std::true_type{}, "spectral", Image<5, 5, 2>{}, SpectralNorm<Conv<7, 3>>{}, Silu{}, SpectralNorm<Dense<19>>{},
      Silu{});
}

inline std::vector<Line> network_bits() {
  using namespace ebm;
  std::vector<Line> lines;
  add_network_bits<float>("float", lines);
  add_network_bits<double>("double", lines);
  Rng rng{1};
  const NetworkEnergy energy{network<float>(rng, Image<4, 4>{}, Conv<12, 3, 1, 1>{}, Silu{}, Dense<1>{})};
  lines.push_back(
      training_line("train Network Mala Adam", energy, Mala{}, Persistent{.chains = 100, .steps = 4}, Adam{}));
  const ClassifierEnergy classifier{network<float>(rng, Features<3>{}, Dense<9>{}, Silu{}, Dense<3>{})};
  lines.push_back(training_line("train Classifier Mala by class", classifier, Mala{.temperature = 0.5},
                                Persistent{.chains = 100, .steps = 4, .by_class = true}, Adam{}));
  return lines;
}

}  // namespace ebm_bits
