#include <ebm/core/trigonometry.hpp>

#include "core/function_errors.hpp"
#include "support/catch.hpp"

using namespace ebm;
using namespace ebm::testing;

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
