// Every layer once more, as plain loops over one sample in double precision: what the tests of networks compare with.
//
// plain(layer, input shape, parameters, x) gives the outputs, takes the layer's parameters off the front and tells the
// shape of the outputs by its type.
#pragma once

#include <ebm/energies/network.hpp>

#include <vector>

namespace plain_layers {

using Row = std::vector<double>;

template <class Layer, class Input>
using Output = typename ebm::detail::BoundLayer<Layer, double, Input>::Output;

inline std::size_t at(int i) { return static_cast<std::size_t>(i); }

template <int Outputs, class Input>
Row plain(ebm::Dense<Outputs>, Input, const double*& theta, const Row& x) {
  Row y(theta + Input::size * Outputs, theta + (Input::size + 1) * Outputs);
  for (int k = 0; k < Input::size; ++k) {
    for (int r = 0; r < Outputs; ++r) y[at(r)] += theta[k * Outputs + r] * x[at(k)];
  }
  theta += (Input::size + 1) * Outputs;
  return y;
}

template <int Channels, int Kernel, int Stride, int Padding, class Input>
Row plain(ebm::Conv<Channels, Kernel, Stride, Padding> layer, Input, const double*& theta, const Row& x) {
  using Out = Output<decltype(layer), Input>;
  static_assert(Out::height == (Input::height + 2 * Padding - Kernel) / Stride + 1 && Out::channels == Channels);
  constexpr int weights = Kernel * Kernel * Input::channels * Channels;
  Row y;
  for (int row = 0; row < Out::height; ++row) {
    for (int column = 0; column < Out::width; ++column) {
      for (int c = 0; c < Channels; ++c) {
        double sum = theta[weights + c];
        for (int k = 0; k < Kernel * Kernel; ++k) {
          const int down = row * Stride - Padding + k / Kernel, across = column * Stride - Padding + k % Kernel;
          if (down < 0 || down >= Input::height || across < 0 || across >= Input::width) continue;
          for (int i = 0; i < Input::channels; ++i)
            sum += theta[(k * Input::channels + i) * Channels + c] *
                   x[at((down * Input::width + across) * Input::channels + i)];
        }
        y.push_back(sum);
      }
    }
  }
  theta += weights + Channels;
  return y;
}

template <class Input>
Row plain(ebm::Silu, Input, const double*&, Row x) {
  for (double& v : x) v = v / (1 + std::exp(-v));
  return x;
}
template <class Input>
Row plain(ebm::Softplus, Input, const double*&, Row x) {
  for (double& v : x) v = std::max(v, 0.0) + std::log1p(std::exp(-std::abs(v)));
  return x;
}
template <class Input>
Row plain(ebm::Tanh, Input, const double*&, Row x) {
  for (double& v : x) v = std::tanh(v);
  return x;
}
template <class Input>
Row plain(ebm::LeakyRelu, Input, const double*&, Row x) {
  for (double& v : x) v = v < 0 ? 0.2 * v : v;
  return x;
}

// Layers one after the other.
template <class Input>
Row run(Input, const double*&, Row x) {
  return x;
}
template <class Input, class First, class... Rest>
Row run(Input input, const double*& theta, const Row& x, First first, Rest... rest) {
  Row y = plain(first, input, theta, x);
  return run(Output<First, Input>{}, theta, y, rest...);
}

}  // namespace plain_layers
