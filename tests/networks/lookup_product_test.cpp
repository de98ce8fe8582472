#include <ebm/networks/lookup_product.hpp>

#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

using ebm::Index;
using ebm::detail::LookupProduct;

// Every count of tiles, groups and columns that are full and that are not.
TEMPLATE_TEST_CASE("sums by table are those of a plain loop", "", float, double) {
  using S = TestType;
  const ebm::Stream stream(3);
  for (const auto& size : {std::array<Index, 3>{1, 1, 1}, {4, 3, 2}, {7, 12, 3}, {30, 25, 9},
                                            {65, 13, 7}, {8, 14, 4}, {12, 5, 5}, {9, 24, 6}, {16, 2, 15}}) {
    const Index rows = size[0], columns = size[1], tiles = size[2];
    CAPTURE(rows, columns, tiles);
    Eigen::MatrixXd weights(rows, columns);
    for (Index k = 0; k < weights.size(); ++k) weights.data()[k] = stream.normal(0, static_cast<std::uint64_t>(k));
    const LookupProduct<S> product(rows, columns, [&](Index k, Index j) { return weights(k, j); });
    constexpr Index lanes = ebm::kLanes<S>;
    ebm::Workspace workspace;
    auto* states = workspace.take<ebm::detail::LookupIndex<S>>(tiles * product.state_size());
    for (Index i = 0; i < tiles * product.state_size(); ++i)
      states[i] = stream.integer(1, static_cast<std::uint64_t>(i), 16);

    Eigen::MatrixXi seen = Eigen::MatrixXi::Zero(columns, tiles * lanes);
    product.for_each_chunk(states, tiles, workspace,
                           [&](Index first_tile, Index count, Index first, Index width, const S* sums) {
                             for (Index j = 0; j < width; ++j) {
                               for (Index c = 0; c < count * lanes; ++c) {
                                 const Index tile = first_tile + c / lanes, lane = c % lanes;
                                 double expected = 0;
                                 for (Index k = 0; k < rows; ++k) {
                                   const auto index = states[tile * product.state_size() + k / 4 * lanes + lane];
                                   if ((index >> (k % 4)) & 1) expected += weights(k, first + j);
                                 }
                                 const double sum = static_cast<double>(sums[j * count * lanes + c]);
                                 REQUIRE(std::abs(sum - expected) < (sizeof(S) == 4 ? 1e-5 : 1e-13));
                                 ++seen(first + j, tile * lanes + lane);
                               }
                             }
                           });
    CHECK((seen.array() == 1).all());
  }
}
