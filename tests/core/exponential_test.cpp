#include <ebm/core/exponential.hpp>

#include "core/function_errors.hpp"
#include "support/catch.hpp"

using namespace ebm;
using namespace ebm::testing;

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
