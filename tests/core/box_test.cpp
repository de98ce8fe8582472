#include <ebm/core/box.hpp>

#include "support/catch.hpp"

using ebm::Box;
using ebm::hull;
using ebm::require_box;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a hull holds both boxes and nothing more") {
  const Box<2> a{{-1, 0}, {2, 3}}, b{{0, -5}, {1, 4}};
  const Box<2> both = hull(a, b), other = hull(b, a), inner = hull(a, Box<2>{{0, 1}, {1, 2}});
  CHECK((both.lower == Eigen::Array2d(-1, -5)).all());
  CHECK((both.upper == Eigen::Array2d(2, 4)).all());
  CHECK((both.lower == other.lower && both.upper == other.upper).all());
  CHECK((inner.lower == a.lower && inner.upper == a.upper).all());
}

TEST_CASE("boxes of a dimension known at run time") {
  const Eigen::ArrayXd zero = Eigen::ArrayXd::Zero(5), one = Eigen::ArrayXd::Ones(5);
  const Box<ebm::Dynamic> box = hull(Box<ebm::Dynamic>{zero, one}, Box<ebm::Dynamic>{-one, zero});
  CHECK((box.lower == -1).all());
  CHECK((box.upper == 1).all());
  CHECK_NOTHROW(require_box("box", box));
  CHECK_THROWS_AS(require_box("box", Box<ebm::Dynamic>{one, zero}), ebm::ValueError);
}

TEST_CASE("a box without finite sides that ascend is refused by name") {
  CHECK_NOTHROW(require_box("domain", Box<2>{{-1, 0}, {-0.5, 1e300}}));
  CHECK_THROWS_WITH(require_box("domain", Box<2>{{0, 2}, {1, 2}}),
                    "domain: side 1 from 2 to 2, wanted finite sides that ascend");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [lower, upper] : {std::pair{3.0, 2.0},
                                     {0.0, kInfinity},
                                     {-kInfinity, 0.0},
                                     {-kInfinity, -kInfinity},
                                     {nan, 1.0},
                                     {0.0, nan},
                                     {-1e308, 1e308}}) {
    CAPTURE(lower, upper);
    CHECK_THROWS_AS(require_box("box", Box<1>{Box<1>::Corner(lower), Box<1>::Corner(upper)}), ebm::ValueError);
  }
}
