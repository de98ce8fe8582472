#include <ebm/partition/log_weights.hpp>

#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

using Catch::Matchers::WithinAbs;
using ebm::Index;

TEST_CASE("sums of exponentials neither overflow nor lose what is small") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK_THAT(ebm::log_sum_exp(std::vector<double>{1000, 1000}), WithinAbs(1000 + std::log(2.0), 1e-12));
  CHECK_THAT(ebm::log_sum_exp(std::vector<double>{-1000, -1001, -infinity}),
             WithinAbs(-1000 + std::log1p(std::exp(-1.0)), 1e-12));
  CHECK(ebm::log_sum_exp(std::vector<double>{-infinity, -infinity}) == -infinity);
}

TEST_CASE("equal weights are all effective, one of many is one") {
  const auto equal = ebm::summarise_weights(std::vector<double>(50, -700.0));
  CHECK_THAT(equal.log_mean, WithinAbs(-700, 1e-12));
  CHECK_THAT(equal.effective_samples, WithinAbs(50, 1e-9));
  CHECK_THAT(equal.standard_error, WithinAbs(0, 1e-7));
  std::vector<double> one(50, -1e3);
  one[7] = 5;
  CHECK_THAT(ebm::summarise_weights(one).effective_samples, WithinAbs(1, 1e-9));
  CHECK_THAT(ebm::summarise_weights(one).log_mean, WithinAbs(5 - std::log(50.0), 1e-12));
}

TEST_CASE("binomial tails are those of a direct sum") {
  for (const double p : {0.01, 0.3, 0.9}) {
    double term = std::pow(1 - p, 20), tail = 1;
    for (int k = 0; k <= 20; ++k) {
      CHECK_THAT(ebm::detail::log_binomial_tail(20, k, p), WithinAbs(std::log(tail), 1e-8));
      tail -= term;
      if (tail < 1e-6) break;
      term *= (20.0 - k) / (k + 1) * p / (1 - p);
    }
  }
}

// Lognormal weights of mean 1: the truth is 0. A bound at 90 % may fail in 10 % of 2000 runs; 266 or more failures have
// a probability below 1e-6. The log mean itself, which fails in more, is what the test must catch.
TEST_CASE("the lower bound holds at its confidence, where a mean without a margin does not") {
  const ebm::Stream stream(11);
  for (const double sd : {0.3, 1.0, 3.0}) {
    CAPTURE(sd);
    int failures = 0, failures_of_mean = 0;
    double typical = 0;
    std::vector<double> weights(40);
    for (std::uint32_t run = 0; run < 2000; ++run) {
      for (std::size_t c = 0; c < weights.size(); ++c) weights[c] = sd * stream.normal(run, c) - 0.5 * sd * sd;
      const double bound = ebm::weight_lower_bound(weights, 0.9);
      failures += bound > 0, typical += bound / 2000;
      failures_of_mean += ebm::summarise_weights(weights).log_mean > 0;
    }
    CHECK(failures < 266);
    CHECK(failures_of_mean >= 266);
    CHECK(typical > -2 * sd - 0.5);  // and it is of use
  }
}
