// What holds of every objective that judges one site at a time.
#pragma once

#include <ebm/core/thread_pool.hpp>
#include <ebm/objectives/site_estimator.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "objectives/minibatch.hpp"
#include "support/catch.hpp"
#include "support/small_discrete.hpp"

namespace site_objectives {

using namespace ebm;
using small_discrete::Pairwise, small_discrete::SmallRbm;

inline constexpr StateSet kThree{-1, 1, 3};  // -1, 0 and 1

// The loss of one site by the textbook: energies of its values, and which is present.
using SiteLoss = double (*)(const std::vector<double>& energies, std::size_t present);

// Mean loss of the points by plain evaluation of every changed state.
template <class E>
double plain_loss(const E& energy, const Points<double, Dynamic>& points, SiteLoss loss) {
  const StateSet states = energy.states();
  double sum = 0;
  for (Index i = 0; i < points.cols(); ++i) {
    std::vector<Values<typename E::Scalar>> changed;
    for (Index k = 0; k < states.count; ++k) {
      Points<double, Dynamic> x = points;
      x.col(i).setConstant(states.value(k));
      changed.push_back(energies(energy, x));
    }
    for (Index row = 0; row < points.rows(); ++row) {
      std::vector<double> of_values;
      for (const auto& column : changed) of_values.push_back(static_cast<double>(column(row)));
      sum += loss(of_values, static_cast<std::size_t>(std::lround((points(row, i) - states.first) / states.spacing)));
    }
  }
  return sum / static_cast<double>(points.rows());
}

template <class E>
struct Estimate {
  BatchReport report;
  std::vector<typename E::Scalar> gradient;
};

template <class O, class E, class Exec = Serial>
Estimate<E> estimate(const O& objective, const E& energy, const Points<double, Dynamic>& points, Index iteration = 0,
                     Exec&& executor = {}) {
  using Scalar = typename E::Scalar;
  objectives::Batch<Scalar, E::dim> batch(points);
  Rng rng(7);
  auto estimator = objective.estimator(energy, batch.view(), rng, executor.workers());
  FlatVector<Scalar> gradient(energy.parameters().size());
  std::fill_n(gradient.data(), gradient.padded_size(), Scalar(9));  // to be overwritten
  Estimate<E> result;
  result.report = estimator.estimate(energy, batch.view(), iteration, gradient, executor);
  result.gradient = objectives::copy<Scalar>(gradient.span());
  return result;
}

// The largest difference of a gradient from central differences of the plain loss, and of the losses themselves.
template <class O, class E>
double worst_error(const O& objective, E energy, const Points<double, Dynamic>& points, SiteLoss loss) {
  const auto given = estimate(objective, energy, points);
  double worst = std::abs(given.report.data_energy - plain_loss(energy, points, loss));
  std::vector<double> theta(energy.parameters().begin(), energy.parameters().end());
  for (std::size_t k = 0; k < theta.size(); ++k) {
    const double h = 1e-5, kept = theta[k];
    theta[k] = kept + h, energy.set_parameters(theta);
    const double above = plain_loss(energy, points, loss);
    theta[k] = kept - h, energy.set_parameters(theta);
    const double below = plain_loss(energy, points, loss);
    theta[k] = kept;
    worst = std::max(worst, std::abs(given.gradient[k] - (above - below) / (2 * h)));
  }
  return worst;
}

// The largest component of the gradient when every state counts by its exact probability under `truth`.
template <class Loss, class E>
double gradient_under_exact_weights(const E& model, const E& truth) {
  using Scalar = typename E::Scalar;
  const auto all = small_discrete::all_states<Scalar>(model.dimension(), model.states());
  const Values<double> p = small_discrete::probabilities(energies(truth, all));
  const Index tiles = tiles_for<Scalar>(all.rows());
  objectives::Batch<Scalar, Dynamic> batch(all, Scalar(model.states().first));
  std::vector<Lanes<Scalar>> weights(static_cast<std::size_t>(tiles), Lanes<Scalar>::Zero()), losses = weights;
  for (Index row = 0; row < all.rows(); ++row)
    weights[static_cast<std::size_t>(row / kLanes<Scalar>)](row % kLanes<Scalar>) = static_cast<Scalar>(p(row));
  std::vector<Index> sites(static_cast<std::size_t>(all.cols()));
  std::iota(sites.begin(), sites.end(), Index{0});
  std::vector<Scalar> gradient(model.parameters().size(), Scalar(0));
  Workspace workspace;
  for (Index t = 0; t < tiles; ++t) {
    const std::size_t k = static_cast<std::size_t>(t);
    ebm::detail::add_site_losses<Loss>(model, batch.view().tiles.subspan(t, 1), sites,
                                       LanesSpan<const Scalar>(weights[k].data(), 1),
                                       LanesSpan<Scalar>(losses[k].data(), 1), std::span<Scalar>(gradient), workspace);
  }
  double worst = 0;
  for (const Scalar g : gradient) worst = std::max(worst, std::abs(static_cast<double>(g)));
  return worst;
}

// A loss whose slope has lost the sign of the neighbours' part: what the checks must find.
template <class Loss>
struct WrongSign {
  template <class Scalar>
  static Pack<Scalar> add(ebm::detail::SiteLanes<Scalar> site, Pack<Scalar> sum) {
    const Pack<Scalar> result = Loss::add(site, sum);
    for (Index k = 0; k < site.count(); ++k)
      site.set_slope(k, select(site.is_present(k), site.slope(k), -site.slope(k)));
    return result;
  }
};
template <class Loss>
struct WrongSignObjective {
  template <class E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return ebm::detail::SiteEstimator<WrongSign<Loss>, E>(0, energy, data, rng, workers);
  }
};

inline Points<double, Dynamic> some_states(Index rows, Index dim, StateSet states) {
  const Stream stream(11);
  Points<double, Dynamic> points(rows, dim);
  for (Index row = 0; row < rows; ++row) {
    for (Index i = 0; i < dim; ++i)
      points(row, i) = states.value(static_cast<Index>(stream.integer(
          static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(states.count))));
  }
  return points;
}

// The gradient vanishes at the truth under exact weights, and nowhere near it.
template <class Loss>
void check_gradient_at_truth(double tolerance) {
  for (const StateSet& states : {kBits, kSpins, kThree}) {
    const Pairwise<double> truth(6, states, 0.5, 8);
    Pairwise<double> near = truth;
    near.theta[2] += 0.05;
    CHECK(gradient_under_exact_weights<Loss>(truth, truth) < tolerance);
    CHECK(gradient_under_exact_weights<Loss>(near, truth) > 1e-4);
    CHECK(gradient_under_exact_weights<WrongSign<Loss>>(truth, truth) > 1e-2);
  }
  const SmallRbm<double> rbm(8, 4, 0.7, 5);
  CHECK(gradient_under_exact_weights<Loss>(rbm, rbm) < tolerance);
}

template <class Scalar, class O>
void check_same_for_any_number_of_workers(const O& objective) {
  const SmallRbm<Scalar> energy(6, 4, 0.7, 5);
  const auto points = some_states(131, 6, kBits);
  const auto serial = estimate(objective, energy, points);
  const auto pooled = estimate(objective, energy, points, 0, ThreadPool{3});
  CHECK(serial.gradient == pooled.gradient);
  CHECK(serial.report.data_energy == pooled.report.data_energy);
}

// Fields and couplings of five spins from 20000 draws of them. Standard errors are near 0.01; what a wrong gradient
// finds is off by the parameters' own size, 0.4.
template <class O>
void check_recovery(const O& objective) {
  const Pairwise<double> truth(5, kSpins, 0.4, 21);
  const auto all = small_discrete::all_states<double>(5, kSpins);
  const auto points = small_discrete::draw(all, small_discrete::probabilities(energies(truth, all)), 20000, 5);
  Pairwise<float> start(5, kSpins, 0, 1);
  Trainer trainer{start, objective, Adam{.learning_rate = 0.02}};
  Rng rng(3);
  const auto result = trainer.fit(points, {.iterations = 1500, .batch_size = 512}, rng);
  CHECK(result.status == TrainingStatus::healthy);
  for (std::size_t i = 0; i < truth.theta.size(); ++i) {
    if (i >= 5 && i < 10) continue;  // squares of spins
    CHECK(std::abs(static_cast<double>(trainer.energy().parameters()[i]) - truth.theta[i]) < 0.1);
  }
}

}  // namespace site_objectives
