#include <ebm/objectives/sparse.hpp>

#include <ebm/energies/rbm.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/training/sgd.hpp>
#include <ebm/training/trainer.hpp>

#include "objectives/minibatch.hpp"
#include "support/catch.hpp"

using namespace ebm;

namespace {

Points<double> images(Index rows, Index visible) {
  const Stream stream(2);
  Points<double> points(rows, visible);
  for (Index k = 0; k < points.size(); ++k)
    points.data()[k] = stream.uniform(0, static_cast<std::uint64_t>(k)) < 0.4 ? 1.0 : 0.0;
  return points;
}

BernoulliRbm<double> machine(const Points<double>& points, Index hidden) {
  Rng rng{3};
  BernoulliRbm<double> rbm(points.cols(), hidden, rng, {.weight_sd = 0.7});
  rbm.initialise_from(points.colwise().mean().transpose());
  return rbm;
}

double penalty(const BernoulliRbm<double>& rbm, const Points<double>& points, double target, double cost) {
  const Values<double> mean = rbm.hidden_probabilities(points).colwise().mean().transpose();
  return 0.5 * cost * (mean.array() - target).square().sum();
}

}  // namespace

TEST_CASE("the gradient is that of the penalty", "[sparse]") {
  const auto points = images(21, 6);  // not a whole number of tiles
  const auto rbm = machine(points, 37);
  objectives::Batch<double, Dynamic> batch(points);
  std::vector<double> gradient(rbm.parameters().size(), 1.0);
  Workspace workspace;
  rbm.add_sparsity_gradient(batch.view().tiles, 21, 0.15, 0.8, gradient, workspace);
  const std::vector<double> theta(rbm.parameters().begin(), rbm.parameters().end());
  double worst = 0, largest = 0;
  for (std::size_t k = 0; k < theta.size(); ++k) {
    auto moved = rbm;
    double sides[2];
    for (const int side : {0, 1}) {
      auto other = theta;
      other[k] += side == 0 ? -1e-5 : 1e-5;
      moved.set_parameters(other);
      sides[side] = penalty(moved, points, 0.15, 0.8);
    }
    const double quotient = (sides[1] - sides[0]) / 2e-5;
    largest = std::max(largest, std::abs(quotient));
    worst = std::max(worst, std::abs(gradient[k] - 1 - quotient));
  }
  CHECK(worst < 1e-9);
  CHECK(largest > 1e-3);
}

TEST_CASE("hidden units become as rare as they should", "[sparse]") {
  const Points<double> points = images(200, 10);
  const auto activity = [&](double cost) {
    Rng rng{1};
    Trainer trainer{BernoulliRbm<double>{10, 12, rng},
                    Sparse{ContrastiveDivergence{Gibbs{}, FromData{.steps = 1}}, {.target = 0.1, .cost = cost}},
                    Sgd{.learning_rate = 0.2}};
    trainer.fit(points, {.iterations = 1500, .batch_size = 100}, rng);
    return trainer.energy().hidden_probabilities(points).mean();
  };
  CHECK(activity(0) > 0.3);
  CHECK(std::abs(activity(3) - 0.1) < 0.03);
}

TEST_CASE("nonsense is refused", "[sparse]") {
  CHECK_THROWS_WITH((Sparse{ContrastiveDivergence{}, {.target = 0}}), "target: 0, wanted between 0 and 1");
  CHECK_THROWS_WITH((Sparse{ContrastiveDivergence{}, {.cost = -1}}), "cost: -1, wanted at least 0");
}
