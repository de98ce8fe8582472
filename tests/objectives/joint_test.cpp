#include <ebm/objectives/joint.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/anchored.hpp>
#include <ebm/energies/classifier_energy.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "objectives/minibatch.hpp"
#include "support/catch.hpp"

namespace {

auto small_classifier(ebm::Rng& rng) {
  return ebm::ClassifierEnergy{
      ebm::network<float>(rng, ebm::Features<2>{}, ebm::Dense<16>{}, ebm::Silu{}, ebm::Dense<2>{})};
}

// Class 0 about (-1, 0), class 1 about (1, 0), standard deviation 0.5: the best classifier is right for Phi(2) = .977.
struct Blobs {
  ebm::Points<double, 2> points;
  ebm::Values<int> labels;
  explicit Blobs(ebm::Index count) : points(count, 2), labels(count) {
    const ebm::Stream stream(9);
    for (ebm::Index i = 0; i < count; ++i) {
      const auto chain = static_cast<std::uint32_t>(i);
      labels(i) = static_cast<int>(stream.integer(chain, 0, 2));
      points(i, 0) = (labels(i) == 0 ? -1.0 : 1.0) + 0.5 * stream.normal(chain, 0);
      points(i, 1) = 0.5 * stream.normal(chain, 1);
    }
  }
};

template <class E>
double accuracy(const E& energy, const Blobs& blobs) {
  const auto p = energy.probabilities(blobs.points);
  double right = 0;
  for (ebm::Index i = 0; i < p.rows(); ++i) right += (p(i, 1) > p(i, 0)) == (blobs.labels(i) == 1);
  return right / static_cast<double>(p.rows());
}

}  // namespace

TEST_CASE("presets say what temperature they sample") {
  CHECK(ebm::JointObjective<>::jem().temperature() == Approx(5e-5));
  CHECK(ebm::JointObjective<>::calibrated().temperature() == 0.01);
}

TEST_CASE("a joint classifier tells classes apart, labelled by one row in four") {
  ebm::Rng rng(3);
  const Blobs train(2000), test(1000);
  ebm::Values<int> labels = train.labels;
  for (ebm::Index i = 0; i < labels.size(); ++i) labels(i) = i % 4 == 0 ? labels(i) : -1;
  ebm::Trainer trainer{small_classifier(rng), ebm::JointObjective{ebm::ContrastiveDivergence{ebm::Mala{}}},
                       ebm::Adam{.learning_rate = 1e-2}};
  const auto result = trainer.fit(train.points, labels, {.iterations = 300, .batch_size = 64}, rng);
  CHECK(result.status == ebm::TrainingStatus::healthy);
  CHECK(result.last.batch.chains == 64);
  CHECK(std::isfinite(result.last.batch.label_loss));
  CHECK(accuracy(trainer.energy(), test) > 0.96);
}

TEST_CASE("cross-entropy alone, and labels that are wanted but not there") {
  ebm::Rng rng(3);
  const Blobs train(2000), test(1000);
  ebm::Trainer trainer{small_classifier(rng), ebm::CrossEntropy{}, ebm::Adam{.learning_rate = 1e-2}};
  CHECK_THROWS_WITH(trainer.fit(train.points, {.iterations = 3}, rng),
                    Catch::Matchers::ContainsSubstring("labels: none given"));
  trainer.fit(train.points, train.labels, {.iterations = 300, .batch_size = 64}, rng);
  CHECK(accuracy(trainer.energy(), test) > 0.96);
  CHECK_THROWS_AS(trainer.fit(train.points, ebm::Values<int>(test.labels), {.iterations = 3}, rng), ebm::ShapeError);
  ebm::Values<int> wrong = train.labels;
  wrong(7) = -2;
  CHECK_THROWS_AS(trainer.fit(train.points, wrong, {.iterations = 3}, rng), ebm::ValueError);
  wrong(7) = 2;
  CHECK_THROWS_WITH(trainer.fit(train.points, wrong, {.iterations = 3}, rng),
                    Catch::Matchers::ContainsSubstring("labels: 2, wanted less than 2"));
}

TEST_CASE("the joint gradient is the sum of those of its terms") {
  ebm::Rng rng(6);
  const auto energy = small_classifier(rng);
  const Blobs blobs(20);
  objectives::Batch<float, 2> batch(blobs.points);
  auto data = batch.view();
  std::vector<int> labels(blobs.labels.data(), blobs.labels.data() + 20);
  labels.resize(32, -1);
  labels[3] = -1;
  data.labels = labels.data();
  const ebm::ContrastiveDivergence divergence{ebm::Sgld{.step_size = 0.01}, ebm::FromData{.steps = 2}};
  ebm::Serial serial;
  const std::size_t size = energy.parameters().size();
  const auto gradient = [&](const auto& objective) {
    ebm::Rng same(11);
    auto estimator = objective.estimator(energy, data, same, 1);
    ebm::FlatVector<float> result(size);
    estimator.estimate(energy, data, 0, result, serial);
    return objectives::copy(std::span<const float>(result.span()));
  };
  // The noise stream of the joint objective comes first: contrastive divergence alone is its limit.
  const auto joint = gradient(ebm::JointObjective{divergence, {.weight = 0.5, .label_weight = 2.0}}),
             density = gradient(ebm::JointObjective{divergence, {.weight = 1.0, .label_weight = 1e-30}}),
             labelled = gradient(ebm::CrossEntropy{});
  double largest = 0, scale = 0;
  for (std::size_t i = 0; i < size; ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(joint[i] - 0.5f * density[i] - 2.0f * labelled[i])));
    scale = std::max(scale, std::abs(static_cast<double>(labelled[i])));
  }
  CHECK(largest < 1e-6 * (1 + scale));
  CHECK(scale > 1e-2);
}

namespace {

constexpr int kClasses = 3;
constexpr double kTemperature = 0.5;

auto held_classifier(std::uint64_t seed) {
  ebm::Rng rng(seed);
  return ebm::Anchored{ebm::ClassifierEnergy{ebm::network<double>(rng, ebm::Features<2>{}, ebm::Dense<6>{}, ebm::Silu{},
                                                                  ebm::Dense<kClasses>{})},
                       1.0 / kTemperature};
}

// The mean of dE/dtheta over exp(-density / T), on a grid.
template <class E, class D>
Eigen::VectorXd mean_slope(const E& energy, const D& density, double temperature) {
  constexpr ebm::Index side = 120, count = side * side;
  ebm::Points<double, 2> grid(count, 2);
  for (ebm::Index i = 0; i < count; ++i) {
    grid(i, 0) = 0.1 * static_cast<double>(i / side) - 6;
    grid(i, 1) = 0.1 * static_cast<double>(i % side) - 6;
  }
  Eigen::VectorXd weights = ebm::energies(density, grid) / -temperature;
  weights = (weights.array() - weights.maxCoeff()).exp().matrix();
  weights /= weights.sum();
  std::vector<ebm::Lanes<double>> x(static_cast<std::size_t>(count / 4)), w(x.size() / 2), values(w.size());
  const ebm::Index tiles = count / ebm::kLanes<double>;
  const ebm::TileSpan<double, 2> points(x.front().data(), tiles);
  ebm::pack_rows(grid, points);
  Eigen::Map<Eigen::VectorXd>(w.front().data(), count) = weights;
  std::vector<double> sum(energy.parameters().size(), 0.0);
  ebm::Workspace workspace;
  energy.add_parameter_gradient(points, {w.front().data(), tiles}, {values.front().data(), tiles}, sum, workspace);
  return Eigen::Map<Eigen::VectorXd>(sum.data(), static_cast<ebm::Index>(sum.size()));
}

}  // namespace

TEST_CASE("chains of classes sample their classes' densities") {
  const auto energy = held_classifier(12);
  const Blobs blobs(16);
  objectives::Batch<double, 2> batch(blobs.points);
  const ebm::ContrastiveDivergence objective{ebm::Mala{.temperature = kTemperature},
                                             ebm::Persistent{.chains = 48, .steps = 10, .moved = 48, .by_class = true}};
  const auto size = static_cast<ebm::Index>(energy.parameters().size());
  ebm::Serial serial;
  constexpr int replicas = 60, warmup = 20, iterations = 60;
  Eigen::MatrixXd means = Eigen::MatrixXd::Zero(size, replicas);
  for (int replica = 0; replica < replicas; ++replica) {
    ebm::Rng rng(100 + static_cast<std::uint64_t>(replica));
    auto estimator = objective.estimator(energy, batch.view(), rng, 1);
    ebm::FlatVector<double> gradient(static_cast<std::size_t>(size));
    for (int iteration = 0; iteration < warmup + iterations; ++iteration) {
      const auto report = estimator.estimate(energy, batch.view(), iteration, gradient, serial);
      REQUIRE(report.chains == 48);
      if (iteration >= warmup) means.col(replica) += Eigen::Map<Eigen::VectorXd>(gradient.data(), size) / iterations;
    }
  }
  Eigen::VectorXd data = Eigen::VectorXd::Zero(size);
  {
    std::vector<double> sum(energy.parameters().size(), 0.0);
    std::vector<ebm::Lanes<double>> weights(2), values(2);
    for (auto& each : weights) each.setConstant(1.0 / 16);
    ebm::Workspace workspace;
    energy.add_parameter_gradient(batch.view().tiles, {weights.front().data(), 2}, {values.front().data(), 2}, sum,
                                  workspace);
    data = Eigen::Map<Eigen::VectorXd>(sum.data(), size);
  }
  // In standard errors of the mean over the replicas. Of Student's distribution with 59 degrees of freedom, 7 is
  // exceeded with probability 3e-9, by one of 39 slopes 1e-7.
  const auto farthest = [&](const Eigen::VectorXd& expected) {
    double result = 0;
    for (ebm::Index i = 0; i < size; ++i) {
      const double mean = means.row(i).mean();
      const double error = std::sqrt((means.row(i).array() - mean).square().sum() / (replicas * (replicas - 1.0)));
      if (error > 1e-12) result = std::max(result, std::abs(mean - expected(i)) / error);
    }
    return result;
  };
  Eigen::VectorXd model = Eigen::VectorXd::Zero(size), untempered = model;
  for (int y = 0; y < kClasses; ++y) {
    model += mean_slope(energy, energy.given(y, kTemperature), kTemperature) / kClasses;
    untempered += mean_slope(energy, energy.given(y), kTemperature) / kClasses;
  }
  CHECK(farthest(data - model) < 7);
  // Planted: classes that do not count, E(x | y) of another temperature, and the chains of one class.
  CHECK(farthest(data - mean_slope(energy, energy, kTemperature)) > 14);
  CHECK(farthest(data - untempered) > 14);
  CHECK(farthest(data - mean_slope(energy, energy.given(0, kTemperature), kTemperature)) > 14);
}

TEST_CASE("chains of classes start at data of their classes, and do not depend on the workers") {
  const auto energy = held_classifier(13);
  ebm::Points<double, 2> points(30, 2);
  std::vector<int> labels(32, -1);
  for (ebm::Index i = 0; i < 30; ++i) {
    labels[static_cast<std::size_t>(i)] = static_cast<int>(i % kClasses);
    points(i, 0) = static_cast<double>(i % kClasses), points(i, 1) = 0.5;
  }
  objectives::Batch<double, 2> batch(points);
  auto data = batch.view();
  data.labels = labels.data();
  const ebm::Persistent start{
      .chains = 40, .steps = 3, .moved = 16, .source = ebm::ChainSource::data, .by_class = true};
  ebm::Rng rng(5), same(5);
  const ebm::JointObjective objective{ebm::ContrastiveDivergence{ebm::Mala{.temperature = kTemperature}, start},
                                      {.weight = 0.5}};
  auto estimator = objective.estimator(energy, data, rng, 1), threaded = objective.estimator(energy, data, same, 2);
  CHECK(estimator.chains().tiles() * ebm::kLanes<double> == 48);  // whole thirds
  for (ebm::Index chain = 0; chain < 48; ++chain) {
    const auto at = estimator.chains().positions().coordinate(chain / ebm::kLanes<double>, 0);
    CHECK(at[chain % ebm::kLanes<double>] == static_cast<double>(chain % kClasses));
  }
  const auto run = [&](auto& of, auto& executor) {
    ebm::FlatVector<double> gradient(energy.parameters().size());
    for (int iteration = 0; iteration < 5; ++iteration) of.estimate(energy, data, iteration, gradient, executor);
    return objectives::copy(std::span<const double>(gradient.span()));
  };
  ebm::Serial serial;
  ebm::ThreadPool pool(2);
  CHECK(run(estimator, serial) == run(threaded, pool));
}

TEST_CASE("chains have classes only where the energy has some") {
  ebm::Rng rng(1);
  const ebm::ContrastiveDivergence objective{ebm::Persistent{.by_class = true}};
  const ebm::Mlp<double, 2, 8> energy{rng};
  const Blobs blobs(16);
  objectives::Batch<double, 2> batch(blobs.points);
  CHECK_THROWS_WITH(objective.estimator(energy, batch.view(), rng, 1),
                    Catch::Matchers::ContainsSubstring("by_class: true, wanted false"));
}
