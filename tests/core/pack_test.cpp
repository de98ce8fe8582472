#include <ebm/core/lane_math.hpp>

#include <vector>

#include "support/catch.hpp"

using namespace ebm;

namespace {

// Zeros, infinities, NaN, subnormals and ordinary numbers of both signs.
template <class S>
std::vector<S> specimens() {
  using Limits = std::numeric_limits<S>;
  std::vector<S> values;
  for (const S value : {S(0), S(1), S(0.1), S(3.75), S(1e10), S(1e-10), Limits::min(), Limits::denorm_min(),
                        Limits::max(), Limits::epsilon(), Limits::infinity()}) {
    values.insert(values.end(), {value, -value});
  }
  values.push_back(Limits::quiet_NaN());
  return values;
}

template <class S>
bool same(S a, S b) {
  return a != a ? b != b : to_bits(a) == to_bits(b);
}

// Whether f of packs is f of scalars in every lane, for all pairs of specimens.
template <class S, class F>
bool lanewise(F f) {
  constexpr int size = Pack<S>::size;
  bool equal = true;
  for (const S a : specimens<S>()) {
    for (const S b : specimens<S>()) {
      alignas(kAlignment) S left[size], right[size], result[size];
      for (int lane = 0; lane < size; ++lane) left[lane] = lane % 2 ? a : S(lane), right[lane] = lane % 3 ? b : S(2);
      f(Pack<S>::load(left), Pack<S>::load(right)).store(result);
      for (int lane = 0; lane < size; ++lane) equal &= same<S>(f(left[lane], right[lane]), result[lane]);
    }
  }
  return equal;
}

}  // namespace

TEMPLATE_TEST_CASE("operations on packs are those on scalars", "", float, double) {
  using S = TestType;
  CHECK(lanewise<S>([](auto a, auto b) { return a + b; }));
  CHECK(lanewise<S>([](auto a, auto b) { return a - b; }));
  CHECK(lanewise<S>([](auto a, auto b) { return a * b; }));
  CHECK(lanewise<S>([](auto a, auto b) { return a / b; }));
  CHECK(lanewise<S>([](auto a, auto) { return -a; }));
  CHECK(lanewise<S>([](auto a, auto b) { return a += b, a *= b, a -= b, a /= b; }));
  CHECK(lanewise<S>([](auto a, auto b) { return ebm::fma(a, b, a); }));
  CHECK(lanewise<S>([](auto a, auto) { return ebm::sqrt(ebm::abs(a)); }));
  CHECK(lanewise<S>([](auto a, auto) { return square(a); }));
  CHECK(lanewise<S>([](auto a, auto b) { return ebm::minimum(a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return ebm::maximum(a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return ebm::copysign(a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return select(a < b, a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return select(a <= b, a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return select(a > b, a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return select(a >= b, a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return select(a == b, a, -b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return select((a < b) & (a == a), a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return select((a < b) | (b == b), a, b); }));
  CHECK(lanewise<S>([](auto a, auto b) { return select(is_odd<decltype(a)>(to_bits(a)), a, b); }));
  CHECK_FALSE(lanewise<S>([](auto a, auto b) {  // the comparison can fail
    if constexpr (std::floating_point<decltype(a)>) {
      return a + b;
    } else {
      return a - b;
    }
  }));
}

TEMPLATE_TEST_CASE("functions of scalars are what they are called", "", float, double) {
  using S = TestType;
  const S nan = std::numeric_limits<S>::quiet_NaN();
  CHECK(ebm::minimum(S(2), S(-3)) == S(-3));
  CHECK(ebm::maximum(S(2), S(-3)) == S(2));
  CHECK(ebm::minimum(nan, S(1)) == S(1));
  CHECK(ebm::maximum(S(1), nan) != ebm::maximum(S(1), nan));
  CHECK(same(ebm::copysign(S(-2), S(3)), S(2)));
  CHECK(same(ebm::copysign(S(2), S(-0.0)), S(-2)));
  CHECK(same(ebm::abs(S(-0.0)), S(0)));
  CHECK(is_odd<S>(BitsOf<S>{3}));
  CHECK_FALSE(is_odd<S>(BitsOf<S>{4}));

  alignas(kAlignment) S lanes[Pack<S>::size];
  Pack<S>(S(-0.0)).store(lanes);
  CHECK(same(lanes[0], S(-0.0)));
  Pack<S>(2).store(lanes);
  CHECK(lanes[Pack<S>::size - 1] == S(2));
}

TEMPLATE_TEST_CASE("fma rounds once where the machine can", "", float, double) {
  using S = TestType;
  const S epsilon = std::numeric_limits<S>::epsilon();
  const volatile S a = S(1) + epsilon, c = -(S(1) + 2 * epsilon);
  CHECK(ebm::fma(S(a), S(a), S(c)) == (kPackBytes > 16 ? epsilon * epsilon : ebm::fma(S(a), S(a), S(c))));
  alignas(kAlignment) S result[Pack<S>::size];
  ebm::fma(Pack<S>(S(a)), Pack<S>(S(a)), Pack<S>(S(c))).store(result);
  CHECK(same(result[0], ebm::fma(S(a), S(a), S(c))));
}

TEMPLATE_TEST_CASE("lanes are summed pairwise in halves", "", float, double) {
  using S = TestType;
  S lanes[kLanes<S>];
  for (int i = 0; i < kLanes<S>; ++i) lanes[i] = S(i) + S(0.5);
  CHECK(sum_lanes<S>(lanes) == S(kLanes<S>) * S(kLanes<S>) / S(2));

  for (S& lane : lanes) lane = S(0);
  lanes[0] = S(1), lanes[1] = std::numeric_limits<S>::epsilon() / 2, lanes[kLanes<S> / 2] = S(-1);
  CHECK(sum_lanes<S>(lanes) == lanes[1]);  // 1 and -1 meet first
}
