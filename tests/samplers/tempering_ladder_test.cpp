#include <ebm/samplers/tempering_ladder.hpp>

#include "support/catch.hpp"

namespace {

// Rejection rates of exact Gaussians in two dimensions: acceptance 2 I_{b2/(b1+b2)}(1, 1) = 2 b2 / (b1 + b2).
std::vector<double> gaussian_rejection(const std::vector<double>& ladder) {
  std::vector<double> rejection;
  for (std::size_t i = 0; i + 1 < ladder.size(); ++i)
    rejection.push_back(1 - 2 * ladder[i + 1] / (ladder[i] + ladder[i + 1]));
  return rejection;
}

}  // namespace

TEST_CASE("tempering_ladder: equal ratios, or equal steps down to 0") {
  const auto finite = ebm::tempering_ladder(4, 8);
  CHECK(finite[0] == 1);
  CHECK(finite[1] == Approx(0.5));
  CHECK(finite[2] == Approx(0.25));
  CHECK(finite[3] == 0.125);
  const auto infinite = ebm::tempering_ladder(5, std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < 5; ++i) CHECK(infinite[i] == Approx(1 - 0.25 * static_cast<double>(i)));
  CHECK_THROWS_AS(ebm::tempering_ladder(1, 8), ebm::ValueError);
  CHECK_THROWS_AS(ebm::tempering_ladder(3, 1), ebm::ValueError);
}

TEST_CASE("equalised_ladder: an uneven ladder of a Gaussian becomes the geometric one, whose rates are equal") {
  std::vector<double> ladder{1, 0.98, 0.9, 0.3, 0.12, 0.1};
  for (int round = 0; round < 12; ++round) ladder = ebm::equalised_ladder(ladder, gaussian_rejection(ladder));
  for (std::size_t i = 0; i < ladder.size(); ++i)
    CHECK(ladder[i] == Approx(std::pow(10, -static_cast<double>(i) / 5)).epsilon(1e-3));
}

TEST_CASE("equalised_ladder: ends stay, the order stays, and a ladder without rejections stays") {
  const std::vector<double> ladder{1, 0.7, 0.4, 0};
  const auto moved = ebm::equalised_ladder(ladder, std::vector<double>{0.0, 1.0, 0.0});
  CHECK(moved[0] == 1);
  CHECK(moved[1] == Approx(0.6));
  CHECK(moved[2] == Approx(0.5));
  CHECK(moved[3] == 0);
  CHECK(ebm::equalised_ladder(ladder, std::vector<double>{0.0, 0.0, 0.0}) == ladder);
}
