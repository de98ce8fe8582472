// SpectralNorm<layer>: a dense layer or a convolution whose weights are divided by their largest singular value
// (Miyato, Kataoka, Koyama, Yoshida 2018, eq. 8).
//
//   N = W / sigma,    sigma = v . W u,    v <- W u / |W u|,  u <- W' v / |W' v|     by power iteration (algorithm 1)
//
// W is [inputs][outputs], for a convolution [kernel pixel and input channel][output channel]. u, v and sigma are kept
// beside the packed weights and move on by some iterations whenever parameters are set, so that sigma follows while a
// network trains; a copy has its own. The gradient takes u and v as constants (eq. 12):
// dE/dW = (G - (G . N) v u') / sigma where N = W / sigma and G = dE/dN. So does the mixed product: it is that of the
// layer with u and v where they are, and the true one once the iteration has converged, for the slope of v . W u is
// then that of the singular value.
#pragma once

#include <ebm/networks/layer.hpp>

#include <cmath>

namespace ebm {

template <class Layer, int Iterations = 1>
  requires(Iterations > 0)
struct SpectralNorm {};

namespace detail {

template <class Layer, int Iterations, class Scalar, LayerShape Input>
struct BoundLayer<SpectralNorm<Layer, Iterations>, Scalar, Input> {
  using Inner = BoundLayer<Layer, Scalar, Input>;
  using Output = typename Inner::Output;
  static constexpr Index weights = Inner::weights, parameters = Inner::parameters, outputs = parameters - weights,
                         inputs = weights / outputs;
  // u, v and sigma; packed are the inner layer's own, the parameters that it sees, and these.
  static constexpr Index buffers = outputs + inputs + 1, packed = Inner::packed + parameters + buffers,
                         kept = Inner::kept;
  static constexpr bool in_place = Inner::in_place, affine = Inner::affine;

  template <class Draw>
  static void initialise(Scalar* theta, double scale, Draw draw) {
    Inner::initialise(theta, scale, draw);
  }

  static void pack(const Scalar* theta, Scalar* packed_weights) {
    Scalar *u = packed_weights + (packed - buffers), *v = u + outputs, &sigma = v[inputs];
    if (!(sigma > 0) || !(sigma - sigma == 0)) start(u);
    for (int i = 0; i < Iterations; ++i) {
      for (Index k = 0; k < inputs; ++k) v[k] = dot(theta + k * outputs, u, outputs);
      normalise(v, inputs);
      std::fill_n(u, outputs, Scalar(0));
      for (Index k = 0; k < inputs; ++k) {
        for (Index r = 0; r < outputs; ++r) u[r] = ebm::fma(v[k], theta[k * outputs + r], u[r]);
      }
      sigma = normalise(u, outputs);
    }
    restore(theta, packed_weights);
  }

  // What pack() makes of the parameters, with u, v and sigma as they are.
  static void restore(const Scalar* theta, Scalar* packed_weights) {
    Scalar* normal = packed_weights + Inner::packed;
    const Scalar factor = share(packed_weights[packed - 1]);
    for (Index i = 0; i < weights; ++i) normal[i] = theta[i] * factor;
    std::copy_n(theta + weights, outputs, normal + weights);
    Inner::pack(normal, packed_weights);
  }

  template <int Tiles, class Finished>
  static void forward_panels(LayerWeights<Scalar> w, Strided<const Scalar> x, Finished finished) {
    Inner::template forward_panels<Tiles>(inner(w), x, finished);
  }
  template <int Tiles, class Finished>
  static void backward_panels(LayerWeights<Scalar> w, Strided<const Scalar> dy,
                              Finished finished) requires GivesSlopePanels<Inner, Scalar> {
    Inner::template backward_panels<Tiles>(inner(w), dy, finished);
  }

  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> kept_memory,
                      Workspace& workspace) {
    Inner::template forward<Tiles>(inner(w), x, y, kept_memory, workspace);
  }
  template <int Tiles>
  static void backward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<const Scalar> y,
                       Strided<const Scalar> kept_memory, Strided<const Scalar> dy, Strided<Scalar> dx,
                       Workspace& workspace) {
    Inner::template backward<Tiles>(inner(w), x, y, kept_memory, dy, dx, workspace);
  }

  static void add_gradient(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<const Scalar> kept_memory,
                           Strided<const Scalar> dy, Index tiles, Scalar* gradient, Workspace& workspace) {
    Workspace::Scope scope(workspace);
    Scalar* own = workspace.take<Scalar>(parameters);
    std::fill_n(own, parameters, Scalar(0));
    Inner::add_gradient(inner(w), x, kept_memory, dy, tiles, own, workspace);
    const Scalar *normal = inner(w).theta, *u = normal + parameters, *v = u + outputs, sigma = v[inputs];
    const Scalar factor = share(sigma), along = sigma > 0 ? dot(own, normal, weights) : Scalar(0);
    for (Index k = 0; k < inputs; ++k) {
      const Scalar fall = -along * v[k];
      for (Index r = 0; r < outputs; ++r) {
        const Index i = k * outputs + r;
        gradient[i] = ebm::fma(ebm::fma(fall, u[r], own[i]), factor, gradient[i]);
      }
    }
    for (Index i = weights; i < parameters; ++i) gradient[i] += own[i];
  }

 private:
  static LayerWeights<Scalar> inner(LayerWeights<Scalar> w) {
    return {w.theta ? w.packed + Inner::packed : nullptr, w.packed};
  }

  // 1 / sigma; weights of zero stay what they are, and those that are no numbers become none.
  static Scalar share(Scalar sigma) { return sigma == 0 ? Scalar(1) : Scalar(1) / sigma; }

  // Some vector that no matrix is likely to be orthogonal to, the same for all.
  static void start(Scalar* u) {
    std::uint32_t word = 1;
    for (Index r = 0; r < outputs; ++r) {
      word = word * 1664525u + 1013904223u;
      u[r] = static_cast<Scalar>(word >> 8) * Scalar(0x1p-23) - Scalar(1);
    }
  }

  // Sums in a fixed order, in strands that do not wait for each other.
  static Scalar dot(const Scalar* a, const Scalar* b, Index count) {
    Scalar sum[8] = {};
    Index i = 0;
    for (; i + 8 <= count; i += 8) {
      for (int strand = 0; strand < 8; ++strand) sum[strand] = ebm::fma(a[i + strand], b[i + strand], sum[strand]);
    }
    for (; i < count; ++i) sum[i % 8] = ebm::fma(a[i], b[i], sum[i % 8]);
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
  }

  // Brings a vector to length 1 and gives back the length that it had.
  static Scalar normalise(Scalar* vector, Index count) {
    const Scalar length = std::sqrt(dot(vector, vector, count));
    if (length > 0) {
      for (Index i = 0; i < count; ++i) vector[i] /= length;
    }
    return length;
  }
};

}  // namespace detail
}  // namespace ebm
