// The noise of a group of tiles, step after step: normals for every coordinate, one uniform a step.
//
// The normal of (step, coordinate) has index step * dim + coordinate, the uniform of a step the index step; both are made for
// several steps at once, since Philox gives them in blocks.
#pragma once

#include <ebm/core/noise.hpp>
#include <ebm/core/workspace.hpp>

#include <algorithm>

namespace ebm {

template <class Scalar, int Dim>
class TileNoise {
 public:
  // For `count` tiles from number `tile` on; memory for the buffers comes from the workspace.
  TileNoise(const Stream& stream, Index tile, Index count, Index dim, Index first_step, Workspace& workspace)
      : stream_(stream),
        tile_(tile),
        count_(count),
        dim_(dim),
        chunk_(std::max<Index>(1, 64 / dim)),
        step_(first_step - 1),
        normals_from_(first_step),
        uniforms_from_(first_step),
        normals_to_(first_step),
        uniforms_to_(first_step) {
    normals_ = workspace.take<Scalar>(count * normal_stride());
    uniforms_ = workspace.take<Scalar>(count * uniform_stride());
  }

  // Goes to the next step; to be called before the first one too.
  void next() { ++step_; }

  Index step() const { return step_; }

  // [coordinate][lane] of a tile of the group.
  const Scalar* normals(Index t) {
    if (step_ >= normals_to_) {
      normals_from_ = step_, normals_to_ = step_ + chunk_;
      const Index first = align_down(normals_from_ * dim()), last = align_up(normals_to_ * dim());
      for (Index k = 0; k < count_; ++k)
        fill_normals(stream_, tile_ + k, first, last - first, normals_ + k * normal_stride());
    }
    return normals_ + t * normal_stride() + (step_ * dim() - align_down(normals_from_ * dim())) * kLanes<Scalar>;
  }

  // [lane] of a tile of the group, in (0, 1].
  const Scalar* uniforms(Index t) {
    if (step_ >= uniforms_to_) {
      uniforms_from_ = align_down(step_), uniforms_to_ = uniforms_from_ + kUniformChunk;
      for (Index k = 0; k < count_; ++k)
        fill_uniforms(stream_, tile_ + k, uniforms_from_, kUniformChunk, uniforms_ + k * uniform_stride());
    }
    return uniforms_ + t * uniform_stride() + (step_ - uniforms_from_) * kLanes<Scalar>;
  }

 private:
  static constexpr Index kUniformChunk = 16;

  static Index align_down(Index index) { return index / kNoiseBlock<Scalar> * kNoiseBlock<Scalar>; }
  static Index align_up(Index index) { return align_down(index + kNoiseBlock<Scalar> - 1); }
  Index dim() const { return Dim == Dynamic ? dim_ : Dim; }
  Index normal_stride() const { return (chunk_ * dim() + 2 * kNoiseBlock<Scalar>)*kLanes<Scalar>; }
  static Index uniform_stride() { return kUniformChunk * kLanes<Scalar>; }

  Stream stream_;
  Index tile_, count_, dim_, chunk_, step_, normals_from_, uniforms_from_, normals_to_, uniforms_to_;
  Scalar *normals_, *uniforms_;
};

}  // namespace ebm
