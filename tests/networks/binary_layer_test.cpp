#include <ebm/networks/binary_layer.hpp>

#include "networks/sparse_states.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace ebm;
using namespace sparse_states;

TEMPLATE_TEST_CASE("sums over active rows, either way round", "", float, double) {
  const Index rows = GENERATE(1, 37, 300), columns = GENERATE(1, 16, 53, 130);
  const bool real = GENERATE(false, true);
  const auto w = matrix<TestType>(rows, columns);
  const auto biases = matrix<TestType>(1, columns), other_biases = matrix<TestType>(1, rows);
  detail::BinaryLayer<TestType> layer(rows, columns), other(columns, rows);
  layer.set(w.data(), biases.data());
  other.set_transposed(layer, other_biases.data());
  const double tolerance = sizeof(TestType) == 4 ? 2e-4 : 1e-12;

  const auto check = [&](const detail::BinaryLayer<TestType>& tested, Index inputs, Index units, auto weight,
                         const std::vector<TestType>& bias) {
    States<TestType> states(2, inputs, real);
    detail::ActiveUnits<TestType> active(2, inputs, states.workspace);
    active.collect(TileSpan<const TestType, Dynamic>(states.tiles), states.workspace);
    double worst = 0;
    Index seen = 0;
    tested.for_each_unit(active, states.workspace, [&](Index t, Index unit, const TestType* lanes) {
      for (Index l = 0; l < kLanes<TestType>; ++l, ++seen) {
        double sum = static_cast<double>(bias[static_cast<std::size_t>(unit)]);
        for (Index k = 0; k < inputs; ++k) sum += states.at(t * kLanes<TestType> + l, k) * weight(k, unit);
        worst = std::max(worst, std::abs(sum - static_cast<double>(lanes[l])));
      }
    });
    CHECK(worst < tolerance);
    CHECK(seen == 2 * kLanes<TestType> * units);
  };
  const auto at = [&](Index i, Index j) { return static_cast<double>(w[static_cast<std::size_t>(i * columns + j)]); };
  check(layer, rows, columns, at, biases);
  check(
      other, columns, rows, [&](Index j, Index i) { return at(i, j); }, other_biases);
}

TEST_CASE("offsets move the biases") {
  const auto w = matrix<double>(40, 70), biases = matrix<double>(1, 70), offsets = matrix<double>(1, 40);
  detail::BinaryLayer<double> layer(40, 70);
  layer.set(w.data(), biases.data());
  layer.subtract_offsets(offsets.data());
  for (std::size_t j = 0; j < 70; ++j) {
    double expected = biases[j];
    for (std::size_t k = 0; k < 40; ++k) expected -= offsets[k] * w[k * 70 + j];
    CHECK(layer.biases()[j] == Approx(expected).margin(1e-12));
  }
}
