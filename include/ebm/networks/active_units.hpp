// ActiveUnits: the nonzero coordinates of each chain of some tiles, in ascending order.
//
// A product of a matrix with a binary state is the sum of the rows whose unit is active (networks/packed_rows.hpp), so
// states that are mostly zero cost little. Values other than 0 and 1 are kept beside the indices.
#pragma once

#include <ebm/core/pack.hpp>
#include <ebm/core/workspace.hpp>

#include <algorithm>
#include <bit>

namespace ebm::detail {

template <class Scalar>
class ActiveUnits {
 public:
  // Empty lists; memory comes from the workspace.
  ActiveUnits(Index tiles, Index units, Workspace& workspace)
      : chains_(tiles * kLanes<Scalar>),
        units_(units),
        counts_(workspace.take<std::int32_t>(chains_)),
        indices_(workspace.take<std::int32_t>(chains_ * units)) {
    clear();
  }

  Index chains() const { return chains_; }
  Index count(Index chain) const { return counts_[chain]; }
  const std::int32_t* indices(Index chain) const { return indices_ + chain * units_; }
  // The values of the same units; null where all are one.
  const Scalar* values(Index chain) const { return values_ ? values_ + chain * units_ : nullptr; }

  void clear() { std::fill_n(counts_, chains_, 0); }

  // The unit is active in the chains of the tile whose bits are set.
  EBM_INLINE void append(Index tile, Index unit, std::uint32_t bits) {
    for (; bits != 0; bits &= bits - 1) {
      const Index chain = tile * kLanes<Scalar> + std::countr_zero(bits);
      indices_[chain * units_ + counts_[chain]++] = static_cast<std::int32_t>(unit);
    }
  }

  // Every unit active in every chain, with the values that are written to what is returned, [chain][unit].
  Scalar* make_dense(Workspace& workspace) {
    for (Index c = 0; c < chains_; ++c) {
      counts_[c] = static_cast<std::int32_t>(units_);
      for (Index i = 0; i < units_; ++i) indices_[c * units_ + i] = static_cast<std::int32_t>(i);
    }
    return values_ = workspace.take<Scalar>(chains_ * units_);
  }

  // All nonzero coordinates of the tiles.
  template <int Dim>
  void collect(TileSpan<const Scalar, Dim> x, Workspace& workspace) {
    bool all_ones = true;
    for (Index t = 0; t < x.count(); ++t) {
      for (Index i = 0; i < units_; ++i) {
        const Scalar* lanes = x.coordinate(t, i);
        append(t, i, active_bits(lanes));
        all_ones = all_ones && are_bits(lanes);
      }
    }
    if (all_ones) return;
    values_ = workspace.take<Scalar>(chains_ * units_);
    for (Index c = 0; c < chains_; ++c) {
      for (Index k = 0; k < count(c); ++k)
        values_[c * units_ + k] = x.coordinate(c / kLanes<Scalar>, indices(c)[k])[c % kLanes<Scalar>];
    }
  }

 private:
  using V = Pack<Scalar>;

  EBM_INLINE static std::uint32_t active_bits(const Scalar* lanes) {
    std::uint32_t zeros = 0;
    for (int p = 0; p < kPacks<Scalar>; ++p)
      zeros |= lane_bits<Scalar>(V::load(lanes + p * V::size) == V(0)) << (p * V::size);
    return ~zeros & ((1u << kLanes<Scalar>)-1u);
  }
  EBM_INLINE static bool are_bits(const Scalar* lanes) {
    std::uint32_t bits = 0;
    for (int p = 0; p < kPacks<Scalar>; ++p) {
      const V value = V::load(lanes + p * V::size);
      bits |= lane_bits<Scalar>((value == V(0)) | (value == V(1))) << (p * V::size);
    }
    return bits == (1u << kLanes<Scalar>)-1u;
  }

  Index chains_, units_;
  std::int32_t *counts_, *indices_;
  Scalar* values_ = nullptr;
};

}  // namespace ebm::detail
