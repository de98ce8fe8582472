#include <ebm/partition/domain_search.hpp>

#include <ebm/concepts/evaluation.hpp>

#include "partition/energies.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using ebm::Box;
using ebm::detail::own_domain;
using ebm::detail::search_domain;
using ebm::detail::stretched;

namespace {

template <class E>
auto log_weight(const E& energy) {
  return [&energy](const ebm::Points<double, E::dim>& x) -> ebm::Values<double> { return -ebm::energies(energy, x); };
}

struct Hinted : Gaussian<double, 2> {
  Box<2> domain() const { return {{-1, -2}, {3, 4}}; }
  Eigen::Vector2d mean() const { return {0, 0}; }
  Eigen::Matrix2d covariance() const { return Eigen::Matrix2d::Identity(); }
};

struct WithMoments : Gaussian<double, 2> {
  Eigen::Vector2d mean() const { return {1e6, 2}; }
  Eigen::Matrix2d covariance() const { return Eigen::Vector2d(4, 9).asDiagonal(); }
};

}  // namespace

TEST_CASE("an energy's own domain counts before its moments, and may be neither") {
  const auto own = own_domain(Hinted{});
  REQUIRE(own);
  CHECK((own->lower == Eigen::Array2d(-1, -2)).all());
  CHECK((own->upper == Eigen::Array2d(3, 4)).all());
  const auto of_moments = own_domain(WithMoments{});
  REQUIRE(of_moments);
  CHECK((of_moments->lower == Eigen::Array2d(1e6 - 16, 2 - 24)).all());
  CHECK((of_moments->upper == Eigen::Array2d(1e6 + 16, 2 + 24)).all());
  CHECK_FALSE(own_domain(Gaussian<double, 2>{{0, 0}, {1, 1}}));
}

TEST_CASE("a box is stretched to hold modes and seven widths around them, and never shrinks") {
  ebm::detail::Mode<2> mode;
  mode.point = {5, -1}, mode.width = {0.5, 0.25};
  const Box<2> box = stretched(Box<2>{{-10, 0}, {1, 1}}, {mode});
  CHECK((box.lower == Eigen::Array2d(-10, -2.75)).all());
  CHECK((box.upper == Eigen::Array2d(8.5, 1)).all());
}

TEST_CASE("modes are found wherever they are, and the box holds them all") {
  const Gaussian<double, 2> far{{3e4, -2}, {0.1, 50}};
  const Box<2> box = search_domain<2>(log_weight(far));
  for (int i = 0; i < 2; ++i) {
    const auto axis = static_cast<std::size_t>(i);
    CHECK(box.lower[i] < far.centre[axis] - 6 * far.sd[axis]);
    CHECK(box.upper[i] > far.centre[axis] + 6 * far.sd[axis]);
    CHECK(box.upper[i] - box.lower[i] < 1000 * far.sd[axis]);
  }
  const Bare<1> pair{{{{0.5, {-3}, 1}, {0.5, {5}, 0.01}}}};
  const Box<1> both = search_domain<1>(log_weight(pair));
  CHECK(both.lower[0] < -8);
  CHECK(both.upper[0] > 5.06);
}

TEST_CASE("energies without a mode are refused with the reason") {
  using Catch::Matchers::ContainsSubstring;
  const auto falling = formula<1>([](const auto& x) { return -x[0]; });
  CHECK_THROWS_WITH(search_domain<1>(log_weight(falling)), ContainsSubstring("cannot be normalised"));
  const auto nowhere = formula<1>([](const auto& x) { return x[0] - x[0] + std::numeric_limits<double>::infinity(); });
  CHECK_THROWS_WITH(search_domain<1>(log_weight(nowhere)), ContainsSubstring("nowhere finite"));
}
