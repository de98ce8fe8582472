#include <ebm/datasets/plane.hpp>

#include "support/catch.hpp"

using ebm::Index;
using ebm::Pack;
using ebm::Points;
using ebm::Values;
using namespace ebm::detail;

TEST_CASE("rows are drawn by their number, whatever the count") {
  const auto draw = [](Index count) {
    ebm::Rng rng(3);
    return draw_rows(count, rng, [](const ebm::Stream& stream, std::uint32_t row) {
      return PlanePoint{stream.uniform(row, 0), static_cast<double>(row)};
    });
  };
  const Points<double, 2> many = draw(50), few = draw(7);
  CHECK(few == many.topRows(7));
  CHECK(many(31, 1) == 31);
  CHECK(draw(0).rows() == 0);
  CHECK_THROWS_WITH(draw(-1), "count: -1, wanted 0 to 2^32");
}

TEST_CASE("rows are mapped a register at a time, with NaN for what is no point") {
  for (const Index count : {1, 3, 8, 21}) {
    CAPTURE(count);
    Points<double, 2> points(count, 2);
    for (Index row = 0; row < count; ++row) points(row, 0) = static_cast<double>(row), points(row, 1) = 100;
    points(count / 2, 1) = std::nan("");
    const Values<double> sums = map_rows(points, [](Pack<double> x, Pack<double> y) { return maximum(x + y, 0.0); });
    REQUIRE(sums.size() == count);
    for (Index row = 0; row < count; ++row) {
      if (row == count / 2) {
        CHECK(std::isnan(sums[row]));
      } else {
        CHECK(sums[row] == static_cast<double>(row) + 100);
      }
    }
  }
}

TEST_CASE("logarithms of sums hold beyond the range of doubles") {
  const double logs[] = {-2000, -2001, -2003.5}, factors[] = {1, 3, 0.5};
  const LogSum log_sum(3);
  const auto lane = [](Pack<double> value) {
    alignas(ebm::kAlignment) double lanes[Pack<double>::size];
    value.store(lanes);
    return lanes[0];
  };
  const auto exponent = [&](Index k) { return Pack<double>(logs[k]); };
  CHECK(lane(log_sum(exponent)) == Approx(-2000 + std::log(1 + std::exp(-1.0) + std::exp(-3.5))).epsilon(1e-15));
  CHECK(lane(log_sum(exponent, [&](Index k) { return Pack<double>(factors[k]); })) ==
        Approx(-2000 + std::log(1 + 3 * std::exp(-1.0) + 0.5 * std::exp(-3.5))).epsilon(1e-15));
}

TEST_CASE("any lane above zero counts") {
  CHECK(any_positive(1e-300));
  CHECK_FALSE(any_positive(0.0));
  alignas(ebm::kAlignment) double lanes[Pack<double>::size] = {};
  CHECK_FALSE(any_positive(Pack<double>::load(lanes)));
  lanes[Pack<double>::size - 1] = 1e-300;
  CHECK(any_positive(Pack<double>::load(lanes)));
}

namespace {

struct Bell {
  static constexpr int dim = 2;
  Values<double> log_density(const Points<double, 2>& x) const {
    return -0.5 * x.rowwise().squaredNorm().array() - kLogTwoPi;
  }
  ebm::Box<2> domain() const { return square_box(kDomainSds); }
};

}  // namespace

TEST_CASE("the entropy of a smooth density by a grid is exact, if the grid is fine enough") {
  CHECK(grid_entropy(Bell{}, 0.5) == Approx(1 + kLogTwoPi).epsilon(1e-8));
  CHECK(std::abs(grid_entropy(Bell{}, 4.0) - (1 + kLogTwoPi)) > 1e-2);
}
