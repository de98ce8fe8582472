#include <ebm/networks/active_outer_product.hpp>
#include <ebm/networks/binary_layer.hpp>
#include <ebm/networks/softplus_sums.hpp>

#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace ebm;

namespace {

// States of `chains` chains in tiles: about a third of them zero, the others one or, where real, any number.
template <class Scalar>
struct States {
  Workspace workspace;
  Index units;
  TileSpan<Scalar, Dynamic> tiles;

  States(Index count, Index n, bool real) : units(n), tiles(workspace.tiles<Scalar, Dynamic>(count, n)) {
    const Stream stream(3);
    for (Index k = 0; k < tiles.size(); ++k) {
      const double u = stream.uniform(0, static_cast<std::uint64_t>(k));
      tiles.data()[k] = static_cast<Scalar>(u < 0.35 ? 0.0 : real ? u : 1.0);
    }
  }
  double at(Index chain, Index unit) const {
    return static_cast<double>(tiles.coordinate(chain / kLanes<Scalar>, unit)[chain % kLanes<Scalar>]);
  }
};

template <class Scalar>
std::vector<Scalar> matrix(Index rows, Index columns) {
  const Stream stream(4);
  std::vector<Scalar> result(static_cast<std::size_t>(rows * columns));
  for (std::size_t k = 0; k < result.size(); ++k) result[k] = static_cast<Scalar>(stream.normal(0, k));
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("active units are the nonzero coordinates, in order", "[active_units]", float, double) {
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

TEMPLATE_TEST_CASE("sums over active rows, either way round", "[packed_rows]", float, double) {
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

TEST_CASE("offsets move the biases", "[binary_layer]") {
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

TEMPLATE_TEST_CASE("the outer product with the chains in which a unit is active", "[active_outer_product]", float,
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

TEMPLATE_TEST_CASE("sums of softplus, with logistic beside", "[softplus_sums]", float, double) {
  using V = Pack<TestType>;
  Workspace workspace;
  const Index chains = 3, block = detail::kRowBlock<TestType>;
  detail::SoftplusSums<TestType> sums(chains, workspace);
  std::vector<double> expected(chains, 0.0);
  const Stream stream(9);
  double worst = 0;
  for (Index b = 0; b < 40; ++b) {
    for (Index c = 0; c < chains; ++c) {
      for (Index k = 0; k < block; k += V::size) {
        alignas(kAlignment) TestType a[V::size], p[V::size];
        for (Index l = 0; l < V::size; ++l) {
          const double value =
              30 * (stream.uniform(static_cast<std::uint32_t>(c), static_cast<std::uint64_t>(b * block + k + l)) - 0.5);
          a[l] = static_cast<TestType>(value);
          expected[static_cast<std::size_t>(c)] += std::log1p(std::exp(static_cast<double>(a[l])));
        }
        sums.add(c, k, V::load(a)).store(p);
        for (Index l = 0; l < V::size; ++l)
          worst = std::max(worst, std::abs(static_cast<double>(p[l]) - 1 / (1 + std::exp(-static_cast<double>(a[l])))));
      }
    }
    sums.end_block(b == 39);
  }
  CHECK(worst < (sizeof(TestType) == 4 ? 1e-6 : 1e-14));
  for (Index c = 0; c < chains; ++c)
    CHECK(static_cast<double>(sums.sum(c)) ==
          Approx(expected[static_cast<std::size_t>(c)]).epsilon(sizeof(TestType) == 4 ? 1e-5 : 1e-13));
}

TEST_CASE("an activation that is no number makes the sum none", "[softplus_sums]") {
  Workspace workspace;
  detail::SoftplusSums<float> sums(1, workspace);
  sums.add(0, 0, Pack<float>(std::numeric_limits<float>::quiet_NaN()));
  sums.end_block(true);
  CHECK(std::isnan(sums.sum(0)));
}
