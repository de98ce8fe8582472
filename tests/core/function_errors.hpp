// Errors of elementary functions in units in the last place of the exact result, against long double.
#pragma once

#include <ebm/core/pack.hpp>
#include <ebm/core/philox.hpp>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace ebm::testing {

using Exact = long double;

template <class S>
Exact unit_in_the_last_place(Exact value) {
  int exponent = 0;
  std::frexp(std::abs(value), &exponent);
  return std::ldexp(Exact(1),
                    std::max(exponent, std::numeric_limits<S>::min_exponent) - std::numeric_limits<S>::digits);
}

// Count numbers between limits of the same sign: every other uniform, the others uniform in the logarithm.
template <class S>
std::vector<S> arguments(double lowest, double highest, std::uint32_t count = 200'000) {
  std::vector<S> result;
  for (std::uint32_t i = 0; i < count; ++i) {
    const PhiloxBlock block = philox({i, 0, 0, 0}, 7);
    const double u = (block[0] + 0x1p-32 * block[1]) * 0x1p-32;
    double x = lowest + u * (highest - lowest);
    if (i % 2 == 1 && lowest * highest > 0)
      x = std::copysign(std::exp(std::log(std::abs(lowest)) * (1 - u) + std::log(std::abs(highest)) * u), lowest);
    if (i % 2 == 1 && lowest * highest <= 0) x *= std::exp2(-60.0 * (block[2] * 0x1p-32));
    result.push_back(static_cast<S>(x));
  }
  return result;
}

// The largest error of f over the arguments; infinity where the pack's bits are not the scalar's.
template <class S, class F, class Truth, class Unit>
double largest_error(const std::vector<S>& x, F f, Truth truth, Unit unit) {
  constexpr std::size_t size = Pack<S>::size;
  Exact largest = 0;
  for (std::size_t i = 0; i + size <= x.size(); i += size) {
    alignas(kAlignment) S from[size], to[size];
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(i), size, from);
    f(Pack<S>::load(from)).store(to);
    for (std::size_t lane = 0; lane < size; ++lane) {
      const Exact exact = truth(Exact(from[lane]));
      const Exact error = std::abs(to[lane] - exact) / unit(exact);
      if (!(error <= largest)) largest = error;
      if (to_bits(f(from[lane])) != to_bits(to[lane])) return std::numeric_limits<double>::infinity();
    }
  }
  return static_cast<double>(largest);
}
template <class S, class F, class Truth>
double largest_error(double lowest, double highest, F f, Truth truth) {
  return largest_error(arguments<S>(lowest, highest), f, truth, unit_in_the_last_place<S>);
}

template <class S>
constexpr bool is_float = std::is_same_v<S, float>;

// f(x) of a scalar and of every lane of a pack, which must agree.
template <class S, class F>
S at(F f, double x) {
  alignas(kAlignment) S lanes[Pack<S>::size];
  const S scalar = f(static_cast<S>(x));
  f(Pack<S>(static_cast<S>(x))).store(lanes);
  for (const S lane : lanes) {
    if (scalar == scalar ? to_bits(lane) != to_bits(scalar) : lane == lane) throw std::logic_error("pack differs");
  }
  return scalar;
}

template <class S>
bool negative_zero(S x) {
  return x == S(0) && std::signbit(x);
}

inline const double infinity = std::numeric_limits<double>::infinity(),
                    not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace ebm::testing
