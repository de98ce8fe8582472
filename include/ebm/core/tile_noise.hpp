// The noise of a group of tiles, step after step: normals for every coordinate, and one uniform or more.
//
// The normal of (step, coordinate) has index step * dim + coordinate, the uniforms of a step follow each other; both
// are made for several steps at once, since Philox gives them in blocks.
#pragma once

#include <ebm/core/noise.hpp>
#include <ebm/core/workspace.hpp>

#include <algorithm>
#include <limits>

namespace ebm {

template <class Scalar, int Dim>
class TileNoise {
 public:
  // For `count` tiles from number `tile` on and steps before `end`; memory for the buffers comes from the workspace.
  TileNoise(const Stream& stream, Index tile, Index count, Index dim, Index first_step, Workspace& workspace,
            Index uniforms_per_step = 1, Index end = std::numeric_limits<Index>::max())
      : stream_(stream),
        tile_(tile),
        count_(count),
        dim_(dim),
        uniforms_per_step_(uniforms_per_step),
        chunk_(std::max<Index>(1, 64 / dim)),
        step_(first_step - 1),
        end_(end),
        normals_from_(first_step),
        uniforms_from_(0),
        normals_to_(first_step),
        uniforms_to_(0) {
    normals_ = workspace.take<Scalar>(count * normal_stride());
    uniforms_ = workspace.take<Scalar>(count * uniform_stride());
  }

  // Goes to the next step; to be called before the first one too.
  void next() { ++step_; }

  Index step() const { return step_; }

  // [coordinate][lane] of a tile of the group.
  const Scalar* normals(Index t) {
    if (step_ >= normals_to_) {
      normals_from_ = step_, normals_to_ = std::min(step_ + chunk_, end_);
      tiles_filled_ = 0;
    }
    // The noise of a tile is made when it is first asked for, which is just before it is used.
    for (; tiles_filled_ <= t; ++tiles_filled_) {
      const Index first = align_down(normals_from_ * dim()), last = align_up(normals_to_ * dim());
      fill_normals(stream_, tile_ + tiles_filled_, first, last - first, normals_ + tiles_filled_ * normal_stride());
    }
    return normals_ + t * normal_stride() + (step_ * dim() - align_down(normals_from_ * dim())) * kLanes<Scalar>;
  }

  // [lane] of a tile of the group, in (0, 1]; `which` of those of the step.
  const Scalar* uniforms(Index t, Index which = 0) {
    const Index index = step_ * uniforms_per_step_ + which;
    if (index >= uniforms_to_) {
      uniforms_from_ = align_down(index), uniforms_to_ = uniforms_from_ + kUniformChunk;
      for (Index k = 0; k < count_; ++k)
        fill_uniforms(stream_, tile_ + k, uniforms_from_, kUniformChunk, uniforms_ + k * uniform_stride());
    }
    return uniforms_ + t * uniform_stride() + (index - uniforms_from_) * kLanes<Scalar>;
  }

  // Uniforms first .. first + count - 1 of those of the step, [index][lane]. For kernels that use many: first, count
  // and the uniforms of a step are multiples of kNoiseBlock.
  void fill(Index t, Index first, Index count, Scalar* to) const {
    fill_uniforms(stream_, tile_ + t, step_ * uniforms_per_step_ + first, count, to);
  }

 private:
  static constexpr Index kUniformChunk = 16;

  static Index align_down(Index index) { return index / kNoiseBlock<Scalar> * kNoiseBlock<Scalar>; }
  static Index align_up(Index index) { return align_down(index + kNoiseBlock<Scalar> - 1); }
  Index dim() const { return Dim == Dynamic ? dim_ : Dim; }
  Index normal_stride() const { return (chunk_ * dim() + 2 * kNoiseBlock<Scalar>)*kLanes<Scalar>; }
  static Index uniform_stride() { return kUniformChunk * kLanes<Scalar>; }

  Stream stream_;
  Index tile_, count_, dim_, uniforms_per_step_, chunk_, step_, end_, normals_from_, uniforms_from_, normals_to_,
      uniforms_to_, tiles_filled_ = 0;
  Scalar *normals_, *uniforms_;
};

}  // namespace ebm
