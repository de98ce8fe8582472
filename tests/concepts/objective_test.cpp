// The smallest types that meet Objective and GradientEstimator, and what comes near without meeting them.
#include <ebm/concepts/evaluation.hpp>
#include <ebm/concepts/objective.hpp>
#include <ebm/energies/quadratic.hpp>
#include <ebm/training/sgd.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"

namespace {

using ebm::BatchReport, ebm::FlatVector, ebm::Index;
using Target = ebm::QuadraticEnergy<float, 2>;
using Data = ebm::Minibatch<float, 2>;

// Maximum likelihood of E = lambda |x|^2 / 2 in the plane: |x|^2 / 2 of its samples has mean 1 / lambda, E mean 1.
struct LikelihoodGradient {
  template <class Exec>
  BatchReport estimate(const Target& energy, Data data, Index, FlatVector<float>& gradient, Exec&) {
    double sum = 0;
    for (Index row = 0; row < data.rows; ++row) {
      for (Index i = 0; i < 2; ++i) {
        const float x = data.tiles.coordinate(row / ebm::kLanes<float>, i)[row % ebm::kLanes<float>];
        sum += 0.5 * static_cast<double>(x * x);
      }
    }
    const double mean = sum / static_cast<double>(data.rows);
    gradient.data()[0] = static_cast<float>(mean - 1 / energy.precision());
    BatchReport report;
    report.data_energy = energy.precision() * mean, report.data_energy_sd = 1;
    report.sample_energy = 1;
    return report;
  }
  template <class Exec>
  void recover(const Target&, Data, Exec&) {}
};
struct Likelihood {
  LikelihoodGradient estimator(const Target&, Data, ebm::Rng&, Index) const { return {}; }
};
static_assert(ebm::GradientEstimator<LikelihoodGradient, Target>);
static_assert(ebm::Objective<Likelihood, Target>);
static_assert(!ebm::Objective<Likelihood, ebm::QuadraticEnergy<double, 2>>);
static_assert(!ebm::Objective<Likelihood, ebm::QuadraticEnergy<float, 3>>);

struct EstimateReturnsNothing : LikelihoodGradient {
  void estimate(const Target&, Data, Index, FlatVector<float>&, ebm::Serial&);
};
struct EstimateOfSpan : LikelihoodGradient {
  BatchReport estimate(const Target&, Data, Index, std::span<float>, ebm::Serial&);
};
struct NoRecover {
  BatchReport estimate(const Target&, Data, Index, FlatVector<float>&, ebm::Serial&);
};
struct RecoverReturns : LikelihoodGradient {
  bool recover(const Target&, Data, ebm::Serial&);
};
static_assert(!ebm::GradientEstimator<EstimateReturnsNothing, Target>);
static_assert(!ebm::GradientEstimator<EstimateOfSpan, Target>);
static_assert(!ebm::GradientEstimator<NoRecover, Target>);
static_assert(!ebm::GradientEstimator<RecoverReturns, Target>);

template <class Estimator>
struct ObjectiveOf {
  Estimator estimator(const Target&, Data, ebm::Rng&, Index) const;
};
struct EstimatorNotConst {
  LikelihoodGradient estimator(const Target&, Data, ebm::Rng&, Index);
};
struct EstimatorWithoutData {
  LikelihoodGradient estimator(const Target&, ebm::Rng&, Index) const;
};
static_assert(ebm::Objective<ObjectiveOf<LikelihoodGradient>, Target>);
static_assert(!ebm::Objective<ObjectiveOf<NoRecover>, Target>);
static_assert(!ebm::Objective<EstimatorNotConst, Target>);
static_assert(!ebm::Objective<EstimatorWithoutData, Target>);

// An objective wants an energy that can be trained.
struct Untrainable {
  using Scalar = float;
  static constexpr int dim = 2;
  ebm::Lanes<float> energy(const ebm::Tile<float, 2>& x) const { return x.col(0).square(); }
};
struct ObjectiveOfAnything {
  template <class E>
  struct Estimator {
    BatchReport estimate(const E&, ebm::Minibatch<float, 2>, Index, FlatVector<float>&, ebm::Serial&);
    void recover(const E&, ebm::Minibatch<float, 2>, ebm::Serial&);
  };
  template <class E>
  Estimator<E> estimator(const E&, ebm::Minibatch<float, 2>, ebm::Rng&, Index) const;
};
static_assert(ebm::Objective<ObjectiveOfAnything, Target> && !ebm::Objective<ObjectiveOfAnything, Untrainable>);

}  // namespace

TEST_CASE("Objective: the archetype trains, to the precision of its data") {
  // Four points with a mean of |x|^2 / 2 of 1 / 4, in each minibatch.
  const ebm::Points<float, 2> points =
      (ebm::Points<float, 2>(4, 2) << 0.5f, 0.5f, -0.5f, 0.5f, 0.5f, -0.5f, -0.5f, -0.5f).finished();
  ebm::Trainer trainer{Target(1.0), Likelihood{}, ebm::Sgd{.learning_rate = 2.0}};
  ebm::Rng rng(1);
  const auto result = trainer.fit(points, {.iterations = 300, .batch_size = 4, .averaging = 0}, rng);
  CHECK(result.status == ebm::TrainingStatus::healthy);
  CHECK(trainer.energy().precision() == Approx(4).epsilon(1e-3));
}
