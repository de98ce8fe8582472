#include <ebm/datasets/checkerboard.hpp>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

using ebm::Checkerboard;

TEST_CASE("The checkerboard is uniform on its dark squares") {
  const double inside = -std::log(32.0), outside = -std::numeric_limits<double>::infinity();
  CHECK(checks::log_density_at(Checkerboard{}, 1.0, 1.0) == Approx(inside).epsilon(1e-15));
  CHECK(checks::log_density_at(Checkerboard{}, -1.0, 3.0) == Approx(inside).epsilon(1e-15));
  CHECK(checks::log_density_at(Checkerboard{}, -1.0, 1.0) == outside);
  CHECK(checks::log_density_at(Checkerboard{}, 5.0, 1.0) == outside);
  CHECK(std::isnan(checks::log_density_at(Checkerboard{}, std::nan(""), 1.0)));
  CHECK(checks::grid_mass(Checkerboard{}, 64) == Approx(1.0).epsilon(1e-13));
  CHECK(Checkerboard{}.entropy() == Approx(std::log(32.0)).epsilon(1e-15));
}

TEST_CASE("Samples fill the eight squares alike, and no others") {
  const Checkerboard board{.side = 0.7};
  ebm::Rng rng(5);
  const int count = 80'000;
  const auto points = board.sample(count, rng);
  const auto log_p = board.log_density(points);
  CHECK(std::count(log_p.begin(), log_p.end(), -board.entropy()) == count);
  int counts[4][4] = {};
  double sum_x = 0.0, sum_y = 0.0;
  for (int i = 0; i < count; ++i) {
    const double x = points(i, 0) / 0.7 + 2.0, y = points(i, 1) / 0.7 + 2.0;
    ++counts[static_cast<int>(x)][static_cast<int>(y)];
    sum_x += x - std::floor(x) - 0.5;
    sum_y += y - std::floor(y) - 0.5;
  }
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) {
      const double expected = (i + j) % 2 == 0 ? count / 8.0 : 0.0;
      CHECK(std::abs(counts[i][j] - expected) <= checks::kSigmas * std::sqrt(expected * 7.0 / 8.0));
    }
  }
  CHECK(std::abs(sum_x) < checks::kSigmas * std::sqrt(count / 12.0));
  CHECK(std::abs(sum_y) < checks::kSigmas * std::sqrt(count / 12.0));
}
