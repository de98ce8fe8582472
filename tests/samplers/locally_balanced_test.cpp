#include <ebm/samplers/locally_balanced.hpp>

#include <ebm/samplers/sample.hpp>

#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"

namespace {

using namespace exact_transitions;
using small_discrete::Pairwise, small_discrete::SmallRbm;

static_assert(ebm::Kernel<ebm::LocallyBalanced, Pairwise<float>>);

// Proposals by the formula, and the ratio Z(x) / Z(x') by the kernel's own weights.
template <class E>
struct Check {
  AllStates<E> all;
  Matrix transition, without_ratio;

  Check(const E& energy, double temperature) : all(energy, temperature) {
    using Scalar = typename E::Scalar;
    Matrix q = Matrix::Zero(all.count(), all.count()), log_ratio = q;
    for (Index i = 0; i < all.count(); ++i) {
      for (Index j = 0; j < all.count(); ++j) {
        if (((all.points.row(i) - all.points.row(j)).array() != 0).count() == 1)
          q(i, j) = std::exp(-(all.energy(j) - all.energy(i)) / (2 * temperature));
      }
      q.row(i) /= q.row(i).sum();
    }
    const ebm::detail::ChangeWeights<Scalar> weights(energy.states(), temperature);
    const Index dim = energy.dimension(), tiles = tiles_for<Scalar>(all.count());
    ebm::Workspace workspace;
    const auto x = workspace.tiles<Scalar, Dynamic>(tiles, dim);
    pack_rows(all.points, x);
    const auto energies = workspace.tiles<Scalar, 1>(dim * energy.states().count, 1);
    std::vector<Index> sites(static_cast<std::size_t>(dim));
    std::iota(sites.begin(), sites.end(), Index{0});
    std::vector<double> log_z;
    for (Index t = 0; t < tiles; ++t) {
      site_energies(energy, ebm::TileSpan<const Scalar, Dynamic>(x.subspan(t, 1)), sites, energies, workspace);
      Lanes<Scalar> values;
      for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size)
        weights.accumulate(x.tile_data(t) + p, dim, energies.data() + p).store(values.data() + p);
      for (Index l = 0; l < kLanes<Scalar>; ++l) log_z.push_back(static_cast<double>(values(l)));
    }
    for (Index i = 0; i < all.count(); ++i) {
      for (Index j = 0; j < all.count(); ++j)
        log_ratio(i, j) = log_z[static_cast<std::size_t>(i)] - log_z[static_cast<std::size_t>(j)];
    }
    transition = metropolis(q, log_ratio);
    without_ratio = metropolis(q, Matrix::Zero(all.count(), all.count()));
  }
};

}  // namespace

TEST_CASE("LocallyBalanced: the transition matrix is reversible, of two states and of three") {
  const auto check = [](const auto& energy, double temperature) {
    const Check exact(energy, temperature);
    CHECK(row_error(exact.transition) < 1e-12);
    CHECK(invariance_error(exact.all.probability, exact.transition) < 1e-12);
    CHECK(balance_error(exact.all.probability, exact.transition) < 1e-12);
    CHECK(invariance_error(exact.all.probability, exact.without_ratio) > 1e-4);
  };
  check(Pairwise<double>(7, ebm::kSpins, 0.5, 3), 1.0);
  check(Pairwise<double>(4, {-1, 1, 3}, 0.8, 3), 1.7);
  check(SmallRbm<double>(8, 4, 1.0, 3), 0.6);
}

TEMPLATE_TEST_CASE("LocallyBalanced: a step makes the moves of its matrix, each as often as it should", "", float,
                   double) {
  const ebm::StateSet three{-1, 1, 3};
  const Check exact(Pairwise<double>(3, three, 0.9, 4), 1.3);
  const Matrix frequency =
      frequencies(Pairwise<TestType>(3, three, 0.9, 4), ebm::LocallyBalanced{.temperature = 1.3}, 0.1, 10000, 7);
  CHECK(largest_deviation(frequency, exact.transition, 10000) < deviation_bound(frequency));
  CHECK(largest_deviation(frequency, exact.without_ratio, 10000) > 2 * deviation_bound(frequency));
}

TEST_CASE("LocallyBalanced: sample gives the model's means") {
  const Pairwise<float> energy(4, {0, 1, 3}, 0.5, 5);
  const AllStates<Pairwise<float>> all(energy, 1.0);
  ebm::Rng rng(3);
  const auto draws = ebm::sample(energy, ebm::LocallyBalanced{}, {.chains = 4096, .steps = 1, .warmup = 100}, rng);
  // Four scores of independent draws; one beyond 6 by chance has a probability below 1e-7.
  for (Index i = 0; i < 4; ++i) {
    const auto column = all.points.col(i).template cast<double>();
    const double mean = all.probability.dot(column), square = all.probability.dot(column.cwiseProduct(column));
    CHECK(std::abs(draws.points.col(i).template cast<double>().mean() - mean) <
          6 * std::sqrt((square - mean * mean) / 4096));
  }
}
