#include <ebm/networks/active_outer_product.hpp>

#include "networks/sparse_states.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace ebm;
using namespace sparse_states;

TEMPLATE_TEST_CASE("the outer product with the chains in which a unit is active", "", float,
                   double) {
  const bool real = GENERATE(false, true);
  const Index units = 33, width = GENERATE(Index{1}, Index{20}, detail::kRowBlock<TestType>);
  const Index stride = width + 3, chains = 2 * kLanes<TestType>, block = detail::kRowBlock<TestType>;
  States<TestType> states(2, units, real);
  detail::ActiveUnits<TestType> active(2, units, states.workspace);
  active.collect(TileSpan<const TestType, Dynamic>(states.tiles), states.workspace);
  const detail::ActiveChains<TestType> by_unit(active, units, states.workspace);
  TestType* delta = states.workspace.template take<TestType>(chains * block);
  TestType* total = states.workspace.template take<TestType>(block);
  const auto numbers = matrix<TestType>(chains, block), scale = matrix<TestType>(1, units);
  std::copy(numbers.begin(), numbers.end(), delta);
  std::copy_n(numbers.begin() + 5, block, total);
  std::vector<TestType> gradient(static_cast<std::size_t>(units * stride), TestType(1));
  detail::with_lines<TestType>((width + kLanes<TestType> - 1) / kLanes<TestType> * kLanes<TestType>, [&](auto lines) {
    detail::add_active_outer_product<lines>(by_unit, scale.data(), units, delta, total, gradient.data(), stride, width);
  });
  double worst = 0;
  for (Index i = 0; i < units; ++i) {
    for (Index j = 0; j < stride; ++j) {
      double expected = 1;
      if (j < width) {
        expected += static_cast<double>(scale[static_cast<std::size_t>(i)]) * static_cast<double>(total[j]);
        for (Index c = 0; c < chains; ++c) expected -= states.at(c, i) * static_cast<double>(delta[c * block + j]);
      }
      worst =
          std::max(worst, std::abs(expected - static_cast<double>(gradient[static_cast<std::size_t>(i * stride + j)])));
    }
  }
  CHECK(worst < (sizeof(TestType) == 4 ? 1e-4 : 1e-12));
}
