// LayerNorm and GroupNorm<groups>: features of each sample brought to mean 0 and variance 1, then scaled and shifted.
//
//   y = scale h + shift,    h = (x - mean) / sqrt(variance + 1e-5)
//   dE/dx = (d - mean(d) - h mean(d h)) / sqrt(variance + 1e-5),    d = scale dE/dy
//
// LayerNorm (Ba, Kiros, Hinton 2016) takes the moments over all features, and every feature has a scale and a shift of
// its own. GroupNorm (Wu, He 2018) takes them over all pixels of a group of neighbouring channels, and every channel
// has a scale and a shift. Parameters: scales, which start at 1, then shifts, at 0. Samples do not see each other.
//
// Tangents, for mixed products, with r = 1 / sqrt(variance + 1e-5), q = mean(h x_u), d_u = scale dE_u/dy_u:
//
//   h_u = r (x_u - mean(x_u) - h q)
//   dE_u/dx_u = r (d_u - mean(d_u) - h mean(d_u h))
//   dE_u/dx   = r (e - mean(e) - h mean(e h) - h mean(d_u h_u)),   e = d - h_u mean(d_u h) - r q (h mean(d_u h) + d_u)
#pragma once

#include <ebm/networks/layer.hpp>

#include <algorithm>

namespace ebm {

struct LayerNorm {};

template <int Groups>
  requires(Groups > 0)
struct GroupNorm {};

namespace detail {

// So many pixels, channels and groups of channels, as constants or known at run time. Kept: h of every feature, then
// 1 / sqrt(variance + 1e-5) of every group.
template <int Pixels, int Channels, int Groups>
struct NormSizes {
  static_assert(Channels % Groups == 0, "ebm::GroupNorm: the groups do not divide the channels");
  static constexpr Index pixels = Pixels, channels = Channels, groups = Groups, parameters = 2 * channels,
                         kept = pixels * channels + groups;
};
template <>
struct NormSizes<1, Dynamic, 1> {
  static constexpr Index pixels = 1, groups = 1;
  Index inputs, outputs, channels, parameters, kept;

  NormSizes(Index in, Index out) : inputs(in), outputs(out), channels(in), parameters(2 * in), kept(in + 1) {}
};

template <class Scalar, AnyShape Input, class Sizes>
struct NormLayer : Sizes {
  using Sizes::Sizes, Sizes::pixels, Sizes::channels, Sizes::groups;
  using Output = Input;
  using V = Pack<Scalar>;
  static constexpr Index packed = 0;
  static constexpr bool in_place = true;

  template <class Draw>
  void initialise(Scalar* theta, double, Draw) const {
    std::fill_n(theta, channels, Scalar(1));
    std::fill_n(theta + channels, channels, Scalar(0));
  }
  static void pack(const Scalar*, Scalar*) {}

  template <int Tiles>
  void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> memory,
               Workspace&) const {
    for_groups<Tiles>([&](Index t, Index group, int p) {
      const Scalar* from = x.tile(t) + p;
      Scalar *to = y.tile(t) + p, *normal = memory.tile(t) + p;
      V sum(0), squares(0);
      for_features(group, [&](Index i, Index) { sum = sum + V::load(from + i); });
      const V mean = sum / V(Scalar(in_group()));
      for_features(group, [&](Index i, Index) {
        const V difference = V::load(from + i) - mean;
        squares = fma(difference, difference, squares);
      });
      const V scale = V(1) / sqrt(fma(squares, V(Scalar(1) / Scalar(in_group())), V(Scalar(1e-5))));
      scale.store(normal + (pixels * channels + group) * kLanes<Scalar>);
      for_features(group, [&](Index i, Index c) {
        const V h = (V::load(from + i) - mean) * scale;
        h.store(normal + i);
        fma(V(w.theta[c]), h, V(w.theta[channels + c])).store(to + i);
      });
    });
  }

  template <int Tiles>
  void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar> memory,
                Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) const {
    for_groups<Tiles>([&](Index t, Index group, int p) {
      const Scalar *slope = dy.tile(t) + p, *normal = memory.tile(t) + p;
      Scalar* to = dx.tile(t) + p;
      V sum(0), with_normal(0);
      for_features(group, [&](Index i, Index c) {
        const V scale(w.theta[c]), d = V::load(slope + i);
        sum = fma(scale, d, sum);
        with_normal = fma(scale * V::load(normal + i), d, with_normal);
      });
      const V mean = sum / V(Scalar(in_group())), tilt = with_normal / V(Scalar(in_group())),
              inverse = V::load(normal + (pixels * channels + group) * kLanes<Scalar>);
      for_features(group, [&](Index i, Index c) {
        const V centred = fma(V(w.theta[c]), V::load(slope + i), -mean);
        (fma(-V::load(normal + i), tilt, centred) * inverse).store(to + i);
      });
    });
  }

  void add_gradient(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar> memory, Strided<const Scalar> dy,
                    Index tiles, Scalar* gradient, Workspace&) const {
    add_sums<true>(memory, dy, tiles, gradient);
  }

  // What is kept for tangents: h_u, then mean(h x_u) of every group.
  template <int Tiles>
  void forward_tangents(LayerWeights<Scalar> w, Tangents<const Scalar> x, Tangents<Scalar> y, Tangents<Scalar> memory,
                        Workspace& workspace) const {
    forward<Tiles>(w, x.value, y.value, memory.value, workspace);
    for_groups<Tiles>([&](Index t, Index group, int p) {
      const Scalar *along = x.tangent.tile(t) + p, *normal = memory.value.tile(t) + p;
      Scalar *to = y.tangent.tile(t) + p, *change = memory.tangent.tile(t) + p;
      const Index of_group = (pixels * channels + group) * kLanes<Scalar>;
      V sum(0), with_normal(0);
      for_features(group, [&](Index i, Index) {
        sum = sum + V::load(along + i);
        with_normal = fma(V::load(normal + i), V::load(along + i), with_normal);
      });
      const V mean = sum / V(Scalar(in_group())), tilt = with_normal / V(Scalar(in_group())),
              inverse = V::load(normal + of_group);
      tilt.store(change + of_group);
      for_features(group, [&](Index i, Index c) {
        const V h_u = fma(-V::load(normal + i), tilt, V::load(along + i) - mean) * inverse;
        h_u.store(change + i);
        (V(w.theta[c]) * h_u).store(to + i);
      });
    });
  }

  template <int Tiles>
  void backward_tangents(LayerWeights<Scalar> w, Tangents<const Scalar> memory, Tangents<const Scalar> dy,
                         Tangents<Scalar> dx, Workspace&) const {
    for_groups<Tiles>([&](Index t, Index group, int p) {
      const Scalar *slope = dy.value.tile(t) + p, *slope_u = dy.tangent.tile(t) + p, *normal = memory.value.tile(t) + p,
                   *change = memory.tangent.tile(t) + p;
      Scalar *to = dx.value.tile(t) + p, *to_u = dx.tangent.tile(t) + p;
      const Index of_group = (pixels * channels + group) * kLanes<Scalar>;
      const V inverse = V::load(normal + of_group), tilt = V::load(change + of_group),
              share(Scalar(1) / Scalar(in_group()));
      V sum_u(0), with_normal_u(0), with_change(0);
      for_features(group, [&](Index i, Index c) {
        const V d_u = V(w.theta[c]) * V::load(slope_u + i);
        sum_u = fma(V(w.theta[c]), V::load(slope_u + i), sum_u);
        with_normal_u = fma(V::load(normal + i), d_u, with_normal_u);
        with_change = fma(V::load(change + i), d_u, with_change);
      });
      const V mean_u = sum_u * share, tilt_u = with_normal_u * share, shrink = with_change * share;
      // e: slopes in h, those of h_u by way of h included.
      V sum(0), with_normal(0);
      for_features(group, [&](Index i, Index c) {
        const V h = V::load(normal + i), d_u = V(w.theta[c]) * V::load(slope_u + i),
                bend = fma(V::load(change + i), tilt_u, inverse * tilt * fma(h, tilt_u, d_u)),
                e = fma(V(w.theta[c]), V::load(slope + i), -bend);
        sum = sum + e;
        with_normal = fma(h, e, with_normal);
        e.store(to + i);
        (fma(-h, tilt_u, fma(V(w.theta[c]), V::load(slope_u + i), -mean_u)) * inverse).store(to_u + i);
      });
      const V mean = sum * share, pull = fma(with_normal, share, shrink);
      for_features(group, [&](Index i, Index) {
        (fma(-V::load(normal + i), pull, V::load(to + i) - mean) * inverse).store(to + i);
      });
    });
  }

  void add_tangent_gradient(LayerWeights<Scalar>, Tangents<const Scalar> memory, Tangents<const Scalar> dy, Index tiles,
                            Scalar* gradient) const {
    add_sums<true>(memory.value, dy.value, tiles, gradient);
    add_sums<false>(memory.tangent, dy.tangent, tiles, gradient);
  }

 private:
  // The slopes in the scales, and in the shifts if those matter.
  template <bool Shifts>
  void add_sums(Strided<const Scalar> memory, Strided<const Scalar> dy, Index tiles, Scalar* gradient) const {
    for (Index c = 0; c < channels; ++c) {
      V scale[kPacks<Scalar>], shift[kPacks<Scalar>];
      for (int p = 0; p < kPacks<Scalar>; ++p) scale[p] = V(0), shift[p] = V(0);
      for (Index t = 0; t < tiles; ++t) {
        for (Index pixel = 0; pixel < pixels; ++pixel) {
          const Index i = (pixel * channels + c) * kLanes<Scalar>;
          for (int p = 0; p < kPacks<Scalar>; ++p) {
            const V d = V::load(dy.tile(t) + i + p * V::size);
            scale[p] = fma(d, V::load(memory.tile(t) + i + p * V::size), scale[p]);
            shift[p] = shift[p] + d;
          }
        }
      }
      gradient[c] += sum_of(scale);
      if constexpr (Shifts) gradient[channels + c] += sum_of(shift);
    }
  }

  // Features that share their moments.
  Index in_group() const { return pixels * (channels / groups); }

  // f(tile, group, lane) for every register of lanes.
  template <int Tiles, class F>
  void for_groups(F f) const {
    for (int t = 0; t < Tiles; ++t) {
      for (Index group = 0; group < groups; ++group) {
        for (int p = 0; p < kLanes<Scalar>; p += V::size) f(t, group, p);
      }
    }
  }
  // f(where its lanes start, channel) for every feature of a group.
  template <class F>
  void for_features(Index group, F f) const {
    const Index width = channels / groups;
    for (Index pixel = 0; pixel < pixels; ++pixel) {
      for (Index c = group * width; c < (group + 1) * width; ++c) f((pixel * channels + c) * kLanes<Scalar>, c);
    }
  }
  static Scalar sum_of(const V (&packs)[kPacks<Scalar>]) {
    alignas(kAlignment) Scalar lanes[kLanes<Scalar>];
    for (int p = 0; p < kPacks<Scalar>; ++p) packs[p].store(lanes + p * V::size);
    return sum_lanes(lanes);
  }
};

template <class Scalar, LayerShape Input>
struct BoundLayer<LayerNorm, Scalar, Input> : NormLayer<Scalar, Input, NormSizes<1, Input::size, 1>> {};
template <class Scalar>
struct BoundLayer<LayerNorm, Scalar, Features<Dynamic>>
    : NormLayer<Scalar, Features<Dynamic>, NormSizes<1, Dynamic, 1>> {
  using NormLayer<Scalar, Features<Dynamic>, NormSizes<1, Dynamic, 1>>::NormLayer;
};

template <int Groups, class Scalar, LayerShape Input>
struct BoundLayer<GroupNorm<Groups>, Scalar, Input> : NormLayer<Scalar, Input, NormSizes<1, Input::size, Groups>> {};
template <int Groups, class Scalar, ImageShape Input>
struct BoundLayer<GroupNorm<Groups>, Scalar, Input>
    : NormLayer<Scalar, Input, NormSizes<Input::height * Input::width, Input::channels, Groups>> {};

}  // namespace detail
}  // namespace ebm
