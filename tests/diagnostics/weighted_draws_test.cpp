#include <ebm/diagnostics/weighted_draws.hpp>

#include "diagnostics/chains.hpp"
#include "support/catch.hpp"

using Catch::Matchers::WithinAbs;
using ebm::ChainMatrix;
using ebm::Index;
using ebm::Values;
using ebm::WeightedDraws;

TEST_CASE("equal weights, whatever they are, change nothing") {
  const ChainMatrix<> draws = ebm::testing::autoregressive(3, 101, 0.3, 61);
  const double unit = GENERATE(1.0, 1e-7, 40.0);
  const WeightedDraws<> weighted(draws, Values<double>::Constant(101, unit));
  const double mean = draws.mean();
  CHECK_THAT(weighted.mean(), WithinAbs(mean, 1e-13));
  CHECK_THAT(weighted.sd(), WithinAbs(std::sqrt((draws - mean).square().sum() / 302), 1e-13));
  CHECK_THAT(weighted.shrinkage(), WithinAbs(1, 1e-13));
  const auto order = ebm::ordered_draws(draws);
  for (const double p : {0.0, 0.05, 0.5, 0.77, 0.95, 1.0}) {
    CAPTURE(p);
    CHECK_THAT(weighted.quantile(p), WithinAbs(ebm::quantile_of_ordered(order, p), 1e-12));
  }
}

TEST_CASE("weights of draws have closed forms") {
  // Two chains of three draws: 6, 4, 2 and 5, 3, 1, weights 1, 2, 3 in order of time.
  ChainMatrix<> draws(3, 2);
  draws << 6, 5, 4, 3, 2, 1;
  const Values<double> weights = Values<double>::LinSpaced(3, 1, 3);
  const WeightedDraws<> weighted(draws, weights);
  const double mean = (6 + 5 + 2 * 4 + 2 * 3 + 3 * 2 + 3 * 1) / 12.0;
  double squares = 0;
  for (Index row = 0; row < 6; ++row) squares += weights[row % 3] * std::pow(draws.data()[row] - mean, 2);
  CHECK_THAT(weighted.mean(), WithinAbs(mean, 1e-14));
  CHECK_THAT(weighted.sd(), WithinAbs(std::sqrt(squares / 12 / (1 - 28.0 / 144)), 1e-14));
  CHECK_THAT(weighted.shrinkage(), WithinAbs(std::sqrt(6 * 28.0 / 144), 1e-14));
  // In order 1, ..., 6 the weights are 3, 3, 2, 2, 1, 1: the steps between them 3, 2.5, 2, 1.5, 1, together 10.
  CHECK_THAT(weighted.quantile(0.3), WithinAbs(2, 1e-14));
  CHECK_THAT(weighted.quantile(0.5), WithinAbs(2 + 2 / 2.5, 1e-14));
  CHECK_THAT(weighted.quantile(1.0), WithinAbs(6, 1e-14));
  // Weights by the row in memory, or none, would be seen.
  CHECK(std::abs(draws.mean() - mean) > 0.5);
}

// Steps that fall as 1, 1/2: a sample of N(3, 1) in the first half and of N(0, 1) in the second.
TEST_CASE("draws with small weights have little to say") {
  const Index half = 20'000;
  ChainMatrix<> draws = ebm::testing::autoregressive(1, 2 * half, 0.0, 62);
  draws.topRows(half) += 3;
  Values<double> weights = Values<double>::Ones(2 * half);
  weights.tail(half).setConstant(0.5);
  const WeightedDraws<> weighted(draws, weights);
  // mean 2, variance 1 + 9 * (2/3) (1/3) = 3; five standard errors: one failure in 10^6.
  const double error = 5 * std::sqrt((4 + 1) / 9.0 / static_cast<double>(half));
  CHECK_THAT(weighted.mean(), WithinAbs(2, error));
  CHECK_THAT(weighted.sd(), WithinAbs(std::sqrt(3.0), 0.02));
  CHECK(std::abs(draws.mean() - 2) > 10 * error);
}

TEST_CASE("weights that make no average are refused") {
  const ChainMatrix<> draws = ChainMatrix<>::Ones(3, 2);
  CHECK_THROWS_AS(WeightedDraws<>(draws, Values<double>::Ones(6)), ebm::ShapeError);
  CHECK_THROWS_WITH(WeightedDraws<>(draws, Values<double>::Zero(3)), "weights: 0, wanted positive, finite numbers");
  CHECK_THROWS_AS(WeightedDraws<>(draws, Values<double>::Constant(3, std::nan(""))), ebm::ValueError);
}
