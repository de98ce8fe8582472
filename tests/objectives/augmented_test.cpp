#include <ebm/objectives/augmented.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/classifier_energy.hpp>
#include <ebm/objectives/joint.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/checkpoint.hpp>
#include <ebm/training/trainer.hpp>

#include "io/temporary_file.hpp"
#include "support/catch.hpp"

namespace {

using Shape = ebm::Image<4, 4>;

auto classifier() {
  ebm::Rng rng(3);
  return ebm::ClassifierEnergy{ebm::network<float>(rng, Shape{}, ebm::Conv<4, 3>{}, ebm::Silu{}, ebm::Dense<2>{})};
}

// Images that are light on the left, class 0, or on the right, class 1.
ebm::Points<float> images() {
  const ebm::Stream stream(5);
  ebm::Points<float> result(60, 16);
  for (ebm::Index row = 0; row < 60; ++row) {
    for (ebm::Index i = 0; i < 16; ++i) {
      const double light = (i % 4 < 2) == (row % 2 == 0) ? 0.7 : -0.7;
      result(row, i) = static_cast<float>(
          light + 0.2 * stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i)));
    }
  }
  return result;
}
ebm::Values<int> labels() {
  ebm::Values<int> result(60);
  for (ebm::Index row = 0; row < 60; ++row) result(row) = static_cast<int>(row % 2);
  return result;
}

auto joint() {
  return ebm::JointObjective{
      ebm::ContrastiveDivergence{ebm::Mala{.temperature = 0.5}, ebm::Persistent{.chains = 32, .steps = 2, .jumps = 0}}};
}
auto augmented() {
  return ebm::Augmented{joint(), ebm::Shift<Shape>{.most = 1, .padding = -0.7},
                        ebm::HorizontalFlip<Shape>{.probability = 0.3}, ebm::GaussianNoise{.sd = 0.05}};
}

const ebm::FitOptions kOptions{.iterations = 30, .batch_size = 24};

template <class O, class Exec = ebm::Serial>
Eigen::VectorXf fitted(const O& objective, Exec&& executor = {}) {
  ebm::Rng rng(7);
  ebm::Trainer trainer{classifier(), objective, ebm::Adam{}};
  trainer.fit(images(), labels(), kOptions, rng, executor);
  return ebm::energies(trainer.energy(), images());
}

}  // namespace

TEST_CASE("an augmented training has the same bits for any number of threads") {
  ebm::ThreadPool pool(3);
  const Eigen::VectorXf one = fitted(augmented());
  CHECK(fitted(augmented(), pool) == one);
  CHECK(fitted(joint()) != one);
  CHECK(fitted(ebm::Augmented{joint()}) == fitted(joint()));  // by nothing
  CHECK(augmented().temperature() == 0.5);
}

TEST_CASE("an augmented training goes on from a checkpoint with the same bits") {
  const auto fit = [](ebm::Index stop_after, const std::string& path) {
    ebm::Rng rng(7);
    ebm::Trainer trainer{classifier(), augmented(), ebm::Adam{}};
    ebm::FitOptions options = kOptions;
    const auto stop = [&](const ebm::TrainingReport& report) { return report.iteration + 1 != stop_after; };
    options.on_iteration = stop;
    trainer.fit(images(), labels(), options, rng, ebm::Checkpoint{.path = path});
    return ebm::energies(trainer.energy(), images()).eval();
  };
  const Eigen::VectorXf undisturbed = fitted(augmented());
  for (const ebm::Index stop : {1, 13, 29}) {
    const TemporaryFile file;
    std::remove(file.path.c_str());
    CHECK(fit(stop, file.path) != undisturbed);
    CHECK(fit(0, file.path) == undisturbed);
  }
}

TEST_CASE("a classifier learns that it makes no difference") {
  // Of images that are always flipped it learns the other side; flipped every second time, nothing.
  const auto accuracy = [](double probability) {
    ebm::Rng rng(7);
    ebm::Trainer trainer{classifier(),
                         ebm::Augmented{ebm::CrossEntropy{}, ebm::HorizontalFlip<Shape>{.probability = probability}},
                         ebm::Adam{}};
    trainer.fit(images(), labels(), {.iterations = 200, .batch_size = 24}, rng);
    const auto p = trainer.energy().probabilities(images());
    double right = 0, doubt = 0;
    for (ebm::Index row = 0; row < 60; ++row) {
      right += (p(row, 1) > 0.5f) == (row % 2 == 1);
      doubt += std::abs(p(row, 1) - 0.5f) < 0.25f;
    }
    return std::pair{right / 60, doubt / 60};
  };
  CHECK(accuracy(0).first == 1);
  CHECK(accuracy(1).first == 0);
  CHECK(accuracy(0.5).second > 0.9);
}

TEST_CASE("an augmentation of other images is no objective") {
  using Energy = decltype(classifier());
  STATIC_REQUIRE(ebm::Objective<ebm::Augmented<ebm::CrossEntropy, ebm::HorizontalFlip<Shape>>, Energy>);
  STATIC_REQUIRE(!ebm::Objective<ebm::Augmented<ebm::CrossEntropy, ebm::HorizontalFlip<ebm::Image<5, 5>>>, Energy>);
  CHECK_THROWS_AS((ebm::Augmented{ebm::CrossEntropy{}, ebm::GaussianNoise{.sd = -1}}), ebm::ValueError);
}
