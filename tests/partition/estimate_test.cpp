#include <ebm/partition/estimate.hpp>
#include <ebm/partition/sandwich.hpp>

#include <sstream>

#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

using Catch::Matchers::ContainsSubstring;
using ebm::PartitionVerdict;

namespace {

// Log weights of mean `mean`, lognormal with mean weight exp(mean).
std::vector<double> lognormal(double mean, double sd, std::uint32_t chain) {
  std::vector<double> weights;
  for (std::uint64_t i = 0; i < 100; ++i)
    weights.push_back(mean - 0.5 * sd * sd + sd * ebm::Stream(7).normal(chain, i));
  return weights;
}

std::string printed(const ebm::PartitionEstimate& estimate) {
  std::ostringstream stream;
  stream << estimate;
  return stream.str();
}

}  // namespace

TEST_CASE("an exact value says so and nothing else") {
  CHECK(printed(ebm::PartitionEstimate::exact(3.25)) == "log Z = 3.25: exact");
}

TEST_CASE("sides that agree give bounds, or an estimate without exact starts") {
  const auto bounded = ebm::sandwich(10, lognormal(5, 0.2, 0), lognormal(-5, 0.2, 1), true);
  CHECK(bounded.verdict == PartitionVerdict::bounded);
  CHECK(bounded.contains(15));
  CHECK(bounded.upper - bounded.lower < 1.5);
  CHECK(std::abs(bounded.value - 15) < 0.1);
  CHECK_THAT(printed(bounded), ContainsSubstring("lower bound") && ContainsSubstring("(99.5 %)") &&
                                   ContainsSubstring("upper bound") && ContainsSubstring(": bounded"));
  CHECK_THAT(printed(bounded), !ContainsSubstring("WARNING"));
  const auto estimated = ebm::sandwich(10, lognormal(5, 0.2, 0), lognormal(-5, 0.2, 1), false);
  CHECK(estimated.verdict == PartitionVerdict::estimated);
  CHECK(estimated.upper_confidence == 0);
  CHECK_THAT(printed(estimated), ContainsSubstring("(an estimate)"));
}

TEST_CASE("sides that disagree, or few chains that carry the weight, cannot be missed") {
  const auto apart = ebm::sandwich(10, lognormal(3, 0.2, 0), lognormal(-5, 0.2, 1), true);
  CHECK(apart.verdict == PartitionVerdict::unreliable);
  CHECK(apart.lower < 13.2);
  CHECK(apart.upper > 14.8);
  CHECK_THAT(printed(apart), ContainsSubstring("*** WARNING: THIS LOG Z IS NOT TO BE TRUSTED"));
  const auto degenerate = ebm::sandwich(10, lognormal(5, 4, 0), lognormal(-5, 4, 1), true);
  CHECK(!degenerate.reliable());
  CHECK_THROWS_AS(ebm::sandwich(0, std::vector<double>{1, std::nan("")}, std::vector<double>{1, 1}, true),
                  ebm::NumericalError);
}
