#include <ebm/networks/active_units.hpp>

#include "networks/sparse_states.hpp"
#include "support/catch.hpp"

using namespace ebm;
using namespace sparse_states;

TEMPLATE_TEST_CASE("active units are the nonzero coordinates, in order", "", float, double) {
  const bool real = GENERATE(false, true);
  States<TestType> states(2, 70, real);
  detail::ActiveUnits<TestType> active(2, 70, states.workspace);
  active.collect(TileSpan<const TestType, Dynamic>(states.tiles), states.workspace);
  REQUIRE(active.chains() == 2 * kLanes<TestType>);
  for (Index c = 0; c < active.chains(); ++c) {
    Index k = 0;
    for (Index i = 0; i < 70; ++i) {
      if (states.at(c, i) == 0) continue;
      REQUIRE(k < active.count(c));
      CHECK(active.indices(c)[k] == i);
      CHECK((active.values(c) == nullptr) == !real);
      if (real) CHECK(static_cast<double>(active.values(c)[k]) == states.at(c, i));
      ++k;
    }
    CHECK(k == active.count(c));
  }
}
