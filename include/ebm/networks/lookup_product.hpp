// LookupProduct: sums of a fixed matrix's rows over the active units of many chains, four units at a time.
//
//   sums[j][chain] = sum over active k of matrix[k][j]
//
// The states of four units are one index into the 16 sums that their weights can have (the method of Arlazarov, Dinic,
// Kronrod & Faradzhev 1970). The table of a group of units and a column is made in registers and looked up by all
// chains of several tiles: a quarter of the additions of a dense product, whatever the share of active units. The order
// of the sum does not depend on the register width.
#pragma once

#include <ebm/core/flat_vector.hpp>
#include <ebm/core/workspace.hpp>

namespace ebm::detail {

// Units whose states make one index.
inline constexpr Index kLookupUnits = 4;

constexpr Index lookup_groups(Index units) { return (units + kLookupUnits - 1) / kLookupUnits; }

// An index of a lane, as wide as a value.
template <class Scalar>
using LookupIndex = typename Pack<Scalar>::Bit;

// The 16 sums of subsets of four weights.
template <class Scalar>
struct LookupTable {
  using V = Pack<Scalar>;
  static constexpr int registers = 16 / V::size;

  V entries[registers];

  EBM_INLINE explicit LookupTable(const Scalar* weights) {
    for (int r = 0; r < registers; ++r) {
      V sum(0);
#pragma GCC unroll 4
      for (int unit = 0; unit < 4; ++unit) sum = fma(V::load(kHolds[unit] + r * V::size), V(weights[unit]), sum);
      entries[r] = sum;
    }
  }

  EBM_INLINE V operator()(typename V::Bits index) const {
#if EBM_PACK_BYTES == 64
    const auto at = reinterpret_cast<__m512i>(index);
    if constexpr (sizeof(Scalar) == 4) {
      return V(_mm512_maskz_permutexvar_ps(0xFFFF, at, entries[0].native));
    } else {
      return V(_mm512_maskz_permutex2var_pd(0xFF, entries[0].native, at, entries[1].native));
    }
#else
#if EBM_PACK_BYTES == 32
    if constexpr (sizeof(Scalar) == 4) {
      const auto at = reinterpret_cast<__m256i>(index);
      return V(_mm256_blendv_ps(_mm256_permutevar8x32_ps(entries[0].native, at),
                                _mm256_permutevar8x32_ps(entries[1].native, at),
                                _mm256_castsi256_ps(_mm256_slli_epi32(at, 28))));
    }
#endif
    alignas(kAlignment) Scalar table[16];
    for (int r = 0; r < registers; ++r) entries[r].store(table + r * V::size);
    V result;
    for (int i = 0; i < V::size; ++i) result.native[i] = table[index[i]];
    return result;
#endif
  }

 private:
  // Whether entry e holds weight `unit`: bit `unit` of e.
  alignas(kAlignment) static constexpr Scalar kHolds[4][16] = {{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
                                                               {0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1},
                                                               {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1},
                                                               {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1}};
};

template <class Scalar>
class LookupProduct {
 public:
  // Columns whose sums are handed out at once.
  static constexpr Index kChunk = 12;

  // weight(k, j) for k < rows, j < columns.
  template <class Weight>
  LookupProduct(Index rows, Index columns, Weight weight)
      : columns_(columns),
        groups_(lookup_groups(rows)),
        packed_(static_cast<std::size_t>((columns + kBlock - 1) / kBlock * kBlock * groups_ * kLookupUnits)) {
    for (Index j = 0; j < columns; ++j) {
      for (Index k = 0; k < rows; ++k) {
        const Index group = k / kLookupUnits;
        packed_.data()[((j / kBlock * groups_ + group) * kBlock + j % kBlock) * kLookupUnits + k % kLookupUnits] =
            static_cast<Scalar>(weight(k, j));
      }
    }
  }

  Index columns() const { return columns_; }
  Index groups() const { return groups_; }
  // Elements of the states of one tile.
  Index state_size() const { return groups_ * kLanes<Scalar>; }

  // f(first tile, tiles, first column, columns, sums[column][tile][lane]) for all columns of all tiles, in order for
  // each tile. states[tile][group][lane] holds the indices.
  template <class F>
  void for_each_chunk(const LookupIndex<Scalar>* states, Index tiles, Workspace& workspace, F f) const {
    Workspace::Scope scope(workspace);
    Scalar* sums = workspace.take<Scalar>(kChunk * kMostTiles * kLanes<Scalar>);
    const Index rounds = (tiles + kMostTiles - 1) / kMostTiles;
    for (Index round = 0; round < rounds; ++round) {
      const Index first = round * tiles / rounds, count = (round + 1) * tiles / rounds - first;
      for (Index column = 0; column < columns_; column += kChunk) {
        const Index width = std::min(kChunk, columns_ - column);
        for (Index j = 0; j < width; j += kBlock) {
          const Scalar* weights = packed_.data() + (column + j) * groups_ * kLookupUnits;
          sum_tiles(count, weights, states + first * state_size(), sums + j * count * kLanes<Scalar>);
        }
        f(first, count, column, width, static_cast<const Scalar*>(sums));
      }
    }
  }

 private:
  using V = Pack<Scalar>;

  // Columns, and tiles, whose sums fill the registers.
  static constexpr Index kBlock = 3;
  static constexpr int kMostTiles = kPackBytes == 64 ? 7 : 1;

  void sum_tiles(Index tiles, const Scalar* weights, const LookupIndex<Scalar>* states, Scalar* sums) const {
    const auto sum_if = [&](auto less) {
      if (tiles == less + 1) sum_block<less + 1>(groups_, weights, states, sums);
    };
    [&]<int... Less>(std::integer_sequence<int, Less...>) { (sum_if(std::integral_constant<int, Less>{}), ...); }
    (std::make_integer_sequence<int, kMostTiles>{});
  }

  template <int Tiles>
  [[gnu::noinline]] static void sum_block(Index groups, const Scalar* weights, const LookupIndex<Scalar>* states,
                                          Scalar* sums) {
    typedef LookupIndex<Scalar> Memory __attribute__((vector_size(kPackBytes), may_alias));
    constexpr int packs = Tiles * kPacks<Scalar>;
    const Index stride = groups * kLanes<Scalar>;
    V sum[kBlock][packs];
    for (auto& column : sum) {
#pragma GCC unroll 16
      for (int p = 0; p < packs; ++p) column[p] = V(0);
    }
    for (Index g = 0; g < groups; ++g) {
      const LookupTable<Scalar> table[kBlock] = {LookupTable<Scalar>(weights), LookupTable<Scalar>(weights + 4),
                                                 LookupTable<Scalar>(weights + 8)};
#pragma GCC unroll 16
      for (int p = 0; p < packs; ++p) {
        const auto index = *reinterpret_cast<const Memory*>(states + (p / kPacks<Scalar>)*stride + g * kLanes<Scalar> +
                                                            (p % kPacks<Scalar>)*V::size);
        sum[0][p] = sum[0][p] + table[0](index);
        sum[1][p] = sum[1][p] + table[1](index);
        sum[2][p] = sum[2][p] + table[2](index);
      }
      weights += kBlock * kLookupUnits;
    }
    for (Index j = 0; j < kBlock; ++j) {
#pragma GCC unroll 16
      for (int p = 0; p < packs; ++p) sum[j][p].store(sums + j * packs * V::size + p * V::size);
    }
  }

  Index columns_, groups_;
  FlatVector<Scalar> packed_;
};

}  // namespace ebm::detail
