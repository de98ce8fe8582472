#include <ebm/training/trainer.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/gaussian.hpp>
#include <ebm/partition/kl_divergence.hpp>

#include "support/captured_stderr.hpp"
#include "training/trained.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;
using training::gaussian_points;
using training::parameters_of;
using training::small_trainer;

TEST_CASE("options of a training are checked before anything is touched") {
  auto trainer = small_trainer();
  const auto before = parameters_of(trainer);
  const auto points = gaussian_points(50);
  ebm::Rng rng(1);
  const auto fit = [&](const ebm::FitOptions& options) { trainer.fit(points, options, rng); };
  CHECK_THROWS_MATCHES(fit({.iterations = 0}), ebm::ValueError, Message("iterations: 0, wanted at least 1"));
  CHECK_THROWS_MATCHES(fit({.epochs = -1}), ebm::ValueError, Message("epochs: -1, wanted 0 to 1e9"));
  CHECK_THROWS_AS(fit({.epochs = std::nan("")}), ebm::ValueError);
  CHECK_THROWS_AS(fit({.epochs = std::numeric_limits<double>::infinity()}), ebm::ValueError);
  CHECK_THROWS_MATCHES(fit({.batch_size = 0}), ebm::ValueError, Message("batch_size: 0, wanted at least 1"));
  CHECK_THROWS_MATCHES(fit({.averaging = 1}), ebm::ValueError, Message("averaging: 1, wanted 0 to less than 1"));
  CHECK_THROWS_MATCHES(fit({.anchor_variance = 0}), ebm::ValueError, Message("anchor_variance: 0, wanted more than 0"));
  CHECK_THROWS_MATCHES(fit({.recoveries = -1}), ebm::ValueError, Message("recoveries: -1, wanted at least 0"));
  CHECK_THROWS_MATCHES(fit({.schedule = {.warmup = -1}}), ebm::ValueError,
                       Message("schedule.warmup: -1, wanted at least 0"));
  CHECK(rng.streams_given() == 0);
  CHECK(parameters_of(trainer) == before);
  CHECK_THROWS_AS((ebm::Trainer{training::Mlp{rng}, training::small_objective(), ebm::Adam{.learning_rate = -1}}),
                  ebm::ValueError);
}

TEST_CASE("points that cannot be trained on are refused, and the trainer is as it was") {
  auto trainer = small_trainer();
  ebm::Rng rng(1);
  trainer.fit(gaussian_points(50), {.iterations = 5, .batch_size = 16}, rng);
  const ebm::Points<double, 2> probe = gaussian_points(7);
  const ebm::Values<float> before = ebm::energies(trainer.energy(), probe);
  const auto fit = [&](const Eigen::MatrixXd& points) {
    trainer.fit(points, {.iterations = 5, .batch_size = 16}, rng);
  };
  CHECK_THROWS_MATCHES(fit(Eigen::MatrixXd::Random(10, 3)), ebm::ShapeError,
                       Message("points: shape 10 x 3, wanted any x 2"));
  CHECK_THROWS_AS(fit(Eigen::MatrixXd(0, 2)), ebm::ValueError);
  CHECK_THROWS_WITH(fit(Eigen::MatrixXd::Random(1, 2)), ContainsSubstring("points: rows: 1, wanted"));
  Eigen::MatrixXd points = gaussian_points(50);
  points(7, 1) = std::nan("");
  CHECK_THROWS_MATCHES(fit(points), ebm::ValueError, Message("points: nan at row 7, column 1, wanted finite values"));
  points(7, 1) = -std::numeric_limits<double>::infinity();
  CHECK_THROWS_MATCHES(fit(points), ebm::ValueError, Message("points: -inf at row 7, column 1, wanted finite values"));
  // 0.1 has no exact mean.
  for (const double constant : {0.0, 0.1, -1e6 / 3}) {
    points = gaussian_points(50);
    points.col(1).setConstant(constant);
    CHECK_THROWS_WITH(fit(points), ContainsSubstring("points: standard deviation of column 1: ") &&
                                       ContainsSubstring(", wanted coordinates that vary"));
  }
  points.col(1) = 0.3 * points.col(0).array() + 1.7;
  CHECK_THROWS_AS(fit(points), ebm::ValueError);
  CHECK(ebm::energies(trainer.energy(), probe) == before);
}

namespace {

struct Density {
  static constexpr int dim = 2;
  ebm::Gaussian<double, 2> energy;
  ebm::Values<double> log_density(const ebm::Points<double, 2>& x) const {
    return -(ebm::energies(energy, x).array() + energy.log_partition()).matrix();
  }
  ebm::Box<2> domain() const { return energy.domain(); }
};

}  // namespace

TEST_CASE("a network learns a Gaussian") {
  const auto truth =
      ebm::Gaussian<double, 2>::with_covariance({1, -2}, (Eigen::Matrix2d() << 1, 0.6, 0.6, 4).finished());
  auto trainer = small_trainer();
  ebm::Rng rng(1);
  const auto result = trainer.fit(gaussian_points(5000), {.iterations = 600, .batch_size = 128}, rng);
  CHECK(result.status == ebm::TrainingStatus::healthy);
  CHECK(result.iterations == 600);
  CHECK(result.events.empty());
  const auto kl = ebm::kl_divergence(Density{truth}, trainer.energy());
  CHECK(kl.converged());
  CHECK(kl.value < 0.03);
  CHECK(kl.value > -1e-6);
  // A network that has learned nothing is the anchor in the data's frame, twice as wide as the data: 0.64 nats.
  auto untrained = small_trainer();
  untrained.fit(gaussian_points(5000), {.iterations = 1, .batch_size = 16}, rng);
  CHECK(ebm::kl_divergence(Density{truth}, untrained.energy()).value > 0.3);
}

TEST_CASE("the samples are in the data's units") {
  auto trainer = small_trainer();
  CHECK(trainer.samples().rows() == 0);
  ebm::Rng rng(1);
  const auto points = gaussian_points(5000);
  trainer.fit(points, {.iterations = 300, .batch_size = 256}, rng);
  const auto& samples = trainer.samples();
  REQUIRE(samples.rows() >= 64);
  // 64 chains: six standard errors of a mean is 0.75 standard deviations.
  CHECK(std::abs(samples.col(0).mean() - 1) < 0.75);
  CHECK(std::abs(samples.col(1).mean() + 2) < 1.5);
}

TEST_CASE("a training that runs away ends in a usable state, or in an exception") {
  const auto points = gaussian_points(500);
  const auto check = [&](auto objective, auto optimizer, ebm::FitOptions options) {
    ebm::Rng rng(1);
    ebm::Trainer trainer{training::Mlp{rng}, objective, optimizer};
    options.batch_size = 64;
    try {
      const auto result = trainer.fit(points, options, rng);
      CHECK(result.status == ebm::TrainingStatus::recovered);
      CHECK(result.recoveries > 0);
      CHECK_THAT(result.events, ContainsSubstring("iteration "));
    } catch (const ebm::NumericalError& error) {
      CHECK_THAT(error.what(), ContainsSubstring("iteration "));
    }
    CHECK(training::all_finite(parameters_of(trainer)));
    const ebm::Values<float> energies = ebm::energies(trainer.energy(), points);
    CHECK(energies.array().isFinite().all());
    CHECK(energies.array().abs().maxCoeff() < 1e6f);
    // And the trainer can be used again.
    const auto again =
        trainer.fit(points, {.iterations = 1, .batch_size = 16, .schedule = {.final_fraction = 1e-9}}, rng);
    CHECK(again.iterations == 1);
  };
  for (const ebm::Index iterations : {1, 2, 60, 300}) {
    INFO(iterations << " iterations");
    check(training::small_objective(), ebm::Sgd{.learning_rate = 1e38}, {.iterations = iterations});
  }
  check(training::small_objective(), ebm::Sgd{.learning_rate = 1e6}, {.iterations = 300});
  check(ebm::ContrastiveDivergence{ebm::Sgld{.step_size = 1e3}, ebm::Persistent{.chains = 64}}, ebm::Adam{},
        {.iterations = 300});
  check(ebm::ContrastiveDivergence{ebm::Sgld{.step_size = 1e3}, ebm::FromData{}}, ebm::Adam{}, {.iterations = 300});
  // Nor when nothing may be recovered.
  check(training::small_objective(), ebm::Sgd{.learning_rate = 1e38}, {.iterations = 60, .recoveries = 0});
}

TEST_CASE("the callback sees every iteration, and may end the training") {
  auto trainer = small_trainer();
  ebm::Rng rng(1);
  std::vector<ebm::Index> seen;
  std::vector<std::vector<float>> published;
  const auto result = trainer.fit(gaussian_points(100),
                                  {.iterations = 50,
                                   .batch_size = 16,
                                   .on_iteration =
                                       [&](const ebm::TrainingReport& report) {
                                         seen.push_back(report.iteration);
                                         published.push_back(parameters_of(trainer));
                                         CHECK(report.iterations == 50);
                                         CHECK(report.gradient_norm > 0);
                                         CHECK(report.learning_rate > 0);
                                         CHECK(trainer.samples().rows() == 64);
                                         return report.iteration < 6;
                                       }},
                                  rng);
  CHECK(result.status == ebm::TrainingStatus::interrupted);
  CHECK(result.iterations == 7);
  CHECK(result.last.iteration == 6);
  CHECK(seen == std::vector<ebm::Index>{0, 1, 2, 3, 4, 5, 6});
  CHECK(parameters_of(trainer) == published.back());
  CHECK(published[5] != published[6]);
}

TEST_CASE("epochs set the number of iterations") {
  const auto points = gaussian_points(100);
  const auto iterations = [&](double epochs, ebm::Index batch) {
    auto trainer = small_trainer();
    ebm::Rng rng(1);
    return trainer.fit(points, {.iterations = 77, .epochs = epochs, .batch_size = batch}, rng).iterations;
  };
  CHECK(iterations(0, 16) == 77);
  CHECK(iterations(2, 16) == 12);
  CHECK(iterations(2, 10) == 20);
  CHECK(iterations(0.5, 10) == 5);
  CHECK(iterations(1, 1000) == 1);
}

namespace {

// Sgd that writes down the parameters it leaves.
struct Recorder {
  double learning_rate = 0.01;
  std::vector<std::vector<float>>* written = nullptr;

  template <class Scalar>
  using State = ebm::Sgd::State<Scalar>;
  void check() const {}
  template <class Scalar>
  auto make_state(std::size_t size) const {
    return ebm::Sgd{}.make_state<Scalar>(size);
  }
  template <class Scalar>
  void step(State<Scalar>& state, const ebm::FlatVector<Scalar>& gradient, ebm::FlatVector<Scalar>& parameters,
            double rate) const {
    ebm::Sgd{}.step(state, gradient, parameters, rate);
    written->push_back({parameters.span().begin(), parameters.span().end()});
  }
};

}  // namespace

TEST_CASE("the average of the parameters forgets its first ones faster") {
  const auto points = gaussian_points(100);
  std::vector<std::vector<float>> written;
  const auto averaged = [&](double averaging) {
    written.clear();
    ebm::Rng rng(1);
    ebm::Trainer trainer{training::Mlp{rng}, training::small_objective(), Recorder{0.5, &written}};
    const auto start = parameters_of(trainer);
    trainer.fit(points, {.iterations = 20, .batch_size = 16, .averaging = averaging}, rng);
    written.insert(written.begin(), start);
    return parameters_of(trainer);
  };
  // None: the last parameters, to the bit.
  const auto last = averaged(0);
  REQUIRE(written.size() == 21);
  CHECK(last == written.back());

  for (const double averaging : {0.25, 0.999}) {
    const auto given = averaged(averaging);
    for (std::size_t i = 0; i < given.size(); i += 7) {
      double expected = static_cast<double>(written[0][i]);
      for (std::size_t t = 1; t < written.size(); ++t) {
        const double keep = std::min(averaging, (1.0 + static_cast<double>(t)) / (10.0 + static_cast<double>(t)));
        expected = keep * expected + (1 - keep) * static_cast<double>(written[t][i]);
      }
      CHECK(static_cast<double>(given[i]) == Approx(expected).epsilon(1e-5).margin(1e-6));
    }
  }
}

TEST_CASE("the same seed gives the same bits for any number of threads") {
  const auto points = gaussian_points(200);
  const auto run = [&](std::uint64_t seed, auto&& executor, auto kernel) {
    ebm::Rng rng(seed);
    ebm::Trainer trainer{training::Mlp{ebm::Rng{9}},
                         ebm::ContrastiveDivergence{kernel, ebm::Persistent{.chains = 200, .steps = 3}}, ebm::Adam{}};
    trainer.fit(points, {.iterations = 15, .batch_size = 90}, rng, executor);
    auto result = parameters_of(trainer);
    result.push_back(static_cast<float>(trainer.samples().sum()));
    return result;
  };
  const auto mala = run(1, ebm::Serial{}, ebm::Mala{});
  CHECK(run(1, ebm::Serial{}, ebm::Mala{}) == mala);
  CHECK(run(1, ebm::ThreadPool{2}, ebm::Mala{}) == mala);
  CHECK(run(1, ebm::ThreadPool{5}, ebm::Mala{}) == mala);
  CHECK(run(2, ebm::Serial{}, ebm::Mala{}) != mala);
  const auto sgld = run(1, ebm::Serial{}, ebm::Sgld{});
  CHECK(run(1, ebm::ThreadPool{5}, ebm::Sgld{}) == sgld);
  CHECK(sgld != mala);
}

TEST_CASE("a second fit goes on from what the first one learned") {
  const auto points = gaussian_points(100);
  std::vector<std::vector<float>> written;
  ebm::Rng rng(1);
  ebm::Trainer trainer{training::Mlp{rng}, training::small_objective(), Recorder{1e-20, &written}};
  trainer.fit(points, {.iterations = 3, .batch_size = 16}, rng);
  const auto first = written.back();
  ebm::Rng other(7);
  trainer.fit(points, {.iterations = 3, .batch_size = 16}, other);
  double furthest = 0;  // after steps of no size
  for (std::size_t i = 0; i < first.size(); ++i)
    furthest = std::max(furthest, std::abs(static_cast<double>(first[i] - written.back()[i])));
  CHECK(furthest < 1e-15);

  auto learned = small_trainer(), fresh = small_trainer();
  learned.fit(points, {.iterations = 100, .batch_size = 16, .averaging = 0}, rng);
  const auto before = parameters_of(learned);
  learned.fit(points, {.iterations = 1, .batch_size = 16, .averaging = 0}, rng);
  fresh.fit(points, {.iterations = 1, .batch_size = 16, .averaging = 0}, rng);
  const auto distance = [&](const std::vector<float>& from) {
    double square = 0;
    for (std::size_t i = 0; i < from.size(); ++i) square += std::pow(static_cast<double>(from[i] - before[i]), 2);
    return std::sqrt(square);
  };
  CHECK(distance(parameters_of(learned)) < 0.1);
  CHECK(distance(parameters_of(fresh)) > 0.3);
}

TEST_CASE("an energy without a frame is trained as it is") {
  ebm::Rng rng(1);
  ebm::Trainer trainer{ebm::QuadraticEnergy<float, 2>(1.0), training::small_objective(),
                       ebm::Sgd{.learning_rate = 0.1}};
  STATIC_REQUIRE(std::is_same_v<decltype(trainer.energy()), const ebm::QuadraticEnergy<float, 2>&>);
  const ebm::Points<double, 2> points = 0.5 * gaussian_points(400);
  CHECK_THROWS_MATCHES(trainer.fit(points, {.anchor_variance = 2.0}, rng), ebm::ValueError,
                       Message("anchor_variance: 2, wanted none for an energy without a frame"));
  trainer.fit(points, {.iterations = 400, .batch_size = 400}, rng);
  // The quadratic energy knows no mean: its precision is that of the second moment, about 2 / 2.5. 64 chains move it by
  // a few per cent.
  const double moment = points.squaredNorm() / 800;
  CHECK(trainer.energy().precision() == Approx(1 / moment).epsilon(0.15));
}

TEST_CASE("an energy trained with a kernel of temperature T is a density at T") {
  ebm::Points<double, 2> points = gaussian_points(400);
  points.rowwise() -= points.colwise().mean().eval();
  const double moment = points.squaredNorm() / 800, step = 0.04 * moment;
  ebm::Trainer trainer{ebm::QuadraticEnergy<double, 2>(1 / moment),
                       ebm::ContrastiveDivergence{ebm::Sgld::from_step_noise(step, std::sqrt(step)),
                                                  ebm::Persistent{.chains = 512, .moved = 512}},
                       ebm::Sgd{.learning_rate = 0.02}};
  ebm::Rng rng(1);
  ebm::FitResult result;
  const std::string progress = captured_stderr([&] {
    result = trainer.fit(points, {.iterations = 600, .batch_size = 400, .averaging = 0.99, .progress = true}, rng);
  });
  CHECK(trainer.temperature() == Approx(0.5));
  CHECK(result.temperature == trainer.temperature());
  CHECK_THAT(progress, ContainsSubstring("  temperature 0.5"));

  const Density truth{ebm::Gaussian<double, 2>::with_covariance({0, 0}, moment * Eigen::Matrix2d::Identity())};
  CHECK(ebm::kl_divergence(truth, trainer.energy(), {.temperature = trainer.temperature()}).value < 0.005);
  // At 1 the model is N(0, 2 m I) where the data are N(0, m I): log 2 - 1 / 2 = 0.193 nats.
  CHECK(ebm::kl_divergence(truth, trainer.energy()).value == Approx(0.193).margin(0.05));

  auto usual = small_trainer();
  CHECK(usual.temperature() == 1);
  const std::string nothing =
      captured_stderr([&] { result = usual.fit(points, {.iterations = 1, .progress = true}, rng); });
  CHECK(result.temperature == 1);
  CHECK_THAT(nothing, ContainsSubstring("acceptance") && !ContainsSubstring("temperature"));
}

TEST_CASE("a frame can be set or switched off") {
  const auto points = gaussian_points(200);
  const auto energy_after = [&](const ebm::FitOptions& options) {
    auto trainer = small_trainer();
    ebm::Rng rng(1);
    trainer.fit(points, options, rng);
    return trainer.energy();
  };
  const auto standard = energy_after({.iterations = 2, .batch_size = 16});
  CHECK(standard.inner().anchor_variance() == 4.0);
  CHECK(standard.frame().centre[1] == Approx(points.col(1).mean()));
  const auto plain = energy_after({.iterations = 2, .batch_size = 16, .standardise = false});
  CHECK(plain.frame().centre.isZero(0));
  CHECK(plain.frame().factor.isIdentity(0));
  CHECK(plain.inner().anchor_variance() == 4.0);
  // In the data's own units the energy is network plus anchor.
  const auto inner = ebm::energies(plain.inner().inner(), points);
  const auto whole = ebm::energies(plain, points);
  for (ebm::Index row = 0; row < 20; ++row)
    CHECK(whole[row] == Approx(inner[row] + points.row(row).squaredNorm() / 8).epsilon(1e-5));
  const auto loose = energy_after({.iterations = 2, .batch_size = 16, .anchor_variance = 9.0});
  CHECK(loose.inner().anchor_variance() == 9.0);
  const double infinity = std::numeric_limits<double>::infinity();
  const auto none = energy_after({.iterations = 2, .batch_size = 16, .anchor_variance = infinity});
  CHECK(ebm::energies(none, points) == ebm::energies(none.inner().inner(), none.frame().standardise(points)));

  ebm::Rng rng(1);
  ebm::Trainer high{ebm::Mlp<float, 5, 16>{rng}, training::small_objective(), ebm::Adam{}};
  high.fit(Eigen::MatrixXd::Random(50, 5), {.iterations = 1, .batch_size = 16}, rng);
  CHECK(high.energy().inner().anchor_variance() == 1.0);
}

TEST_CASE("a frame makes training independent of the data's units") {
  const auto points = gaussian_points(300);
  const auto energies_after = [](const Eigen::MatrixXd& data) {
    auto trainer = small_trainer();
    ebm::Rng rng(1);
    trainer.fit(data, {.iterations = 10, .batch_size = 32}, rng);
    return Eigen::VectorXd(ebm::energies(trainer.energy(), data).template cast<double>());
  };
  const Eigen::VectorXd reference = energies_after(points);
  const double spread = (reference.array() - reference.mean()).abs().maxCoeff();
  REQUIRE(spread > 0.5);
  const auto agrees = [&](const Eigen::MatrixXd& data, double tolerance) {
    const double difference = (energies_after(data) - reference).cwiseAbs().maxCoeff();
    INFO("difference " << difference << ", spread " << spread);
    CHECK(difference < tolerance * spread);
  };
  agrees(points * 1e-3, 1e-4);
  agrees(points * 1e4, 1e-4);
  agrees(points * 1e-20, 1e-4);
  agrees(points.array() + 1e5, 1e-4);
  // A lower triangular map keeps the standardised data, however strongly it correlates the coordinates.
  Eigen::MatrixXd correlated = points;
  correlated.col(1) = points.col(1) * 1e-3 + points.col(0);
  agrees(correlated, 1e-3);
  // The check sees a real difference.
  Eigen::MatrixXd other = points;
  other.col(0) = points.col(0).array().cube();
  CHECK((energies_after(other) - reference).cwiseAbs().maxCoeff() > 0.01 * spread);
}

TEST_CASE("points may be of any type and expression") {
  const auto points = gaussian_points(100);
  const auto run = [](const auto& data) {
    auto trainer = small_trainer();
    ebm::Rng rng(1);
    trainer.fit(data, {.iterations = 3, .batch_size = 16}, rng);
    return parameters_of(trainer);
  };
  const auto expected = run(points);
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = points;
  CHECK(run(rows) == expected);
  CHECK(run(points.array()) == expected);
  CHECK(run(points.topRows(100)) == expected);
  CHECK(run(ebm::Points<float, 2>(points.cast<float>())).size() == expected.size());
}

namespace {

// The likelihood of a quadratic energy is known: no sample is needed for its gradient.
struct ExactLikelihood {
  using Energy = ebm::QuadraticEnergy<float, 2>;
  using Data = ebm::Minibatch<float, 2>;
  struct Estimator {
    template <class Exec>
    ebm::BatchReport estimate(const Energy& energy, Data data, ebm::Index, ebm::FlatVector<float>& gradient, Exec&) {
      double squares = 0;
      for (ebm::Index row = 0; row < data.rows; ++row) {
        for (ebm::Index i = 0; i < 2; ++i) squares += std::pow(data.tiles.coordinate(row / 16, i)[row % 16], 2);
      }
      const double half_square = 0.5 * squares / static_cast<double>(data.rows);
      gradient.data()[0] = static_cast<float>(half_square - 1 / energy.precision());
      ebm::BatchReport report;
      report.data_energy = energy.precision() * half_square;
      return report;
    }
    template <class Exec>
    void recover(const Energy&, Data, Exec&) {}
  };
  Estimator estimator(const Energy&, Data, ebm::Rng&, ebm::Index) const { return {}; }
};

}  // namespace

TEST_CASE("an objective without samples is trained and guarded") {
  ebm::Rng rng(1);
  const ebm::Points<double, 2> points = gaussian_points(500);
  ebm::Trainer trainer{ebm::QuadraticEnergy<float, 2>{1.0}, ExactLikelihood{}, ebm::Adam{.learning_rate = 1e-2}};
  const auto result = trainer.fit(points, {.iterations = 1500, .batch_size = 500, .averaging = 0}, rng);
  CHECK(result.status == ebm::TrainingStatus::healthy);
  CHECK(std::isnan(result.last.energy_gap));
  CHECK(trainer.energy().precision() == Approx(2 / points.rowwise().squaredNorm().mean()).epsilon(1e-3));
  CHECK(trainer.samples().rows() == 0);

  // A step so long that the precision overflows: the guard gives up.
  ebm::Trainer wild{ebm::QuadraticEnergy<float, 2>{1.0}, ExactLikelihood{}, ebm::Sgd{.learning_rate = 1e38}};
  CHECK_THROWS_AS(wild.fit(points, {.iterations = 200, .batch_size = 500}, rng), ebm::NumericalError);
  CHECK(wild.energy().precision() == 1);
}
