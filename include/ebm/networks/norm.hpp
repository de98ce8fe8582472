// LayerNorm and GroupNorm<groups>: features of each sample brought to mean 0 and variance 1, then scaled and shifted.
//
//   y = scale h + shift,    h = (x - mean) / sqrt(variance + 1e-5)
//   dE/dx = (d - mean(d) - h mean(d h)) / sqrt(variance + 1e-5),    d = scale dE/dy
//
// LayerNorm (Ba, Kiros, Hinton 2016) takes the moments over all features, and every feature has a scale and a shift of
// its own. GroupNorm (Wu, He 2018) takes them over all pixels of a group of neighbouring channels, and every channel has
// a scale and a shift. Parameters: scales, which start at 1, then shifts, at 0. Samples do not see each other.
#pragma once

#include <ebm/networks/layer.hpp>

#include <algorithm>

namespace ebm {

struct LayerNorm {};

template <int Groups>
  requires(Groups > 0)
struct GroupNorm {};

namespace detail {

// The loops over so many pixels, channels and groups of channels.
template <class Scalar>
struct NormLoops {
  using V = Pack<Scalar>;
  Index pixels, channels, groups;

  constexpr Index features() const { return pixels * channels; }
  // h of every feature, then 1 / sqrt(variance + 1e-5) of every group.
  constexpr Index kept() const { return features() + groups; }

  template <int Tiles>
  EBM_INLINE void forward(const Scalar* theta, Strided<const Scalar> x, Strided<Scalar> y,
                          Strided<Scalar> memory) const {
    const V count(in_group());
    for_groups<Tiles>([&](Index t, Index group, int p) {
      const Scalar* from = x.tile(t) + p;
      Scalar *to = y.tile(t) + p, *normal = memory.tile(t) + p;
      V sum(0), squares(0);
      for_features(group, [&](Index i, Index) { sum = sum + V::load(from + i); });
      const V mean = sum / count;
      for_features(group, [&](Index i, Index) {
        const V difference = V::load(from + i) - mean;
        squares = fma(difference, difference, squares);
      });
      const V scale = V(1) / sqrt(fma(squares, V(Scalar(1) / Scalar(in_group())), V(Scalar(1e-5))));
      scale.store(normal + (features() + group) * kLanes<Scalar>);
      for_features(group, [&](Index i, Index c) {
        const V h = (V::load(from + i) - mean) * scale;
        h.store(normal + i);
        fma(V(theta[c]), h, V(theta[channels + c])).store(to + i);
      });
    });
  }

  template <int Tiles>
  EBM_INLINE void backward(const Scalar* theta, Strided<const Scalar> memory, Strided<const Scalar> dy,
                           Strided<Scalar> dx) const {
    const V count(in_group());
    for_groups<Tiles>([&](Index t, Index group, int p) {
      const Scalar *slope = dy.tile(t) + p, *normal = memory.tile(t) + p;
      Scalar* to = dx.tile(t) + p;
      V sum(0), with_normal(0);
      for_features(group, [&](Index i, Index c) {
        const V scale(theta[c]), d = V::load(slope + i);
        sum = fma(scale, d, sum);
        with_normal = fma(scale * V::load(normal + i), d, with_normal);
      });
      const V mean = sum / count, tilt = with_normal / count,
              inverse = V::load(normal + (features() + group) * kLanes<Scalar>);
      for_features(group, [&](Index i, Index c) {
        const V centred = fma(V(theta[c]), V::load(slope + i), -mean);
        (fma(-V::load(normal + i), tilt, centred) * inverse).store(to + i);
      });
    });
  }

  EBM_INLINE void add_gradient(Strided<const Scalar> memory, Strided<const Scalar> dy, Index tiles,
                               Scalar* gradient) const {
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
      gradient[channels + c] += sum_of(shift);
    }
  }

 private:
  constexpr Index in_group() const { return pixels * (channels / groups); }

  // f(tile, group, lane) for every register of lanes.
  template <int Tiles, class F>
  EBM_INLINE void for_groups(F f) const {
    for (Index t = 0; t < Tiles; ++t) {
      for (Index group = 0; group < groups; ++group) {
        for (int p = 0; p < kLanes<Scalar>; p += V::size) f(t, group, p);
      }
    }
  }
  // f(where its lanes start, channel) for every feature of a group.
  template <class F>
  EBM_INLINE void for_features(Index group, F f) const {
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

// Scales of 1, shifts of 0.
template <class Scalar>
void start_norm(Scalar* theta, Index channels) {
  std::fill_n(theta, channels, Scalar(1));
  std::fill_n(theta + channels, channels, Scalar(0));
}

template <class Scalar, LayerShape Input, int Pixels, int Channels, int Groups>
struct NormLayer {
  static_assert(Channels % Groups == 0, "ebm::GroupNorm: the groups do not divide the channels");
  using Output = Input;
  static constexpr NormLoops<Scalar> loops{Pixels, Channels, Groups};
  static constexpr Index parameters = 2 * Channels, packed = 0, kept = loops.kept();
  static constexpr bool in_place = true;

  template <class Draw>
  static void initialise(Scalar* theta, double, Draw) {
    start_norm(theta, Channels);
  }
  static void pack(const Scalar*, Scalar*) {}

  template <int Tiles>
  static void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> memory,
                      Workspace&) {
    loops.template forward<Tiles>(w.theta, x, y, memory);
  }
  template <int Tiles>
  static void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>,
                       Strided<const Scalar> memory, Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) {
    loops.template backward<Tiles>(w.theta, memory, dy, dx);
  }
  static void add_gradient(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar> memory,
                           Strided<const Scalar> dy, Index tiles, Scalar* gradient, Workspace&) {
    loops.add_gradient(memory, dy, tiles, gradient);
  }
};

template <class Scalar, LayerShape Input>
struct BoundLayer<LayerNorm, Scalar, Input> : NormLayer<Scalar, Input, 1, Input::size, 1> {};

template <int Groups, class Scalar, LayerShape Input>
struct BoundLayer<GroupNorm<Groups>, Scalar, Input> : NormLayer<Scalar, Input, 1, Input::size, Groups> {};
template <int Groups, class Scalar, ImageShape Input>
struct BoundLayer<GroupNorm<Groups>, Scalar, Input>
    : NormLayer<Scalar, Input, Input::height * Input::width, Input::channels, Groups> {};

// Of features whose number is known at run time.
template <class Scalar>
struct BoundLayer<LayerNorm, Scalar, Features<Dynamic>> {
  using Output = Features<Dynamic>;
  static constexpr Index packed = 0;
  static constexpr bool in_place = true;
  Index inputs, outputs, parameters, kept;

  BoundLayer(Index features, Index)
      : inputs(features), outputs(features), parameters(2 * features), kept(loops().kept()) {}

  template <class Draw>
  void initialise(Scalar* theta, double, Draw) const {
    start_norm(theta, inputs);
  }
  static void pack(const Scalar*, Scalar*) {}

  template <int Tiles>
  void forward(LayerWeights<Scalar> w, Strided<const Scalar> x, Strided<Scalar> y, Strided<Scalar> memory,
               Workspace&) const {
    loops().template forward<Tiles>(w.theta, x, y, memory);
  }
  template <int Tiles>
  void backward(LayerWeights<Scalar> w, Strided<const Scalar>, Strided<const Scalar>, Strided<const Scalar> memory,
                Strided<const Scalar> dy, Strided<Scalar> dx, Workspace&) const {
    loops().template backward<Tiles>(w.theta, memory, dy, dx);
  }
  void add_gradient(LayerWeights<Scalar>, Strided<const Scalar>, Strided<const Scalar> memory, Strided<const Scalar> dy,
                    Index tiles, Scalar* gradient, Workspace&) const {
    loops().add_gradient(memory, dy, tiles, gradient);
  }

 private:
  NormLoops<Scalar> loops() const { return {1, inputs, 1}; }
};

}  // namespace detail
}  // namespace ebm
