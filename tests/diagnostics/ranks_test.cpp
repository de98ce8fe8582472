#include <ebm/diagnostics/ranks.hpp>

#include "diagnostics/chains.hpp"
#include "support/catch.hpp"

using ebm::ChainMatrix;
using ebm::Index;

TEST_CASE("the normal quantile inverts the distribution function") {
  for (const double p : {1e-300, 1e-20, 1e-9, 1e-3, 0.02, 0.0749, 0.0751, 0.3, 0.5, 0.7, 0.95, 0.999}) {
    const double z = ebm::normal_quantile(p);
    // The condition number of Phi at z is about z^2.
    CHECK_THAT(0.5 * std::erfc(-z / std::sqrt(2.0)), Catch::Matchers::WithinRel(p, 1e-15 * (10 + z * z)));
  }
  CHECK(ebm::normal_quantile(0.5) == 0.0);
  CHECK_THAT(ebm::normal_quantile(0.975), Catch::Matchers::WithinRel(1.959963984540054, 1e-15));
}

TEST_CASE("equal draws share their average rank") {
  ChainMatrix<> draws(3, 2);
  draws << 1, 2, 2, 2, 5, -1;
  const ChainMatrix<> scores = ebm::rank_normalised(draws);
  const auto score = [](double rank) { return ebm::normal_quantile((rank - 0.375) / 6.25); };
  CHECK(scores(2, 1) == score(1));
  CHECK(scores(0, 0) == score(2));
  CHECK(scores(0, 1) == score(4));
  CHECK(scores(1, 0) == score(4));
  CHECK(scores(1, 1) == score(4));
  CHECK(scores(2, 0) == score(6));
}

TEST_CASE("halves leave the middle of an odd chain out") {
  ChainMatrix<> draws(5, 1);
  draws << 1, 2, 3, 4, 5;
  const ChainMatrix<> halves = ebm::split_chains(draws);
  REQUIRE(halves.rows() == 2);
  REQUIRE(halves.cols() == 2);
  CHECK(halves(0, 0) == 1);
  CHECK(halves(1, 0) == 2);
  CHECK(halves(0, 1) == 4);
  CHECK(halves(1, 1) == 5);
}

TEST_CASE("quantiles are linear between order statistics") {
  ChainMatrix<> draws(2, 2);
  draws << 4, 0, 9, 1;
  const ebm::OrderedDraws<double> order = ebm::ordered_draws(draws);
  CHECK(order == ebm::OrderedDraws<double>{{0, 2}, {1, 3}, {4, 0}, {9, 1}});
  CHECK(ebm::quantile_of_ordered(order, 0.0) == 0.0);
  CHECK(ebm::quantile_of_ordered(order, 0.5) == 2.5);
  CHECK(ebm::quantile_of_ordered(order, 1.0) == 9.0);
  CHECK_THAT(ebm::quantile_of_ordered(order, 0.9), Catch::Matchers::WithinRel(7.5, 1e-12));
}
