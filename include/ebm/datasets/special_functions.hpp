// Two special functions, scaled so that they neither overflow nor vanish, on packs and scalars of double.
#pragma once

#include <ebm/core/lane_math.hpp>

#include <array>

namespace ebm::detail {

// Ratios of consecutive terms of the two series of I0, without their power of x: 1 / k^2 and (2 k - 1)^2 / k, k > 0.
struct BesselRatios {
  std::array<double, 40> series{};
  std::array<double, 18> asymptotic{};

  constexpr BesselRatios() {
    for (std::size_t i = 0; i < series.size(); ++i) series[i] = 1.0 / static_cast<double>((i + 1) * (i + 1));
    for (std::size_t i = 0; i < asymptotic.size(); ++i) {
      asymptotic[i] = static_cast<double>((2 * i + 1) * (2 * i + 1)) / static_cast<double>(i + 1);
    }
  }
};
inline constexpr BesselRatios kBesselRatios;

// exp(-x) I0(x) for x >= 0, error 1e-14: the power series below 18 and the asymptotic one above (Abramowitz & Stegun
// 1964, 9.6.12 and 9.7.1).
template <class V>
EBM_INLINE V scaled_bessel_i0(V x) {
  const V small = minimum(x, V(18.0)), large = maximum(x, V(18.0));
  const V quarter_square = small * small * V(0.25), eighth = V(0.125) / large;
  V series(1.0), asymptotic(1.0);
  for (std::size_t i = kBesselRatios.series.size(); i-- > 0;) {
    series = fma(series, quarter_square * V(kBesselRatios.series[i]), V(1.0));
  }
  for (std::size_t i = kBesselRatios.asymptotic.size(); i-- > 0;) {
    asymptotic = fma(asymptotic, eighth * V(kBesselRatios.asymptotic[i]), V(1.0));
  }
  return select(x < V(18.0), series * exp(-small), asymptotic * sqrt(V(0.15915494309189535) / large));
}

// exp(x^2) erfc(x) for x >= 0, error 5e-15. Form of Shepherd & Laframboise 1981: (1 + 2 x) exp(x^2) erfc(x) as a
// polynomial in (x - 3.75) / (x + 3.75), here of degree 20.
template <class V>
EBM_INLINE V scaled_erfc(V x) {
  const V from_zero = x + V(3.75), twice = fma(V(2.0), x, V(1.0));
  const V inverse = V(1.0) / (from_zero * twice);  // of both divisors
  const V t = fma(V(-7.5), twice * inverse, V(1.0));
  const V value =
      horner(t, 1.7552176307433927e-08, 8.526359817483033e-09, -2.143069227582364e-07, -2.7749611122883763e-08,
             1.6959958079430478e-06, -1.0083452170479683e-06, -1.1399726074447365e-05, 2.2410019228612918e-05,
             5.162601622259853e-05, -2.9016629854870584e-04, 2.937214295671746e-04, 1.7556295098350434e-03,
             -9.746581194305737e-03, 2.8362276757789878e-02, -5.8693398387769276e-02, 9.230432122630407e-02,
             -1.0880393015455231e-01, 8.227673848712364e-02, 3.585415485781718e-03, -1.402405985855061e-01,
             1.2375126308378264e+00);
  return value * (from_zero * inverse);
}

}  // namespace ebm::detail
