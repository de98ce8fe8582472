#include <ebm/objectives/joint.hpp>

#include <ebm/energies/classifier_energy.hpp>
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
