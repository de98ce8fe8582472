#include <ebm/core/draws.hpp>

#include "support/catch.hpp"

using namespace ebm;

TEST_CASE("draws know their chains, and can be cut short") {
  Draws<double, 2> draws;
  draws.chains = 3;
  draws.draws_per_chain = 4;
  draws.points = Points<double, 2>::Zero(12, 2);
  draws.energies.resize(12);
  for (Index row = 0; row < 12; ++row) {
    draws.points(row, 1) = static_cast<double>(row);
    draws.energies(row) = -static_cast<double>(row);
  }
  draws.weights = Values<double>::LinSpaced(4, 1, 4);
  draws.status = {ChainStatus::stuck, ChainStatus::diverged, ChainStatus::diverged};
  CHECK(draws.diverged_chains() == 2);
  CHECK(draws.stuck_chains() == 1);
  CHECK(draws.chain(1).rows() == 4);
  CHECK(draws.chain(1)(2, 1) == 6);

  detail::keep_first(draws, 3);
  CHECK(draws.draws_per_chain == 3);
  REQUIRE(draws.points.rows() == 9);
  REQUIRE(draws.energies.size() == 9);
  CHECK(draws.chain(2)(2, 1) == 10);
  CHECK(draws.energies(2 * 3 + 2) == -10);
  CHECK(draws.weights == Values<double>::LinSpaced(3, 1, 3));
}

TEST_CASE("a chain is stuck that accepted next to nothing over enough steps to tell") {
  CHECK(chain_status(false, 0, kStuckSteps) == ChainStatus::stuck);
  CHECK(chain_status(false, 0.99e-3, 10'000) == ChainStatus::stuck);
  CHECK(chain_status(false, 0, kStuckSteps - 1) == ChainStatus::healthy);
  CHECK(chain_status(false, 1.01e-3, 10'000) == ChainStatus::healthy);
  CHECK(chain_status(false, std::numeric_limits<double>::quiet_NaN(), 10'000) == ChainStatus::healthy);
  CHECK(chain_status(true, 0, 10'000) == ChainStatus::diverged);
}
