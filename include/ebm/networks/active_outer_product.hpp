// The weight gradient of a Boltzmann machine: for each visible unit, a sum over the chains in which it is active.
//
//   gradient[i][j] += scale_i total[j] - sum over chains n of value_ni delta[n][j]
//
// for one block of columns j (networks/packed_rows.hpp), whose deltas stay in the first-level cache while every row i
// passes over them. Chains are summed in ascending order.
#pragma once

#include <ebm/networks/packed_rows.hpp>

namespace ebm::detail {

// The transpose of ActiveUnits: the chains in which each unit is active, in ascending order.
template <class Scalar>
class ActiveChains {
 public:
  ActiveChains(const ActiveUnits<Scalar>& active, Index units, Workspace& workspace)
      : first_(workspace.take<std::int32_t>(units + 1)) {
    std::fill_n(first_, units + 1, 0);
    for (Index c = 0; c < active.chains(); ++c) {
      for (Index k = 0; k < active.count(c); ++k) ++first_[active.indices(c)[k] + 1];
    }
    for (Index i = 0; i < units; ++i) first_[i + 1] += first_[i];
    chains_ = workspace.take<std::int32_t>(first_[units]);
    if (active.chains() > 0 && active.values(0)) values_ = workspace.take<Scalar>(first_[units]);
    std::int32_t* next = workspace.take<std::int32_t>(units);
    std::copy_n(first_, units, next);
    for (Index c = 0; c < active.chains(); ++c) {
      for (Index k = 0; k < active.count(c); ++k) {
        const std::int32_t place = next[active.indices(c)[k]]++;
        chains_[place] = static_cast<std::int32_t>(c);
        if (values_) values_[place] = active.values(c)[k];
      }
    }
  }

  Index count(Index unit) const { return first_[unit + 1] - first_[unit]; }
  const std::int32_t* chains(Index unit) const { return chains_ + first_[unit]; }
  // The values of the unit in the same chains; null where all are one.
  const Scalar* values(Index unit) const { return values_ ? values_ + first_[unit] : nullptr; }

 private:
  std::int32_t *first_, *chains_;
  Scalar* values_ = nullptr;
};

// One block: delta[chain][kRowBlock], total[kRowBlock]; `gradient` is the first column of the block in row 0.
template <int Lines, class Scalar>
[[gnu::noinline]] void add_active_outer_product(const ActiveChains<Scalar>& active, const Scalar* scale, Index units,
                                                const Scalar* delta, const Scalar* total, Scalar* gradient,
                                                Index stride, Index width) {
  using V = Pack<Scalar>;
  constexpr int packs = Lines * kPacks<Scalar>;
  for (Index i = 0; i < units; ++i, gradient += stride) {
    V sum[packs];
    const V factor(scale[i]);
#pragma GCC unroll 16
    for (int p = 0; p < packs; ++p) sum[p] = factor * V::load(total + p * V::size);
    const std::int32_t* chains = active.chains(i);
    const Index count = active.count(i);
    if (const Scalar* values = active.values(i)) {
      for (Index k = 0; k < count; ++k) {
        const V value(-values[k]);
        const Scalar* row = delta + chains[k] * kRowBlock<Scalar>;
#pragma GCC unroll 16
        for (int p = 0; p < packs; ++p) sum[p] = fma(value, V::load(row + p * V::size), sum[p]);
      }
    } else {
      for (Index k = 0; k < count; ++k) {
        const Scalar* row = delta + chains[k] * kRowBlock<Scalar>;
#pragma GCC unroll 16
        for (int p = 0; p < packs; ++p) sum[p] = fma(V(-1), V::load(row + p * V::size), sum[p]);
      }
    }
    alignas(kAlignment) Scalar block[kRowBlock<Scalar>];
#pragma GCC unroll 16
    for (int p = 0; p < packs; ++p) sum[p].store(block + p * V::size);
    add_to(gradient, block, static_cast<int>(width));
  }
}

}  // namespace ebm::detail
