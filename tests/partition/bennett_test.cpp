#include <ebm/partition/bennett.hpp>

#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

using Catch::Matchers::WithinAbs;
using ebm::Index;

namespace {

// log f_k of the Gaussian exp(-x^2 / (2 s^2)), whose log Z is log(s sqrt(2 pi)).
double log_density(double x, double s) { return -0.5 * x * x / (s * s); }

}  // namespace

TEST_CASE("Bennett's ratio of two Gaussians, with an error of the right size") {
  const ebm::Stream stream(5);
  const double truth = std::log(3.0);
  double squares = 0, claimed = 0;
  const int runs = 400;
  for (std::uint32_t run = 0; run < runs; ++run) {
    std::vector<double> forward, reverse;
    for (std::uint64_t n = 0; n < 300; ++n) {
      const double x = stream.normal(2 * run, n);
      forward.push_back(log_density(x, 3) - log_density(x, 1));
    }
    for (std::uint64_t n = 0; n < 150; ++n) {
      const double x = 3 * stream.normal(2 * run + 1, n);
      reverse.push_back(log_density(x, 1) - log_density(x, 3));
    }
    const auto ratio = ebm::bennett_acceptance_ratio(forward, reverse);
    squares += ebm::square(ratio.value - truth) / runs, claimed += ebm::square(ratio.standard_error) / runs;
    // The reverse problem is the same one.
    if (run == 0) {
      CHECK_THAT(ebm::bennett_acceptance_ratio(reverse, forward).value, WithinAbs(-ratio.value, 1e-10));
    }
  }
  // A relative error of 7 % of the standard deviation at 400 runs: 5 of these, and the bias.
  CHECK(squares < claimed * 1.5);
  CHECK(squares > claimed / 1.5);
}

TEST_CASE("equal weights give their own ratio, and what is not finite is refused") {
  const auto ratio = ebm::bennett_acceptance_ratio(std::vector<double>(5, 2.5), std::vector<double>(9, -2.5));
  CHECK_THAT(ratio.value, WithinAbs(2.5, 1e-12));
  CHECK_THAT(ratio.standard_error, WithinAbs(0, 1e-6));
  CHECK_THROWS_AS(ebm::bennett_acceptance_ratio(std::vector<double>{std::nan("")}, std::vector<double>{1}),
                  ebm::NumericalError);
}

TEST_CASE("the multistate ratio is Bennett's for two states, and joins a chain of them") {
  const ebm::Stream stream(6);
  const double sds[] = {1, 2, 4};
  const std::vector<Index> counts{400, 200, 300};
  ebm::Points<double> all(900, 3), two(600, 2);
  std::vector<double> forward, reverse;
  Index row = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    for (Index n = 0; n < counts[k]; ++n, ++row) {
      const double x = sds[k] * stream.normal(static_cast<std::uint32_t>(k), static_cast<std::uint64_t>(n));
      for (Index j = 0; j < 3; ++j) all(row, j) = log_density(x, sds[j]);
      if (k < 2) two.row(row) = all.row(row).head(2);
      if (k == 0) forward.push_back(all(row, 1) - all(row, 0));
      if (k == 1) reverse.push_back(all(row, 0) - all(row, 1));
    }
  }
  const auto pair = ebm::multistate_bennett_ratio(two, {400, 200});
  CHECK_THAT(pair[1], WithinAbs(ebm::bennett_acceptance_ratio(forward, reverse).value, 1e-8));
  const auto ratios = ebm::multistate_bennett_ratio(all, counts);
  CHECK(ratios[0] == 0);
  CHECK_THAT(ratios[1], WithinAbs(std::log(2.0), 0.2));  // standard error below .04
  CHECK_THAT(ratios[2], WithinAbs(std::log(4.0), 0.3));
  CHECK_THROWS_AS(ebm::multistate_bennett_ratio(all, {400, 200}), ebm::ValueError);
}
