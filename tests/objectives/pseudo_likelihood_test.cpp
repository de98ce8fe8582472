#include <ebm/objectives/pseudo_likelihood.hpp>

#include "objectives/site_objectives.hpp"
#include "support/catch.hpp"
#include "support/statistics.hpp"

namespace {

using namespace site_objectives;

double log_loss(const std::vector<double>& energies, std::size_t present) {
  double sum = 0;
  for (const double e : energies) sum += std::exp(energies[present] - e);
  return std::log(sum);
}

// An energy that does its sites itself, and counts how often it is asked.
struct WithHooks : Pairwise<double> {
  using Pairwise::Pairwise;
  mutable int asked = 0;

  void site_energies(TileSpan<const double, dim> x, std::span<const Index> sites, LanesSpan<double> energies,
                     Workspace&) const {
    ++asked;
    for (std::size_t n = 0; n < sites.size(); ++n) {
      for (Index k = 0; k < set.count; ++k)
        energies[static_cast<Index>(n) * set.count + k] =
            set.value(k) * (at(sites[n]) + at(sites[n] + width) * set.value(k) + input(x, sites[n]));
    }
  }
  void add_site_gradients(TileSpan<const double, dim> x, std::span<const Index> sites, LanesSpan<const double> slopes,
                          std::span<double> gradient, Workspace&) const {
    ++asked;
    for (std::size_t n = 0; n < sites.size(); ++n) {
      Lanes<double> first = Lanes<double>::Zero(), second = first;
      for (Index k = 0; k < set.count; ++k) {
        const auto slope = slopes[static_cast<Index>(n) * set.count + k].col(0);
        first += slope * set.value(k), second += slope * (set.value(k) * set.value(k));
      }
      const auto i = static_cast<std::size_t>(sites[n]);
      gradient[i] += first.sum();
      gradient[i + static_cast<std::size_t>(width)] += second.sum();
      for (Index j = 0; j < width; ++j) {
        if (j != sites[n]) gradient[static_cast<std::size_t>(pair(sites[n], j))] += (first * x[0].col(j)).sum();
      }
    }
  }

 private:
  Index pair(Index i, Index j) const {
    if (i > j) std::swap(i, j);
    return 2 * width + i * width - i * (i + 1) / 2 + (j - i - 1);
  }
  Lanes<double> input(TileSpan<const double, dim> x, Index i) const {
    Lanes<double> sum = Lanes<double>::Zero();
    for (Index j = 0; j < width; ++j) {
      if (j != i) sum += at(pair(i, j)) * x[0].col(j);
    }
    return sum;
  }
};
static_assert(ebm::HasSiteEnergies<WithHooks> && ebm::HasSiteGradients<WithHooks>);
static_assert(!ebm::HasSiteEnergies<Pairwise<double>> && !ebm::HasSiteGradients<Pairwise<double>>);
static_assert(ebm::Objective<ebm::PseudoLikelihood, Pairwise<float>>);

}  // namespace

TEST_CASE("PseudoLikelihood: loss and gradient are those of the formula, for bits, spins and three states") {
  const ebm::PseudoLikelihood objective;
  for (const ebm::StateSet& states : {ebm::kBits, ebm::kSpins, kThree}) {
    const Pairwise<double> energy(5, states, 0.6, 3);
    CHECK(worst_error(objective, energy, some_states(21, 5, states), log_loss) < 2e-9);
  }
  CHECK(worst_error(objective, SmallRbm<double>(5, 3, 0.8, 4), some_states(21, 5, ebm::kBits), log_loss) < 2e-9);
  CHECK(worst_error(WrongSignObjective<ebm::detail::ConditionalLogLoss>{}, Pairwise<double>(5, ebm::kSpins, 0.6, 3),
                    some_states(21, 5, ebm::kSpins), log_loss) > 1e-2);
}

TEST_CASE("PseudoLikelihood: the gradient vanishes at the truth under exact weights, and nowhere near it") {
  check_gradient_at_truth<ebm::detail::ConditionalLogLoss>(1e-12);
}

TEST_CASE("PseudoLikelihood: an energy that does its sites itself gives the same") {
  for (const ebm::StateSet& states : {ebm::kSpins, kThree}) {
    const WithHooks fast(7, states, 0.5, 8);
    const auto points = some_states(37, 7, states);
    const auto quick = estimate(ebm::PseudoLikelihood{}, fast, points);
    const auto plain = estimate(ebm::PseudoLikelihood{}, static_cast<const Pairwise<double>&>(fast), points);
    CHECK(fast.asked == 10);
    CHECK(quick.report.data_energy == Approx(plain.report.data_energy).epsilon(1e-12));
    for (std::size_t i = 0; i < quick.gradient.size(); ++i)
      CHECK(quick.gradient[i] == Approx(plain.gradient[i]).epsilon(1e-10).margin(1e-12));
  }
}

TEMPLATE_TEST_CASE("PseudoLikelihood: the same bits for any number of workers", "", float, double) {
  check_same_for_any_number_of_workers<TestType>(ebm::PseudoLikelihood{});
}

TEST_CASE("PseudoLikelihood: a sample of the sites is unbiased") {
  const Pairwise<double> energy(7, ebm::kSpins, 0.5, 8);
  const auto points = some_states(19, 7, ebm::kSpins);
  const auto all = estimate(ebm::PseudoLikelihood{}, energy, points);
  constexpr int draws = 4000;
  std::vector<double> sum(all.gradient.size()), square(sum.size());
  double loss = 0, loss_square = 0;
  for (int iteration = 0; iteration < draws; ++iteration) {
    const auto some = estimate(ebm::PseudoLikelihood{.sampled_sites = 3}, energy, points, iteration);
    loss += some.report.data_energy, loss_square += some.report.data_energy * some.report.data_energy;
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] += some.gradient[i], square[i] += some.gradient[i] * some.gradient[i];
  }
  // 36 scores: one beyond 6 by chance with a probability below 1e-7.
  const auto score = [](double total, double squares, double exact) {
    const double mean = total / draws;
    return std::abs(mean - exact) / (1e-12 + std::sqrt((squares / draws - mean * mean) / draws));
  };
  CHECK(score(loss, loss_square, all.report.data_energy) < 6);
  for (std::size_t i = 0; i < sum.size(); ++i) CHECK(score(sum[i], square[i], all.gradient[i]) < 6);
}

TEST_CASE("pseudo_log_likelihood is the mean of its rows, and minus the loss") {
  const SmallRbm<double> energy(6, 4, 0.7, 5);
  const auto points = some_states(300, 6, ebm::kBits);
  const auto rows = ebm::pseudo_log_likelihoods(energy, points);
  CHECK(rows.size() == 300);
  CHECK(ebm::pseudo_log_likelihood(energy, points) == Approx(rows.mean()));
  CHECK(rows.mean() == Approx(-plain_loss(energy, points, log_loss)));
  CHECK(rows(17) == Approx(-plain_loss(energy, points.row(17), log_loss)));
}

TEST_CASE("pseudo_log_likelihood of some sites has that of all as its mean") {
  const SmallRbm<double> energy(6, 4, 0.7, 5);
  const auto points = some_states(30, 6, ebm::kBits);
  const double exact = ebm::pseudo_log_likelihood(energy, points);
  ebm::Rng rng(5);
  CHECK(ebm::pseudo_log_likelihood(energy, points, 6, rng) == Approx(exact));
  ebm::Values<double> estimates(3000);
  for (ebm::Index i = 0; i < estimates.size(); ++i) estimates(i) = ebm::pseudo_log_likelihood(energy, points, 2, rng);
  CHECK(std::abs(statistics::Moments(estimates).mean_score(exact)) < 5);  // by chance more: below 1e-6
  CHECK_THROWS_AS(ebm::pseudo_log_likelihood(energy, points, 0, rng), ebm::ValueError);
  CHECK_THROWS_AS(ebm::pseudo_log_likelihood(energy, points, 7, rng), ebm::ValueError);
}

TEST_CASE("PseudoLikelihood: the trainer recovers a model from its draws") {
  check_recovery(ebm::PseudoLikelihood{});
  check_recovery(ebm::PseudoLikelihood{.sampled_sites = 2});
}

TEST_CASE("PseudoLikelihood: what is no state is refused") {
  using Catch::Matchers::ContainsSubstring;
  const Pairwise<double> energy(3, ebm::kSpins, 0.5, 8);
  Points<double, ebm::Dynamic> points = some_states(5, 3, ebm::kSpins);
  points(4, 1) = 0;
  CHECK_THROWS_WITH(ebm::pseudo_log_likelihood(energy, points), ContainsSubstring("column 1"));
  CHECK_THROWS_AS(estimate(ebm::PseudoLikelihood{}, energy, points), ebm::ValueError);
  CHECK_THROWS_AS(estimate(ebm::PseudoLikelihood{.sampled_sites = -1}, energy, some_states(5, 3, ebm::kSpins)),
                  ebm::ValueError);
}
