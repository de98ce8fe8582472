// Errors are measured in units in the last place of the exact result, against long double.
#include <ebm/core/lane_math.hpp>
#include <ebm/core/philox.hpp>

#include <vector>

#include "support/catch.hpp"

using namespace ebm;

namespace {

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

const double infinity = std::numeric_limits<double>::infinity(),
             not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEMPLATE_TEST_CASE("exp", "", float, double) {
  using S = TestType;
  const auto f = [](auto x) { return ebm::exp(x); };
  const auto truth = [](Exact x) { return std::exp(x); };
  CHECK(largest_error<S>(-87.3, 88.7, f, truth) < 1.1);
  CHECK(largest_error<S>(-1, 1, f, truth) < 1.1);
  if (!is_float<S>) CHECK(largest_error<S>(-708.3, 709.7, f, truth) < 1.1);
  CHECK(largest_error<S>(
            -1, 1, [&](auto x) { return f(x) * S(1.000001); }, truth) > 1.1);  // the check can fail

  CHECK(at<S>(f, 0.0) == S(1));
  CHECK(at<S>(f, -0.0) == S(1));
  CHECK(at<S>(f, -infinity) == S(0));
  CHECK(at<S>(f, -1000.0) == S(0));
  CHECK(at<S>(f, infinity) == std::numeric_limits<S>::infinity());
  CHECK(at<S>(f, 1000.0) == std::numeric_limits<S>::infinity());
  CHECK(std::isnan(at<S>(f, not_a_number)));
  CHECK(at<S>(f, std::numeric_limits<S>::denorm_min()) == S(1));
  CHECK(std::isfinite(at<S>(f, detail::Format<S>::exp_overflow)));
  CHECK(std::isnormal(at<S>(f, detail::Format<S>::exp_underflow)));
}

TEMPLATE_TEST_CASE("log", "", float, double) {
  using S = TestType;
  const auto f = [](auto x) { return ebm::log(x); };
  const auto truth = [](Exact x) { return std::log(x); };
  CHECK(largest_error<S>(1.2e-38, 3e38, f, truth) < 0.9);
  CHECK(largest_error<S>(0.5, 2, f, truth) < 0.9);
  CHECK(largest_error<S>(0.999, 1.001, f, truth) < 0.9);
  if (!is_float<S>) CHECK(largest_error<S>(2.3e-308, 1e308, f, truth) < 0.9);

  CHECK(at<S>(f, 1.0) == S(0));
  CHECK(at<S>(f, 0.0) == -std::numeric_limits<S>::infinity());
  CHECK(at<S>(f, -0.0) == -std::numeric_limits<S>::infinity());
  CHECK(at<S>(f, std::numeric_limits<S>::denorm_min()) == -std::numeric_limits<S>::infinity());
  CHECK(at<S>(f, infinity) == std::numeric_limits<S>::infinity());
  CHECK(std::isnan(at<S>(f, -1.0)));
  CHECK(std::isnan(at<S>(f, -infinity)));
  CHECK(std::isnan(at<S>(f, not_a_number)));
  CHECK(at<S>(f, std::numeric_limits<S>::max()) == Approx(std::log(std::numeric_limits<S>::max())));
}

TEMPLATE_TEST_CASE("log1p", "", float, double) {
  using S = TestType;
  const auto f = [](auto x) { return ebm::log1p(x); };
  const auto truth = [](Exact x) { return std::log1p(x); };
  CHECK(largest_error<S>(1e-30, 1e30, f, truth) < 1.5);
  CHECK(largest_error<S>(-0.9999, -1e-30, f, truth) < 1.5);
  CHECK(largest_error<S>(-0.5, 2, f, truth) < 1.5);

  CHECK(at<S>(f, 0.0) == S(0));
  CHECK(at<S>(f, std::numeric_limits<S>::min()) == std::numeric_limits<S>::min());
  CHECK(at<S>(f, std::numeric_limits<S>::denorm_min()) <= std::numeric_limits<S>::denorm_min());
  CHECK(at<S>(f, -1.0) == -std::numeric_limits<S>::infinity());
  CHECK(at<S>(f, infinity) == std::numeric_limits<S>::infinity());
  CHECK(at<S>(f, std::numeric_limits<S>::max()) == Approx(std::log(std::numeric_limits<S>::max())));
  CHECK(std::isnan(at<S>(f, -1.5)));
  CHECK(std::isnan(at<S>(f, -infinity)));
  CHECK(std::isnan(at<S>(f, not_a_number)));
}

TEMPLATE_TEST_CASE("logistic", "", float, double) {
  using S = TestType;
  const auto f = [](auto x) { return ebm::logistic(x); };
  const auto truth = [](Exact x) { return 1 / (1 + std::exp(-x)); };
  CHECK(largest_error<S>(-87, 87, f, truth) < 2.6);
  CHECK(largest_error<S>(-20, 20, f, truth) < 2.6);
  CHECK(largest_error<S>(-2, 2, f, truth) < 2.6);
  if (!is_float<S>) CHECK(largest_error<S>(-708, 100, f, truth) < 2.6);

  CHECK(at<S>(f, 0.0) == S(0.5));
  CHECK(at<S>(f, infinity) == S(1));
  CHECK(at<S>(f, -infinity) >= S(0));
  CHECK(at<S>(f, -infinity) < 3 * std::numeric_limits<S>::min());
  CHECK(std::isnan(at<S>(f, not_a_number)));
}

TEMPLATE_TEST_CASE("log1p_exp", "", float, double) {
  using S = TestType;
  const auto f = [](auto x) { return ebm::log1p_exp(x); };
  const auto truth = [](Exact x) { return std::max(x, Exact(0)) + std::log1p(std::exp(-std::abs(x))); };
  CHECK(largest_error<S>(-87, 87, f, truth) < 1.8);
  CHECK(largest_error<S>(-20, 20, f, truth) < 1.8);
  CHECK(largest_error<S>(-2, 2, f, truth) < 1.8);
  if (!is_float<S>) CHECK(largest_error<S>(-708, 1e6, f, truth) < 1.8);

  CHECK(at<S>(f, infinity) == std::numeric_limits<S>::infinity());
  CHECK(at<S>(f, -infinity) == S(0));
  CHECK(at<S>(f, std::numeric_limits<S>::max()) == std::numeric_limits<S>::max());
  CHECK(std::isnan(at<S>(f, not_a_number)));
}

TEMPLATE_TEST_CASE("log_add_exp", "", float, double) {
  using S = TestType;
  for (const double b : {-80.0, -3.0, -0.5, 0.0, 1.0, 40.0}) {
    CAPTURE(b);
    const auto f = [b](auto a) { return ebm::log_add_exp(a, static_cast<decltype(a)>(b)); };
    const Exact other = static_cast<S>(b);
    const auto truth = [&](Exact a) { return std::max(a, other) + std::log1p(std::exp(-std::abs(a - other))); };
    // Where the result is near zero the error is one of the arguments'.
    const auto unit = [&](Exact exact) {
      return unit_in_the_last_place<S>(std::max({std::abs(exact), std::abs(other), Exact(1)}));
    };
    CHECK(largest_error(arguments<S>(-90, 90, 20'000), f, truth, unit) < 2.0);
  }
  const auto both = [](double a, double b) {
    return at<S>([b](auto x) { return ebm::log_add_exp(x, static_cast<decltype(x)>(b)); }, a);
  };
  const S inf = std::numeric_limits<S>::infinity();
  CHECK(both(-infinity, -infinity) == -inf);
  CHECK(both(-infinity, 2.0) == S(2));
  CHECK(both(2.0, -infinity) == S(2));
  CHECK(both(infinity, infinity) == inf);
  CHECK(both(infinity, -infinity) == inf);
  CHECK(std::isnan(both(not_a_number, 1.0)));
  CHECK(std::isnan(both(1.0, not_a_number)));
}

TEMPLATE_TEST_CASE("tanh", "", float, double) {
  using S = TestType;
  const auto f = [](auto x) { return ebm::tanh(x); };
  const auto truth = [](Exact x) { return std::tanh(x); };
  CHECK(largest_error<S>(-1, 1, f, truth) < 1.5);
  CHECK(largest_error<S>(1e-30, 100, f, truth) < 1.5);
  CHECK(largest_error<S>(-20, 20, f, truth) < 1.5);

  CHECK(to_bits(at<S>(f, 0.0)) == to_bits(S(0)));
  CHECK(negative_zero(at<S>(f, -0.0)));
  CHECK(at<S>(f, std::numeric_limits<S>::denorm_min()) == std::numeric_limits<S>::denorm_min());
  CHECK(at<S>(f, infinity) == S(1));
  CHECK(at<S>(f, -infinity) == S(-1));
  CHECK(std::isnan(at<S>(f, not_a_number)));
}

TEMPLATE_TEST_CASE("sine and cosine", "", float, double) {
  using S = TestType;
  const auto sine = [](auto x) { return ebm::sin(x); };
  const auto cosine = [](auto x) { return ebm::cos(x); };
  const auto exact_sine = [](Exact x) { return std::sin(x); };
  const auto exact_cosine = [](Exact x) { return std::cos(x); };
  // Relative where the machine has fused operations, absolute otherwise.
  const auto unit = [](Exact exact) { return unit_in_the_last_place<S>(kPackBytes > 16 ? exact : Exact(0.75)); };
  const double bound = kPackBytes > 16 ? 1.7 : 2.5, limit = detail::Format<S>::largest_angle;
  for (const double largest : {1.0, 10.0, 1e3, std::min(limit, 1e6), limit}) {
    CAPTURE(largest);
    CHECK(largest_error(arguments<S>(-largest, largest), sine, exact_sine, unit) < bound);
    CHECK(largest_error(arguments<S>(-largest, largest), cosine, exact_cosine, unit) < bound);
  }
  CHECK(at<S>(sine, 0.0) == S(0));
  CHECK(at<S>(cosine, 0.0) == S(1));
  CHECK(at<S>(sine, std::numeric_limits<S>::denorm_min()) == std::numeric_limits<S>::denorm_min());
  for (const double x : {1.1 * limit, 1e30, -1e30, infinity, -infinity, not_a_number}) {
    CHECK(std::isnan(at<S>(sine, x)));
    CHECK(std::isnan(at<S>(cosine, x)));
  }
}
