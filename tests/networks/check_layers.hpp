// Checks of layers: outputs against plain loops, slopes against differences, the same bits for any number of tiles.
#pragma once

#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/network_energy.hpp>

#include <cstring>

#include "core/allocations.hpp"
#include "networks/plain_layers.hpp"
#include "support/catch.hpp"

namespace check_layers {

using namespace ebm;

template <class S, int Dim>
Points<S, Dim> random_points(Index count, std::uint64_t seed, Index dim = Dim) {
  const Stream stream(seed);
  Points<S, Dim> points(count, dim);
  for (Index row = 0; row < count; ++row) {
    for (Index i = 0; i < dim; ++i)
      points(row, i) = static_cast<S>(stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i)));
  }
  return points;
}

// Moves every parameter off the symmetric values that layers start with.
template <class Net>
void randomise(Net& network, std::uint64_t seed) {
  std::vector<typename Net::Scalar> theta(network.parameters().begin(), network.parameters().end());
  const Stream stream(seed);
  for (std::size_t i = 0; i < theta.size(); ++i)
    theta[i] += static_cast<typename Net::Scalar>(0.2 * stream.normal(0, i));
  network.set_parameters(theta);
}

// Largest deviation of the outputs from those of plain loops, relative to the largest output.
template <class S, class Input, class... Layers>
double output_error(const Network<S, Input, Layers...>& network) {
  constexpr Index rows = 3 * kLanes<S> - 2;
  const Points<S, Input::size> points = random_points<S, Input::size>(rows, 2);
  const auto outputs = network.outputs(points);
  const std::vector<double> theta(network.parameters().begin(), network.parameters().end());
  double error = 0, size = 1e-30;
  for (Index row = 0; row < rows; ++row) {
    plain_layers::Row x(static_cast<std::size_t>(Input::size));
    for (Index i = 0; i < Input::size; ++i) x[static_cast<std::size_t>(i)] = static_cast<double>(points(row, i));
    const double* next = theta.data();
    const plain_layers::Row wanted = plain_layers::run(Input{}, next, x, Layers{}...);
    if (next != theta.data() + theta.size()) FAIL("the loops do not end with the last parameter");
    if (static_cast<Index>(wanted.size()) != outputs.cols()) FAIL("the loops give another number of outputs");
    for (Index k = 0; k < outputs.cols(); ++k) {
      const double y = wanted[static_cast<std::size_t>(k)];
      error = std::max(error, std::abs(static_cast<double>(outputs(row, k)) - y));
      size = std::max(size, std::abs(y));
    }
  }
  return error / size;
}

// Everything that a pass computes, bit for bit the same for tiles alone and together; tests/isa has the rest.
template <class Energy>
void check_tiles(const Energy& energy) {
  using S = typename Energy::Scalar;
  constexpr Index tiles = 7;
  constexpr int Dim = Energy::dim;
  const Index dim = dimension_of(energy);
  Workspace workspace;
  const auto x = workspace.tiles<S, Dim>(tiles, dim), slopes = workspace.tiles<S, Dim>(tiles, dim),
             slopes_alone = workspace.tiles<S, Dim>(tiles, dim);
  const auto values = workspace.tiles<S, 1>(tiles, 1), values_only = workspace.tiles<S, 1>(tiles, 1),
             values_alone = workspace.tiles<S, 1>(tiles, 1), weights = workspace.tiles<S, 1>(tiles, 1);
  pack_rows(random_points<S, Dim>(tiles * kLanes<S>, 8, dim), x);
  std::fill_n(weights.data(), weights.size(), S(1));
  std::vector<S> gradient(energy.parameters().size());
  const auto evaluate_all = [&] {
    energy.value_and_gradient(x, values, slopes, workspace);
    energy.value(x, values_only, workspace);
    for (Index t = 0; t < tiles; ++t)
      energy.value_and_gradient(x.subspan(t, 1), values_alone.subspan(t, 1), slopes_alone.subspan(t, 1), workspace);
    energy.add_parameter_gradient(x, weights, values, gradient, workspace);
  };
  evaluate_all();
  const auto same = [](const auto& a, const auto& b) {
    return std::memcmp(a.data(), b.data(), sizeof(S) * static_cast<std::size_t>(a.size())) == 0;
  };
  CHECK(same(values, values_only));
  CHECK(same(values, values_alone));
  CHECK(same(slopes, slopes_alone));

  const long before = allocations;
  evaluate_all();
  CHECK(allocations == before);
}

// A network of these layers with one output at the end.
template <class S, class Input, class... Layers>
auto energy_of(std::uint64_t seed = 3) {
  Rng rng{1};
  auto net = network<S>(rng, Input{}, Layers{}..., Dense<1>{});
  randomise(net, seed);
  return NetworkEnergy{net};
}

inline Values<double> lane_weights(Index rows) {
  Values<double> weights(rows);
  for (Index i = 0; i < rows; ++i) weights(i) = i % 5 == 3 ? 0.0 : std::cos(2.0 * static_cast<double>(i));
  return weights;
}

template <class Energy>
void check_slopes(const Energy& energy) {
  const auto points = random_points<double, Energy::dim>(11, 4, dimension_of(energy));
  CHECK(check_gradient(energy, points, {.tolerance = 1e-6}));
  CHECK(check_parameter_gradient(energy, points, lane_weights(11), {.tolerance = 1e-6, .at_most = 120}));
}

template <class S, class Input, class... Layers>
void check_outputs(double tolerance) {
  Rng rng{1};
  auto net = network<S>(rng, Input{}, Layers{}...);
  randomise(net, 5);
  CHECK(output_error(net) < tolerance);
}

template <class Input, class... Layers>
void check_single() {
  check_outputs<float, Input, Layers...>(4e-6);
  check_tiles(energy_of<float, Input, Layers...>());
}

template <class Input, class... Layers>
void check() {
  check_outputs<double, Input, Layers...>(1e-13);
  const auto energy = energy_of<double, Input, Layers...>();
  STATIC_REQUIRE(TrainableEnergy<std::remove_const_t<decltype(energy)>>);
  check_slopes(energy);
  check_tiles(energy);
}

}  // namespace check_layers
