#include <ebm/diagnostics/convergence.hpp>

#include "diagnostics/chains.hpp"
#include "support/catch.hpp"

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using ebm::ChainMatrix;
using ebm::DrawsStatus;
using ebm::Index;
using ebm::testing::autoregressive;

namespace {

struct Reference {
  double r_hat, bulk_ess, tail_ess, mean_mcse, mcse_5, mcse_50;
};

void check(const ChainMatrix<>& draws, const Reference& expected) {
  CHECK_THAT(ebm::r_hat(draws), WithinRel(expected.r_hat, 1e-9));
  CHECK_THAT(ebm::bulk_ess(draws), WithinRel(expected.bulk_ess, 1e-9));
  CHECK_THAT(ebm::tail_ess(draws), WithinRel(expected.tail_ess, 1e-9));
  CHECK_THAT(ebm::mean_mcse(draws), WithinRel(expected.mean_mcse, 1e-9));
  CHECK_THAT(ebm::quantile_mcse(draws, 0.05), WithinAbs(expected.mcse_5, 1e-9));
  CHECK_THAT(ebm::quantile_mcse(draws, 0.5), WithinAbs(expected.mcse_50, 1e-9));
}

}  // namespace

// The values that ArviZ 0.23.4 gives for the same draws: rhat, ess(bulk), ess(tail), mcse(mean), mcse(quantile).
TEST_CASE("diagnostics agree with an independent implementation") {
  SECTION("autocorrelated") {
    check(autoregressive(4, 500, 0.9, 7), {1.07144030097175, 92.4520377544048, 266.607234608785, 0.0987418409269275,
                                           0.089029907032235, 0.130686109257652});
  }
  SECTION("an odd number of draws") {
    check(autoregressive(3, 101, 0.3, 8), {1.01049739364397, 242.149596533839, 191.015631411642, 0.0650041909301791,
                                           0.197955161310695, 0.0774109540272162});
  }
  SECTION("one shifted chain") {
    ChainMatrix<> draws = autoregressive(4, 200, 0, 9);
    draws.col(2) += 1;
    check(draws, {1.11138267384218, 29.3960868091067, 98.9492951908432, 0.202344536036374, 0.0987461574131357,
                  0.194107010608755});
  }
  SECTION("one wider chain") {
    ChainMatrix<> draws = autoregressive(4, 200, 0, 9);
    draws.col(1) *= 4;
    check(draws, {1.26660432460546, 859.602898197143, 39.0696274943569, 0.0795933656129098, 1.51234929801739,
                  0.0519073369635216});
  }
  SECTION("ties") {
    const ChainMatrix<> draws = (autoregressive(4, 250, 0, 10) > 0.3).cast<double>();
    check(draws, {1.00112313410216, 1024.75717519797, 1000, 0.0151145408350901, 0, 0});
  }
  SECTION("antithetic") {
    check(autoregressive(4, 300, -0.7, 11), {1.00908482932566, 3695.01749525715, 838.480860771132, 0.0161408003710822,
                                             0.0645928296673783, 0.0191135061595694});
  }
  SECTION("hardly mixing") {
    check(autoregressive(2, 60, 0.99, 12), {1.48581024499735, 4.67026306049558, 12.7572217605944, 0.250678198269199,
                                            0.0381694455226974, 0.219919196971538});
  }
}

TEST_CASE("the effective sample size of an autoregression is N (1 - r) / (1 + r)") {
  // The relative standard deviation of a windowed estimate of tau is sqrt(2 (2 W + 1) / N) for a window of W lags
  // (Madras & Sokal 1988); Geyer's window is at most about 6 tau here, which bounds it by 0.025. Five of those: one
  // failure in 10^6.
  const ChainMatrix<> draws = autoregressive(64, 4000, 0.9, 21);
  CHECK_THAT(ebm::bulk_ess(draws), WithinRel(64 * 4000 / 19.0, 0.125));
  CHECK_THAT(ebm::mean_mcse(draws), WithinRel(std::sqrt(19.0 / (64 * 4000)), 0.07));
  // What the bound would let pass is not the ESS of a neighbour: r = 0.87 and 0.92 are 30 % off.
  CHECK(ebm::bulk_ess(autoregressive(64, 4000, 0.87, 21)) > 1.125 * 64 * 4000 / 19.0);
  CHECK(ebm::bulk_ess(autoregressive(64, 4000, 0.92, 21)) < 0.875 * 64 * 4000 / 19.0);
}

TEST_CASE("R-hat is one where chains agree, ties or not") {
  // With M = 16 halves of N = 1000 independent draws, N (R-hat^2 - 1) + 1 is F(15, 15984): 1e-6 at 4.3, R-hat 1.0017.
  const ChainMatrix<> normal = autoregressive(8, 2000, 0, 31);
  CHECK(ebm::r_hat(normal) < 1.0018);
  const ChainMatrix<> coin = (normal > 0.0).cast<double>();
  CHECK(ebm::r_hat(coin) < 1.0018);

  // The planted bug: ranks of equal draws in the order of the chains.
  const ChainMatrix<> halves = ebm::split_chains(coin);
  ChainMatrix<> ordered(halves.rows(), halves.cols());
  for (Index i = 0; i < halves.size(); ++i) ordered.data()[i] = halves.data()[i] + 1e-9 * static_cast<double>(i);
  CHECK(ebm::detail::plain_r_hat(ebm::rank_normalised(ordered)) > 1.1);
}

TEST_CASE("R-hat finds the chain that differs, in location or in scale") {
  ChainMatrix<> shifted = autoregressive(4, 1000, 0, 32);
  shifted.col(3) += 0.5;
  CHECK(ebm::r_hat(shifted) > 1.01);

  ChainMatrix<> wider = autoregressive(4, 1000, 0, 33);
  wider.col(0) *= 2;
  CHECK(ebm::r_hat(wider) > 1.01);
  CHECK(ebm::detail::plain_r_hat(ebm::rank_normalised(ebm::split_chains(wider))) < 1.01);  // bulk alone does not see it

  ChainMatrix<> drifting = autoregressive(1, 1000, 0, 34);
  for (Index t = 0; t < 1000; ++t) drifting(t, 0) += 0.001 * static_cast<double>(t);
  CHECK(ebm::r_hat(drifting) > 1.01);

  ChainMatrix<> stuck(100, 2);
  stuck.col(0) = 1, stuck.col(1) = 2;
  CHECK(ebm::r_hat(stuck) > 100);
}

TEST_CASE("draws that cannot be judged say so") {
  ChainMatrix<> draws = autoregressive(2, 50, 0, 35);
  CHECK(ebm::draws_status(draws) == DrawsStatus::usable);
  draws(7, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK(ebm::draws_status(draws) == DrawsStatus::not_finite);
  CHECK(std::isnan(ebm::r_hat(draws)));
  CHECK(std::isnan(ebm::bulk_ess(draws)));
  CHECK(std::isnan(ebm::tail_ess(draws)));
  CHECK(std::isnan(ebm::mean_mcse(draws)));
  CHECK(std::isnan(ebm::tail_ess(ChainMatrix<>(0, 0))));
  CHECK(ebm::draws_status(ChainMatrix<>(ChainMatrix<>::Constant(50, 2, 3.0))) == DrawsStatus::constant);
  CHECK(ebm::draws_status(ChainMatrix<>(ChainMatrix<>::Zero(3, 2))) == DrawsStatus::too_few);
  CHECK(ebm::draws_status(ChainMatrix<>(0, 0)) == DrawsStatus::too_few);
  CHECK_THROWS_AS(ebm::quantile_mcse(draws, 1.5), ebm::ValueError);
}

TEST_CASE("the beta quantile inverts known distribution functions") {
  for (const double p : {0.1, 0.5, 0.84}) {
    CHECK_THAT(ebm::detail::beta_quantile(p, 1.0, 1.0), WithinAbs(p, 1e-13));
    CHECK_THAT(ebm::detail::beta_quantile(p, 3.0, 1.0), WithinAbs(std::cbrt(p), 1e-13));
    CHECK_THAT(ebm::detail::beta_quantile(p, 1.0, 4.0), WithinAbs(1 - std::pow(1 - p, 0.25), 1e-13));
  }
}
