// SoftplusSums: the sum of softplus(a) over the units of a layer, for each of many chains.
//
//   softplus(a) = max(a, 0) + log(1 + exp(-|a|))
//
// The factors 1 + exp(-|a|) <= 2 are multiplied, and the logarithm of the product is taken before it can overflow: one
// logarithm for many units. Units lie along the lanes of a chain's sums, whatever the register width.
#pragma once

#include <ebm/core/lane_math.hpp>
#include <ebm/core/workspace.hpp>

#include <algorithm>

namespace ebm::detail {

template <class Scalar>
class SoftplusSums {
 public:
  SoftplusSums(Index chains, Workspace& workspace)
      : chains_(chains),
        sums_(workspace.take<Scalar>(chains * kLanes<Scalar>)),
        products_(workspace.take<Scalar>(chains * kLanes<Scalar>)) {
    std::fill_n(sums_, chains * kLanes<Scalar>, Scalar(0));
    std::fill_n(products_, chains * kLanes<Scalar>, Scalar(1));
  }

  // One pack of activations of a chain, at column k of its block; returns logistic(a).
  EBM_INLINE Pack<Scalar> add(Index chain, Index k, Pack<Scalar> a) {
    using V = Pack<Scalar>;
    const Index at = chain * kLanes<Scalar> + k % kLanes<Scalar>;
    const V decay = exp(-abs(a)), factor = V(1) + decay;
    (V::load(sums_ + at) + maximum(a, V(0))).store(sums_ + at);
    (V::load(products_ + at) * factor).store(products_ + at);
    return select(a < V(0), decay, V(1)) / factor;
  }

  // To be called after each block of at most four lines, and with `last` before sums are read.
  void end_block(bool last) {
    using V = Pack<Scalar>;
    if (++blocks_ % kBlocksPerLog != 0 && !last) return;
    for (Index i = 0; i < chains_ * kLanes<Scalar>; i += V::size) {
      (V::load(sums_ + i) + log(V::load(products_ + i))).store(sums_ + i);
      V(1).store(products_ + i);
    }
  }

  Scalar sum(Index chain) const { return sum_lanes(sums_ + chain * kLanes<Scalar>); }

 private:
  static constexpr Index kBlocksPerLog = 16;  // products of 64 factors

  Index chains_, blocks_ = 0;
  Scalar *sums_, *products_;
};

}  // namespace ebm::detail
