#include <ebm/networks/softplus_sums.hpp>

#include <ebm/core/rng.hpp>
#include <ebm/networks/packed_rows.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace ebm;

TEMPLATE_TEST_CASE("sums of softplus, with logistic beside", "", float, double) {
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

TEST_CASE("an activation that is no number makes the sum none") {
  Workspace workspace;
  detail::SoftplusSums<float> sums(1, workspace);
  sums.add(0, 0, Pack<float>(std::numeric_limits<float>::quiet_NaN()));
  sums.end_block(true);
  CHECK(std::isnan(sums.sum(0)));
}
