#include <ebm/core/lane_math.hpp>

#include "core/function_errors.hpp"
#include "support/catch.hpp"

using namespace ebm;
using namespace ebm::testing;

TEMPLATE_TEST_CASE("powers", "", float, double) {
  using S = TestType;
  const auto error = [](double lowest, double highest, auto f, auto truth) {
    return largest_error(arguments<S>(lowest, highest, 10'000), f, truth, unit_in_the_last_place<S>);
  };
  for (const int n : {0, 1, 2, 3, 4, 5, 8, 13, -1, -2, -7}) {
    CAPTURE(n);
    // Each of at most 2 log2(n) products rounds once, and their errors are squared along.
    const auto f = [n](auto x) { return ebm::pow(x, n); };
    const auto truth = [n](Exact x) { return std::pow(x, Exact(n)); };
    CHECK(error(0.3, 3, f, truth) < 1 + std::abs(n));
    CHECK(error(-3, -0.3, f, truth) < 1 + std::abs(n));
    CHECK(at<S>([n](auto x) { return ebm::pow(x, static_cast<double>(n)); }, 1.7) == at<S>(f, 1.7));
  }
  for (const double p : {0.5, -1.5, 2.25}) {
    CAPTURE(p);
    const auto f = [p](auto x) { return ebm::pow(x, p); };
    const auto truth = [p](Exact x) { return std::pow(x, Exact(p)); };
    CHECK(error(0.1, 10, f, truth) < 16);  // that of exp, and |p log x| < 5.2 times those of log and the product
    CHECK(at<S>(f, 1.0) == S(1));
    CHECK(std::isnan(at<S>(f, -1.0)));
  }
  CHECK(at<S>([](auto x) { return ebm::pow(x, 0.5); }, 0.0) == S(0));
  CHECK(at<S>([](auto x) { return ebm::pow(x, -1); }, 0.0) == std::numeric_limits<S>::infinity());
}
