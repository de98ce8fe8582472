// PackedRows: a matrix whose rows are summed over the active units of many chains, the work of Boltzmann machines.
//
//   sums[chain][j] = start[j] + sum over active k of value_k matrix[k][j]           k ascending
//
// Columns lie in blocks of kRowBlock, [block][row][column], so that one block of all rows stays in the second-level cache
// while every chain passes over it, and a chain's sums stay in registers. The order of the sum does not depend on the
// register width: the same bits on AVX2 and AVX-512.
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
  void sum(Index block, const ActiveUnits<Scalar>& active, const Scalar* start, Scalar* sums) const {
    with_lines<Scalar>(padded_width(block), [&](auto lines) { sum_block<lines>(row(block, 0), active, start, sums); });
  }

  // The transpose of a matrix that is packed already.
  void set_transposed(const PackedRows& other) {
    constexpr Index lanes = kLanes<Scalar>;
    alignas(kAlignment) Scalar square[lanes * lanes];
    for (Index j = 0; j < other.padded_; j += lanes) {
      const Index block = j / kRowBlock<Scalar>, filled = std::min(lanes, rows_ - j);
      for (Index i = 0; i < columns_; i += lanes) {
        const Index stride = other.padded_width(block);
        const Scalar* from = other.row(block, i) + j % kRowBlock<Scalar>;
        if (i + lanes <= columns_) {
          transpose_lanes(from, stride, square, lanes);
        } else {
          for (Index r = 0; r < lanes; ++r) {
            for (Index c = 0; c < lanes; ++c)
              square[c * lanes + r] = i + r < columns_ ? from[r * stride + c] : Scalar(0);
          }
        }
        for (Index c = 0; c < filled; ++c)
          std::copy_n(square + c * lanes, lanes, row(i / kRowBlock<Scalar>, j + c) + i % kRowBlock<Scalar>);
      }
    }
  }

 private:
  using V = Pack<Scalar>;

  template <int Lines>
  [[gnu::noinline]] static void sum_block(const Scalar* rows, const ActiveUnits<Scalar>& active, const Scalar* start,
                                          Scalar* sums) {
    constexpr int packs = Lines * kPacks<Scalar>;
    constexpr Index stride = Lines * kLanes<Scalar>;
    for (Index chain = 0; chain < active.chains(); ++chain, sums += kRowBlock<Scalar>) {
      V sum[packs];
#pragma GCC unroll 16
      for (int p = 0; p < packs; ++p) sum[p] = V::load(start + p * V::size);
      const Index count = active.count(chain);
      const std::int32_t* indices = active.indices(chain);
      if (const Scalar* values = active.values(chain)) {
        for (Index k = 0; k < count; ++k) {
          const V value(values[k]);
          const Scalar* row = rows + indices[k] * stride;
#pragma GCC unroll 16
          for (int p = 0; p < packs; ++p) sum[p] = fma(value, V::load(row + p * V::size), sum[p]);
        }
      } else {
        for (Index k = 0; k < count; ++k) {
          const Scalar* row = rows + indices[k] * stride;
#pragma GCC unroll 16
          for (int p = 0; p < packs; ++p) sum[p] = sum[p] + V::load(row + p * V::size);
        }
      }
#pragma GCC unroll 16
      for (int p = 0; p < packs; ++p) sum[p].store(sums + p * V::size);
    }
  }

  Index rows_, columns_, padded_;
  FlatVector<Scalar> packed_;
};

}  // namespace ebm::detail
