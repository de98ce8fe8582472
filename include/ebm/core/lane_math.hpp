// Elementary functions on packs and scalars, float and double: no branches, no tables, and the same bits on every
// machine that has a fused multiply-add.
#pragma once

#include <ebm/core/exponential.hpp>
#include <ebm/core/trigonometry.hpp>

namespace ebm {

// x^n by repeated squaring.
template <class V, std::integral N>
EBM_INLINE V pow(V x, N n) {
  if (n == 2) return x * x;
  if (n == 3) return x * x * x;
  if (n == 4) return square(x * x);
  V result = V(ElementOf<V>(1));
  for (std::uint64_t rest = n < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
       rest != 0; rest /= 2) {
    if (rest % 2 == 1) result = result * x;
    x = x * x;
  }
  return n < 0 ? V(ElementOf<V>(1)) / result : result;
}

// x^p: by squaring where p is a small integer, else exp(p log x) for x >= 0, with the relative error of exp times
// |p log x|.
template <class V, std::floating_point P>
EBM_INLINE V pow(V x, P p) {
  if (p >= P(-64) && p <= P(64) && p == static_cast<P>(static_cast<int>(p))) return pow(x, static_cast<int>(p));
  return exp(V(static_cast<ElementOf<V>>(p)) * log(x));
}

}  // namespace ebm
