#include <ebm/core/errors.hpp>

#include <limits>

#include "support/catch.hpp"

using namespace ebm;

namespace {
template <class Expected, class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const Expected& error) {
    return error.what();
  }
  return "nothing was thrown";
}
}  // namespace

TEST_CASE("a wrong shape is told with the one wanted") {
  const Eigen::MatrixXf points(10, 3);
  CHECK(message_of<ShapeError>([&] { require_shape("points", points, kAny, 2); }) ==
        "points: shape 10 x 3, wanted any x 2");
  CHECK(message_of<ShapeError>([&] { require_shape("points", points, 9, kAny); }) ==
        "points: shape 10 x 3, wanted 9 x any");
  CHECK_NOTHROW(require_shape("points", points, 10, 3));
  CHECK_NOTHROW(require_shape("points", points, kAny, kAny));
}

TEST_CASE("a wrong value is told with what was wanted") {
  CHECK(message_of<ValueError>([] { require(false, "chains", 0, "at least 1"); }) == "chains: 0, wanted at least 1");
  CHECK(message_of<ValueError>([] { require(false, "step", -0.125, "a positive number"); }) ==
        "step: -0.125, wanted a positive number");
  CHECK_NOTHROW(require(true, "chains", 0, "anything"));
}

TEST_CASE("a value that is not finite is told with its place") {
  Eigen::MatrixXd points = Eigen::MatrixXd::Zero(4, 2);
  CHECK_NOTHROW(require_finite("points", points));
  points(3, 1) = std::numeric_limits<double>::infinity();
  CHECK(message_of<ValueError>([&] { require_finite("points", points); }) ==
        "points: inf at row 3, column 1, wanted finite values");
  points(2, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(require_finite("points", points), Catch::Matchers::ContainsSubstring("row 2, column 0"));
}

TEST_CASE("every error is an Error") {
  CHECK_THROWS_AS(throw ShapeError("shape"), Error);
  CHECK_THROWS_AS(throw ValueError("value"), Error);
  CHECK_THROWS_AS(throw NumericalError("number"), Error);
}
