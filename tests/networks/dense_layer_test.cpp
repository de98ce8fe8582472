#include <ebm/networks/dense_layer.hpp>

#include "networks/network_data.hpp"
#include "support/catch.hpp"

using namespace ebm;
using network_data::take_random;

namespace {

constexpr int kInputs = 5, kOutputs = 11, kTiles = 2;

// A layer with random weights, [input][output], and everything that its passes read and write.
template <class S>
struct Layer {
  using Dense = detail::DenseLayer<Silu, S>;
  static constexpr Index lanes = kLanes<S>;
  Workspace workspace;
  S *weights = take_random<S>(workspace, kInputs*kOutputs, 1), *biases = take_random<S>(workspace, kOutputs, 2);
  S *x = take_random<S>(workspace, kTiles*kInputs*lanes, 3),
    *delta = take_random<S>(workspace, kTiles*kOutputs*lanes, 4);
  S *panels = workspace.take<S>(kInputs * kOutputs), *transposed = workspace.take<S>(kInputs * kOutputs);

  Layer() { Dense::template pack<kInputs, kOutputs>(weights, panels, transposed); }

  double weight(int input, int output) const { return static_cast<double>(weights[input * kOutputs + output]); }
  // Feature f of some tiles of `width` features, at lane l.
  static double at(const S* features, int width, int tile, int f, Index l) {
    return static_cast<double>(features[(tile * width + f) * lanes + l]);
  }
};

template <class S>
constexpr double kTolerance = sizeof(S) == 4 ? 1e-5 : 1e-13;

}  // namespace

TEMPLATE_TEST_CASE("forward: the activation of W x + b, and its slope", "", float, double) {
  using S = TestType;
  Layer<S> layer;
  S *activation = layer.workspace.template take<S>(kTiles * kOutputs * kLanes<S>),
    *slope = layer.workspace.template take<S>(kTiles * kOutputs * kLanes<S>);
  Layer<S>::Dense::template forward<kOutputs, kTiles>(layer.panels, layer.biases, kInputs, layer.x, kInputs * kLanes<S>,
                                                      activation, slope);
  double worst = 0, worst_without_bias = 0;
  for (int t = 0; t < kTiles; ++t) {
    for (int o = 0; o < kOutputs; ++o) {
      for (Index l = 0; l < kLanes<S>; ++l) {
        double sum = 0;
        for (int i = 0; i < kInputs; ++i) sum += layer.weight(i, o) * layer.at(layer.x, kInputs, t, i, l);
        const auto error = [&](double z) {
          const double share = 1 / (1 + std::exp(-z));
          return std::max(std::abs(layer.at(activation, kOutputs, t, o, l) - z * share),
                          std::abs(layer.at(slope, kOutputs, t, o, l) - share * (1 + z * (1 - share))));
        };
        worst = std::max(worst, error(sum + static_cast<double>(layer.biases[o])));
        worst_without_bias = std::max(worst_without_bias, error(sum));
      }
    }
  }
  CHECK(worst < kTolerance<S>);
  CHECK(worst_without_bias > 0.1);
}

TEMPLATE_TEST_CASE("backward: W' delta times the slope of the layer below", "", float, double) {
  using S = TestType;
  Layer<S> layer;
  S *before = take_random<S>(layer.workspace, kTiles * kInputs * kLanes<S>, 5),
    *slope = layer.workspace.template take<S>(kTiles * kInputs * kLanes<S>);
  std::copy_n(before, kTiles * kInputs * kLanes<S>, slope);
  Layer<S>::Dense::template backward<kInputs, kTiles>(layer.transposed, kOutputs, layer.delta, slope);
  double worst = 0;
  for (int t = 0; t < kTiles; ++t) {
    for (int i = 0; i < kInputs; ++i) {
      for (Index l = 0; l < kLanes<S>; ++l) {
        double sum = 0;
        for (int o = 0; o < kOutputs; ++o) sum += layer.weight(i, o) * layer.at(layer.delta, kOutputs, t, o, l);
        worst = std::max(worst, std::abs(layer.at(slope, kInputs, t, i, l) - sum * layer.at(before, kInputs, t, i, l)));
      }
    }
  }
  CHECK(worst < kTolerance<S>);
}

TEMPLATE_TEST_CASE("the gradient of weights and biases is added", "", float, double) {
  using S = TestType;
  Layer<S> layer;
  constexpr int size = (kInputs + 1) * kOutputs;
  S *before = take_random<S>(layer.workspace, size, 6), *gradient = layer.workspace.template take<S>(size);
  std::copy_n(before, size, gradient);
  Layer<S>::Dense::template add_gradient<kInputs, kOutputs>(layer.x, layer.delta, kTiles, gradient, layer.workspace);
  double worst = 0;
  for (int i = 0; i <= kInputs; ++i) {
    for (int o = 0; o < kOutputs; ++o) {
      double sum = static_cast<double>(before[i * kOutputs + o]);
      for (int t = 0; t < kTiles; ++t) {
        for (Index l = 0; l < kLanes<S>; ++l) {
          const double input = i < kInputs ? layer.at(layer.x, kInputs, t, i, l) : 1.0;
          sum += input * layer.at(layer.delta, kOutputs, t, o, l);
        }
      }
      worst = std::max(worst, std::abs(static_cast<double>(gradient[i * kOutputs + o]) - sum));
    }
  }
  CHECK(worst < 4 * kTolerance<S>);
}
