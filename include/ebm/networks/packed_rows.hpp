// PackedRows: a matrix whose rows are summed over the active units of many chains, the work of Boltzmann machines.
//
//   sums[chain][j] = start[j] + sum over active k of value_k matrix[k][j]           k ascending
//
// Columns lie in blocks of kRowBlock, [block][row][column], so that one block of all rows stays in the second-level
// cache while every chain passes over it, and a chain's sums stay in registers. The order of the sum does not depend on
// the register width: the same bits on AVX2 and AVX-512.
#pragma once

#include <ebm/core/flat_vector.hpp>
#include <ebm/networks/active_units.hpp>
#include <ebm/networks/outer_product.hpp>

namespace ebm::detail {

// to[c][r] = from[r][c] for kLanes x kLanes values.
template <class Scalar>
EBM_INLINE void transpose_lanes(const Scalar* from, Index from_stride, Scalar* to, Index to_stride) {
  constexpr Index size = Pack<Scalar>::size;
  for (Index r = 0; r < kLanes<Scalar>; r += size) {
    for (Index c = 0; c < kLanes<Scalar>; c += size) {
      Pack<Scalar> rows[size];
#pragma GCC unroll 16
      for (Index i = 0; i < size; ++i) rows[i] = Pack<Scalar>::load(from + (r + i) * from_stride + c);
      transpose(rows);
#pragma GCC unroll 16
      for (Index i = 0; i < size; ++i) rows[i].store(to + (c + i) * to_stride + r);
    }
  }
}

// f(std::integral_constant<int, Lines>) for a width of 1 to 4 lines.
template <class Scalar, class F>
EBM_INLINE void with_lines(Index padded_width, F f) {
  switch (padded_width / kLanes<Scalar>) {
    case 1:
      return f(std::integral_constant<int, 1>{});
    case 2:
      return f(std::integral_constant<int, 2>{});
    case 3:
      return f(std::integral_constant<int, 3>{});
    default:
      return f(std::integral_constant<int, 4>{});
  }
}

// Columns of a block: as many as fill the registers with the sums of one chain.
template <class Scalar>
inline constexpr Index kRowBlock = 4 * kLanes<Scalar>;

template <class Scalar>
constexpr Index padded_to_lanes(Index units) {
  return (units + kLanes<Scalar> - 1) / kLanes<Scalar> * kLanes<Scalar>;
}

template <class Scalar>
class PackedRows {
 public:
  PackedRows(Index rows, Index columns)
      : rows_(rows),
        columns_(columns),
        padded_(padded_to_lanes<Scalar>(columns)),
        packed_(static_cast<std::size_t>(rows * padded_)) {}

  Index rows() const { return rows_; }
  Index blocks() const { return (padded_ + kRowBlock<Scalar> - 1) / kRowBlock<Scalar>; }
  // First column of a block, its columns with padding and without.
  Index first(Index block) const { return block * kRowBlock<Scalar>; }
  Index padded_width(Index block) const { return std::min(kRowBlock<Scalar>, padded_ - first(block)); }
  Index width(Index block) const { return std::min(kRowBlock<Scalar>, columns_ - first(block)); }

  // Row k of a block; padding is zero.
  Scalar* row(Index block, Index k) { return packed_.data() + first(block) * rows_ + k * padded_width(block); }
  const Scalar* row(Index block, Index k) const {
    return packed_.data() + first(block) * rows_ + k * padded_width(block);
  }

  // sums[chain][kRowBlock] of one block; `start` holds the padded width.
  void sum(Index block, const ActiveUnits<Scalar>& active, const Scalar* start, Scalar* sums,
           Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    std::int32_t* next = workspace.take<std::int32_t>(active.chains());
    with_lines<Scalar>(padded_width(block),
                       [&](auto lines) { sum_block<lines>(row(block, 0), active, start, sums, next); });
  }

  // The matrix [row][column] without padding.
  void set(const Scalar* matrix) {
    for (Index block = 0; block < blocks(); ++block) {
      for (Index k = 0; k < rows_; ++k) std::memcpy(row(block, k), matrix + k * columns_ + first(block), bytes(block));
    }
  }

  // The transpose of a matrix that is packed already.
  void set_transposed(const PackedRows& other) {
    constexpr Index lanes = kLanes<Scalar>;
    alignas(kAlignment) Scalar square[lanes * lanes];
    for (Index i = 0; i < columns_; i += lanes) {
      const Index given = std::min(lanes, columns_ - i), to_stride = padded_width(i / kRowBlock<Scalar>);
      for (Index j = 0; j < rows_; j += lanes) {
        const Index wanted = std::min(lanes, rows_ - j), stride = other.padded_width(j / kRowBlock<Scalar>);
        const Scalar* from = other.row(j / kRowBlock<Scalar>, i) + j % kRowBlock<Scalar>;
        Scalar* to = row(i / kRowBlock<Scalar>, j) + i % kRowBlock<Scalar>;
        if (given == lanes && wanted == lanes) {
          transpose_lanes(from, stride, to, to_stride);
          continue;
        }
        std::fill_n(square, lanes * lanes, Scalar(0));
        for (Index r = 0; r < given; ++r) {
          for (Index c = 0; c < wanted; ++c) square[c * lanes + r] = from[r * stride + c];
        }
        for (Index c = 0; c < wanted; ++c) std::copy_n(square + c * lanes, lanes, to + c * to_stride);
      }
    }
  }

  // to[column] -= sum over rows k of factor[k] matrix[k][column], for whole lines.
  void subtract_product(const Scalar* factor, Scalar* to) const {
    for (Index block = 0; block < blocks(); ++block) {
      with_lines<Scalar>(padded_width(block), [&](auto lines) {
        constexpr int packs = lines * kPacks<Scalar>;
        V sum[packs];
        for (int p = 0; p < packs; ++p) sum[p] = V::load(to + first(block) + p * V::size);
        for (Index k = 0; k < rows_; ++k) {
          const V minus(-factor[k]);
#pragma GCC unroll 16
          for (int p = 0; p < packs; ++p) sum[p] = fma(minus, V::load(row(block, k) + p * V::size), sum[p]);
        }
        for (int p = 0; p < packs; ++p) sum[p].store(to + first(block) + p * V::size);
      });
    }
  }

 private:
  using V = Pack<Scalar>;

  std::size_t bytes(Index block) const { return static_cast<std::size_t>(width(block)) * sizeof(Scalar); }

  template <int Lines>
  void sum_block(const Scalar* rows, const ActiveUnits<Scalar>& active, const Scalar* start, Scalar* sums,
                 std::int32_t* next) const {
    for (Index chain = 0; chain < active.chains(); ++chain) {
      next[chain] = 0;
      std::copy_n(start, Lines * kLanes<Scalar>, sums + chain * kRowBlock<Scalar>);
    }
    for (Index end = kCachedRows; end < rows_ + kCachedRows; end += kCachedRows) {
      if (active.values(0)) {
        add_rows<Lines, true>(rows, active, end, sums, next);
      } else {
        add_rows<Lines, false>(rows, active, end, sums, next);
      }
    }
  }

  // The active rows below `end` that have not been added yet, for every chain.
  template <int Lines, bool Weighted>
  [[gnu::noinline]] static void add_rows(const Scalar* rows, const ActiveUnits<Scalar>& active, Index end, Scalar* sums,
                                         std::int32_t* next) {
    constexpr int packs = Lines * kPacks<Scalar>;
    constexpr Index stride = Lines * kLanes<Scalar>;
    for (Index chain = 0; chain < active.chains(); ++chain, sums += kRowBlock<Scalar>) {
      V sum[packs];
#pragma GCC unroll 16
      for (int p = 0; p < packs; ++p) sum[p] = V::load(sums + p * V::size);
      const std::int32_t* indices = active.indices(chain);
      const Scalar* values = active.values(chain);
      const Index count = active.count(chain);
      Index k = next[chain];
      for (; k < count && indices[k] < end; ++k) {
        const Scalar* row = rows + indices[k] * stride;
        if constexpr (Weighted) {
          const V value(values[k]);
#pragma GCC unroll 16
          for (int p = 0; p < packs; ++p) sum[p] = fma(value, V::load(row + p * V::size), sum[p]);
        } else {
#pragma GCC unroll 16
          for (int p = 0; p < packs; ++p) sum[p] = sum[p] + V::load(row + p * V::size);
        }
      }
      next[chain] = static_cast<std::int32_t>(k);
#pragma GCC unroll 16
      for (int p = 0; p < packs; ++p) sum[p].store(sums + p * V::size);
    }
  }

  // Rows of a block that are added to all chains before the next: they stay in the first-level cache.
  static constexpr Index kCachedRows = 128;

  Index rows_, columns_, padded_;
  FlatVector<Scalar> packed_;
};

}  // namespace ebm::detail
