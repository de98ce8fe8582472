// Augmentations: what is done to the rows of a minibatch, anew in every iteration, so that a model learns that it makes
// no difference.
//
//   GaussianNoise{.sd = 0.03}                       x + sd xi,  xi ~ N(0, I)
//   HorizontalFlip<Image<32, 32, 3>>{}              mirrored from left to right, with probability 1/2
//   Shift<Image<32, 32, 3>>{.most = 4}              moved by up to so many pixels each way, uniformly, over a padding
//
// the three of the published code of Grathwohl et al. 2020, which pads by reflection. Each is a value, and what it does
// a pure function of (stream, tile, lane, round): the same for any number of threads, and after a checkpoint.
//
//   apply(x, stream, round, workspace)      the tiles, in place
#pragma once

#include <ebm/core/noise.hpp>
#include <ebm/core/workspace.hpp>
#include <ebm/networks/layer_shape.hpp>

#include <algorithm>

namespace ebm {

template <class A, class Scalar, int Dim>
concept Augmentation = requires(const A& augmentation, TileSpan<Scalar, Dim> x, Workspace& workspace) {
  { augmentation.check() } -> std::same_as<void>;
  { augmentation.apply(x, Stream(0), Index{0}, workspace) } -> std::same_as<void>;
};

struct GaussianNoise {
  double sd = 0.03;

  void check() const { require(sd >= 0 && sd < 1e6, "sd", sd, "0 or a standard deviation"); }

  template <class Scalar, int Dim>
  void apply(TileSpan<Scalar, Dim> x, const Stream& stream, Index round, Workspace&) const {
    using V = Pack<Scalar>;
    constexpr Index block = 16;
    alignas(kAlignment) Scalar normals[block * kLanes<Scalar>];
    const Index padded = (x.dim() + block - 1) / block * block;
    for (Index t = 0; t < x.count(); ++t) {
      for (Index first = 0; first < x.dim(); first += block) {
        fill_normals<Scalar>(stream, t, round * padded + first, block, normals);
        Scalar* to = x.coordinate(t, first);
        for (Index i = 0; i < std::min(block, x.dim() - first) * kLanes<Scalar>; i += V::size)
          fma(V(sd), V::load(normals + i), V::load(to + i)).store(to + i);
      }
    }
  }
};

template <ImageShape Shape>
struct HorizontalFlip {
  double probability = 0.5;

  void check() const { require(probability >= 0 && probability <= 1, "probability", probability, "0 to 1"); }

  template <class Scalar>
  void apply(TileSpan<Scalar, Shape::size> x, const Stream& stream, Index round, Workspace&) const {
    using V = Pack<Scalar>;
    alignas(kAlignment) Scalar uniforms[kNoiseBlock<Scalar> * kLanes<Scalar>];
    for (Index t = 0; t < x.count(); ++t) {
      fill_uniforms<Scalar>(stream, t, round * kNoiseBlock<Scalar>, kNoiseBlock<Scalar>, uniforms);
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const auto flipped = V::load(uniforms + p) <= V(probability);
        for (Index left = 0; left < Shape::size; ++left) {
          const Index column = left / Shape::channels % Shape::width, opposite = Shape::width - 1 - column;
          if (column >= opposite) continue;
          Scalar *a = x.coordinate(t, left) + p, *b = a + (opposite - column) * Shape::channels * kLanes<Scalar>;
          const V one = V::load(a), other = V::load(b);
          select(flipped, other, one).store(a);
          select(flipped, one, other).store(b);
        }
      }
    }
  }
};

template <ImageShape Shape>
struct Shift {
  int most = 4;        // pixels, down or up and right or left
  double padding = 0;  // what comes in at the borders

  void check() const {
    require(most >= 0 && most <= std::max(Shape::width, Shape::height), "most", most, "0 to the size of the image");
    require(padding - padding == 0, "padding", padding, "a number");
  }

  template <class Scalar>
  void apply(TileSpan<Scalar, Shape::size> x, const Stream& stream, Index round, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    Scalar* before = workspace.take<Scalar>(x.stride());
    alignas(kAlignment) Scalar uniforms[kNoiseBlock<Scalar> * kLanes<Scalar>];
    for (Index t = 0; t < x.count(); ++t) {
      std::copy_n(x.tile_data(t), x.stride(), before);
      fill_uniforms<Scalar>(stream, t, round * kNoiseBlock<Scalar>, kNoiseBlock<Scalar>, uniforms);
      for (Index lane = 0; lane < kLanes<Scalar>; ++lane) {
        const Index down = by(uniforms[lane]), right = by(uniforms[kLanes<Scalar> + lane]);
        for (Index i = 0; i < Shape::size; ++i) {
          const Index row = i / (Shape::channels * Shape::width) - down,
                      column = i / Shape::channels % Shape::width - right;
          const bool inside = row >= 0 && row < Shape::height && column >= 0 && column < Shape::width;
          const Index from = i - (down * Shape::width + right) * Shape::channels;
          x.coordinate(t, i)[lane] = inside ? before[from * kLanes<Scalar> + lane] : static_cast<Scalar>(padding);
        }
      }
    }
  }

 private:
  // -most .. most from (0, 1].
  template <class Scalar>
  Index by(Scalar uniform) const {
    return static_cast<Index>(std::ceil(static_cast<double>(uniform) * (2 * most + 1))) - 1 - most;
  }
};

}  // namespace ebm
