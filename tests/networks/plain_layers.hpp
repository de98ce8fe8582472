// Every layer once more, as plain loops over one sample in double precision: what the tests of networks compare with.
//
// plain(layer, input shape, parameters, x) gives the outputs, takes the layer's parameters off the front and tells the
// shape of the outputs by its type.
#pragma once

#include <ebm/energies/network.hpp>
#include <ebm/networks/average_pool.hpp>
#include <ebm/networks/flatten.hpp>
#include <ebm/networks/max_pool.hpp>
#include <ebm/networks/norm.hpp>
#include <ebm/networks/residual.hpp>
#include <ebm/networks/skip.hpp>

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

template <class Input>
Row plain(ebm::Flatten, Input, const double*&, Row x) {
  return x;
}

// f(y, value) for every value of a window, from `start` on.
template <class Layer, int Window, int Stride, class Input, class F>
Row pooled(double start, const Row& x, F f) {
  using Out = Output<Layer, Input>;
  static_assert(Out::width == (Input::width - Window) / Stride + 1 && Out::channels == Input::channels);
  Row y;
  for (int row = 0; row < Out::height; ++row) {
    for (int column = 0; column < Out::width; ++column) {
      for (int c = 0; c < Input::channels; ++c) {
        double value = start;
        for (int k = 0; k < Window * Window; ++k) {
          const int pixel = (row * Stride + k / Window) * Input::width + column * Stride + k % Window;
          value = f(value, x[at(pixel * Input::channels + c)]);
        }
        y.push_back(value);
      }
    }
  }
  return y;
}
template <int Window, int Stride, class Input>
Row plain(ebm::AveragePool<Window, Stride> layer, Input, const double*&, const Row& x) {
  Row y = pooled<decltype(layer), Window, Stride, Input>(0, x, [](double sum, double value) { return sum + value; });
  for (double& v : y) v /= Window * Window;
  return y;
}
template <int Window, int Stride, class Input>
Row plain(ebm::MaxPool<Window, Stride> layer, Input, const double*&, const Row& x) {
  return pooled<decltype(layer), Window, Stride, Input>(-1e300, x, [](double a, double b) { return std::max(a, b); });
}

// Feature i belongs to channel i % channels.
inline Row normalised(int channels, int groups, const double*& theta, const Row& x) {
  Row y(x.size());
  const int size = static_cast<int>(x.size());
  const auto group_of = [&](int i) { return i % channels / (channels / groups); };
  for (int group = 0; group < groups; ++group) {
    double count = 0, sum = 0, squares = 0;
    for (int i = 0; i < size; ++i) {
      if (group_of(i) == group) count += 1, sum += x[at(i)];
    }
    for (int i = 0; i < size; ++i) {
      if (group_of(i) == group) squares += (x[at(i)] - sum / count) * (x[at(i)] - sum / count);
    }
    for (int i = 0; i < size; ++i) {
      if (group_of(i) != group) continue;
      const double h = (x[at(i)] - sum / count) / std::sqrt(squares / count + 1e-5);
      y[at(i)] = theta[i % channels] * h + theta[channels + i % channels];
    }
  }
  theta += 2 * channels;
  return y;
}
template <class Input>
Row plain(ebm::LayerNorm, Input, const double*& theta, const Row& x) {
  return normalised(Input::size, 1, theta, x);
}
template <int Groups, class Input>
Row plain(ebm::GroupNorm<Groups>, Input, const double*& theta, const Row& x) {
  if constexpr (ebm::ImageShape<Input>) {
    return normalised(Input::channels, Groups, theta, x);
  } else {
    return normalised(Input::size, Groups, theta, x);
  }
}

template <class Input, class... Layers>
Row plain(ebm::Residual<Layers...>, Input input, const double*& theta, const Row& x);
template <class Input, class... Layers>
Row plain(ebm::Skip<Layers...>, Input input, const double*& theta, const Row& x);

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

template <class Input, class... Layers>
Row plain(ebm::Residual<Layers...>, Input input, const double*& theta, const Row& x) {
  Row y = run(input, theta, x, Layers{}...);
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += x[i];
  return y;
}

template <class Input, class... Layers>
Row plain(ebm::Skip<Layers...>, Input input, const double*& theta, const Row& x) {
  const Row made = run(input, theta, x, Layers{}...);
  std::size_t pixels = 1;
  if constexpr (ebm::ImageShape<Input>) pixels = static_cast<std::size_t>(Input::height * Input::width);
  const std::size_t own = x.size() / pixels, more = made.size() / pixels;
  Row y;
  for (std::size_t p = 0; p < pixels; ++p) {
    for (std::size_t c = 0; c < own; ++c) y.push_back(x[p * own + c]);
    for (std::size_t c = 0; c < more; ++c) y.push_back(made[p * more + c]);
  }
  return y;
}

}  // namespace plain_layers
