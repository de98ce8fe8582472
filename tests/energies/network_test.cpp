#include <ebm/energies/network.hpp>

#include <ebm/energies/classifier_energy.hpp>
#include <ebm/energies/network_energy.hpp>
#include <ebm/energies/regression_energy.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/objectives/cross_entropy.hpp>
#include <ebm/objectives/regression_objectives.hpp>
#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sample.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"
#include "training/trained.hpp"

using namespace ebm;
using Catch::Matchers::ContainsSubstring;

namespace {

auto net_of(std::vector<Index> widths, Index inputs = 2) {
  Rng rng{1};
  return network<float>(rng, Features{inputs}, HiddenLayers{widths}, Dense<1>{});
}
auto constant_net() {
  Rng rng{1};
  return network<float>(rng, Features<2>{}, Dense<16>{}, Silu{}, Dense<12>{}, Silu{}, Dense<1>{});
}

template <class Energy>
auto trained(Energy energy, Index iterations) {
  Trainer trainer{std::move(energy), training::small_objective(), Adam{}};
  Rng rng{2};
  trainer.fit(training::gaussian_points(500), {.iterations = iterations, .batch_size = 32}, rng);
  return trainer;
}

// Two coordinates, and which of three sectors they lie in.
struct Labelled {
  Points<double> points = training::gaussian_points(300);
  Values<int> labels = Values<int>(300);

  Labelled() {
    for (Index row = 0; row < 300; ++row) labels(row) = points(row, 0) > 1 ? 0 : points(row, 1) > -2 ? 1 : 2;
  }
};

}  // namespace

TEST_CASE("energies of run-time networks are energies like all others") {
  using Energy = NetworkEnergy<decltype(net_of({}))>;
  STATIC_REQUIRE(Energy::dim == Dynamic);
  STATIC_REQUIRE(TrainableEnergy<Energy>);
  STATIC_REQUIRE(DifferentiableEnergy<Energy>);
  STATIC_REQUIRE(StorableEnergy<Energy>);
  CHECK(dimension_of(Energy{net_of({7}, 5)}) == 5);
}

TEST_CASE("draws from a run-time network are those from the network of constants") {
  const NetworkEnergy at_run_time{net_of({16, 12})};
  const NetworkEnergy constant{constant_net()};
  Rng rng{3}, same{3};
  const auto a = sample(Anchored{at_run_time, 4.0}, Mala{}, {.chains = 20, .steps = 30, .warmup = 20}, rng);
  const auto b = sample(Anchored{constant, 4.0}, Mala{}, {.chains = 20, .steps = 30, .warmup = 20}, same);
  CHECK(a.points == b.points);
}

TEST_CASE("a run-time network trains in its frame to the bits of the network of constants") {
  const auto a = trained(NetworkEnergy{net_of({16, 12})}, 60);
  const auto b = trained(NetworkEnergy{constant_net()}, 60);
  CHECK(training::parameters_of(a) == training::parameters_of(b));
  const Points<double> points = training::gaussian_points(50);
  CHECK(energies(a.energy(), points) == energies(b.energy(), points));
  using Framed = std::remove_cvref_t<decltype(a.energy())>;
  STATIC_REQUIRE(StorableEnergy<Framed>);
  CHECK(energies(Framed::from(a.energy().tensors()), points) == energies(a.energy(), points));
}

TEST_CASE("a run-time classifier learns, with widths or classes known at run time") {
  const Labelled data;
  const auto accuracy = [&](auto net) {
    Trainer trainer{ClassifierEnergy{std::move(net)}, CrossEntropy{}, Adam{.learning_rate = 1e-2}};
    Rng rng{2};
    trainer.fit(data.points, data.labels, {.iterations = 200, .batch_size = 50}, rng);
    const auto probabilities = trainer.energy().probabilities(data.points);
    CHECK(probabilities.cols() == 3);
    Index right = 0, best = 0;
    for (Index row = 0; row < 300; ++row) {
      probabilities.row(row).maxCoeff(&best);
      right += best == data.labels(row);
    }
    return static_cast<double>(right) / 300;
  };
  Rng rng{1}, same{1};
  const double widths = accuracy(network<float>(rng, Features{2}, Dense{20}, Silu{}, Dense<3>{})),
               classes = accuracy(network<float>(same, Features{2}, Dense{20}, Silu{}, Dense{3}));
  CHECK(widths > 0.9);
  CHECK(widths == classes);
}

TEST_CASE("classes known at run time are those of the network") {
  Rng rng{1}, same{1};
  const ClassifierEnergy at_run_time{network<double>(rng, Features{2}, Dense{20}, Silu{}, Dense{4})};
  const ClassifierEnergy constant{network<double>(same, Features<2>{}, Dense<20>{}, Silu{}, Dense<4>{})};
  using Energy = std::remove_const_t<decltype(at_run_time)>;
  STATIC_REQUIRE(Classifier<Energy>);
  STATIC_REQUIRE(Classifier<Anchored<Energy>>);
  const Points<double> points = training::gaussian_points(50);
  CHECK(at_run_time.energy(points) == constant.energy(points));
  CHECK(at_run_time.probabilities(points) == constant.probabilities(points));
  CHECK(gradients(at_run_time, points) == gradients(constant, points));
  CHECK(gradients(at_run_time.given(3), points) == gradients(constant.given(3), points));
  CHECK_THROWS_WITH(at_run_time.given(4), ContainsSubstring("label: 4, wanted one of the classes"));
  CHECK_THROWS_WITH(ClassifierEnergy{network<double>(rng, Features{2}, Dense{1})},
                    ContainsSubstring("network: outputs: 1, wanted one for each of the classes"));
  Trainer trainer{at_run_time, CrossEntropy{}, Adam{}};
  CHECK_THROWS_WITH(trainer.fit(points, Values<int>::Constant(50, 4), {.iterations = 1}, rng),
                    ContainsSubstring("labels: 4, wanted less than 4"));
}

TEST_CASE("a run-time regression predicts what that of constants does") {
  const RegressionEnergy at_run_time{net_of({16, 12}), TargetInterval{-9, 5, 256}};
  const RegressionEnergy constant{constant_net(), TargetInterval{-9, 5, 256}};
  const auto trained_on = [](const auto& energy) {
    Trainer trainer{energy, ConditionalNoiseContrastive{}, Adam{.learning_rate = 1e-2}};
    Rng rng{2};
    trainer.fit(training::gaussian_points(500), {.iterations = 40, .batch_size = 32}, rng);
    return trainer.energy();
  };
  const auto a = trained_on(at_run_time);
  const auto b = trained_on(constant);
  const Points<double> points = training::gaussian_points(20);
  CHECK(a.inputs() == 1);
  CHECK(a.log_density(points) == b.log_density(points));
  CHECK(a.predict(points.leftCols(1)) == b.predict(points.leftCols(1)));
  CHECK_THROWS_WITH(a.predict(points), ContainsSubstring("x: shape 20 x 2, wanted any x 1"));
  CHECK_THROWS_WITH((RegressionEnergy{net_of({3}, 1), TargetInterval{0, 1}}),
                    ContainsSubstring("network: inputs: 1, wanted those of the data and the target"));
}

TEST_CASE("points and parameters of another size are refused by name") {
  auto net = net_of({4}, 3);
  const NetworkEnergy energy{net};
  const Points<double> points = training::gaussian_points(10);
  CHECK_THROWS_WITH(net.outputs(points), ContainsSubstring("points: shape 10 x 2, wanted any x 3"));
  CHECK_THROWS_WITH(energies(energy, points), ContainsSubstring("points: shape 10 x 2, wanted any x 3"));
  CHECK_THROWS_WITH(gradients(energy, points), ContainsSubstring("points: shape 10 x 2, wanted any x 3"));
  CHECK_THROWS_WITH(net.set_parameters(std::vector<float>(20)), ContainsSubstring("parameters: 20 values, wanted 21"));
  Trainer trainer{energy, training::small_objective(), Adam{}};
  Rng rng{1};
  CHECK_THROWS_WITH(trainer.fit(points, {.iterations = 1}, rng),
                    ContainsSubstring("points: shape 10 x 2, wanted any x 3"));
}
