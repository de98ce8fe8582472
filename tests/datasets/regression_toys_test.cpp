#include <ebm/datasets/regression_toys.hpp>

#include "support/catch.hpp"

namespace {

template <class Set>
void check_set(double entropy) {
  const Set set;
  CHECK(set.conditional_entropy() == Approx(entropy).margin(2e-6));
  // The mean of -log p over exact draws, within five standard errors.
  ebm::Rng rng(2);
  constexpr ebm::Index count = 40000;
  const auto points = set.sample(count, rng);
  const ebm::Values<double> losses = -set.conditional_log_density(points);
  const double mean = losses.mean(), error = std::sqrt((losses.array() - mean).square().mean() / count);
  CHECK(std::abs(mean - entropy) < 5 * error);
  CHECK(error < 0.01);
  CHECK(points.col(0).minCoeff() >= -3);
  CHECK(points.col(0).maxCoeff() <= 3);
  CHECK(std::abs(points.col(0).mean()) < 5 * std::sqrt(3.0 / count));
  // Swapped inputs are another law: the comparison above can fail.
  ebm::Points<double, 2> mirrored = points;
  mirrored.col(0) *= -1;
  CHECK(-set.conditional_log_density(mirrored).mean() > entropy + 1);
}

}  // namespace

TEST_CASE("the regression sets have the entropies that are known, and draw from what they say") {
  check_set<ebm::BimodalRegression>(-0.326567);
  check_set<ebm::HeteroscedasticSine>(-1.485944);
}
