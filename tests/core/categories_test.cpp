#include <ebm/core/categories.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace ebm;

namespace {

constexpr Index kStates = 5;
constexpr double kEnergies[kStates] = {0.7, -0.4, 1.9, 0.1, -1.3};

// The number that a uniform draws in each lane, by the plain cumulative sum.
Index expected(double uniform, double beta) {
  double total = 0, below = 0;
  for (const double e : kEnergies) total += std::exp(-beta * e);
  for (Index k = 0; k < kStates; ++k) {
    below += std::exp(-beta * kEnergies[k]);
    if (below >= uniform * total) return k;
  }
  return kStates - 1;
}

}  // namespace

TEMPLATE_TEST_CASE("categories are drawn by inversion", "", float, double) {
  constexpr Index lanes = kLanes<TestType>;
  alignas(kAlignment) TestType energies[kStates * lanes], uniforms[lanes], drawn[lanes];
  std::vector<Index> seen(kStates, 0);
  for (const double beta : {1.0, 0.3, -0.8}) {
    for (int round = 0; round < 50; ++round) {
      for (Index l = 0; l < lanes; ++l) {
        uniforms[l] = static_cast<TestType>((round + (static_cast<double>(l) + 0.37) / lanes) / 50);
        for (Index k = 0; k < kStates; ++k) energies[k * lanes + l] = static_cast<TestType>(kEnergies[k]);
      }
      detail::draw_categories(energies, kStates, beta, uniforms, drawn);
      for (Index l = 0; l < lanes; ++l) {
        const auto number = static_cast<Index>(drawn[l]);
        CHECK(number == expected(static_cast<double>(uniforms[l]), beta));
        ++seen[static_cast<std::size_t>(number)];
      }
    }
  }
  CHECK(*std::min_element(seen.begin(), seen.end()) > 0);
}

TEST_CASE("the total weight of energies that are no numbers is none") {
  using V = Pack<float>;
  constexpr Index lanes = kLanes<float>;
  alignas(kAlignment) float energies[2 * lanes], total[lanes];
  std::fill_n(energies, 2 * lanes, 0.5f);
  energies[lanes] = std::numeric_limits<float>::quiet_NaN();
  detail::DrawnCategory<V>(energies, lanes, 2, V(-1), V(0.5f)).total.store(total);
  CHECK(std::isnan(total[0]));
  CHECK(total[1] == 2.0f);
}

TEMPLATE_TEST_CASE("units of a state", "", float, double) {
  constexpr Index lanes = kLanes<TestType>;
  alignas(kAlignment) TestType state[lanes], units[3 * lanes];
  for (Index l = 0; l < lanes; ++l) state[l] = static_cast<TestType>(l % 4);  // 3 is none of three
  detail::write_units(state, 3, units);
  for (Index k = 0; k < 3; ++k) {
    for (Index l = 0; l < lanes; ++l) CHECK(units[k * lanes + l] == (l % 4 == k ? TestType(1) : TestType(0)));
  }
  detail::negate_lanes(state, units);
  for (Index l = 0; l < lanes; ++l) CHECK(units[l] == -state[l]);
}
