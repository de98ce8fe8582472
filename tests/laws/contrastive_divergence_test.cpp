// Where contrastive divergence comes to rest, in closed form, for every kernel and start of its chains.
//
// Data of second moment m, E = lambda |x|^2 / 2. With Langevin steps x' = (1 - a lambda) x + s xi the chains'
// variance is
//   v(lambda) = s^2 / (1 - (1 - a lambda)^2),   and v(lambda) = m at  lambda = (1 - sqrt(1 - s^2 / m)) / a
// (s^2 = 2 a for Sgld's own form, so (1 - sqrt(1 - 2 a / m)) / a), whatever the number of steps, and whether chains
// persist or start at the data. An exact kernel comes to rest at 1 / m. m is that of the sample, and every minibatch is
// the whole of it, so that the chains are the only noise.
#include <ebm/energies/quadratic.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/training/sgd.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"

namespace {

constexpr ebm::Index kRows = 2048, kIterations = 1000, kSteps = 10;
constexpr int kDim = 2;

struct Data {
  ebm::Points<double, kDim> points{kRows, kDim};
  double moment = 0;

  // A sample of variance about `variance`.
  explicit Data(double variance) {
    const ebm::Stream stream(17);
    for (ebm::Index row = 0; row < kRows; ++row) {
      for (ebm::Index i = 0; i < kDim; ++i)
        points(row, i) =
            std::sqrt(variance) * stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i));
    }
    moment = points.squaredNorm() / static_cast<double>(kRows * kDim);
  }
};

template <class K, class Start>
double precision_after(const Data& data, K kernel, Start start) {
  // 0.2 / lambda^2: the slope of the mean gradient in lambda is about -m^2, and a fifth of the way is gone in each
  // iteration.
  ebm::Trainer trainer{ebm::QuadraticEnergy<float, kDim>(1 / data.moment), ebm::ContrastiveDivergence{kernel, start},
                       ebm::Sgd{.learning_rate = 0.1 / (data.moment * data.moment)}};
  ebm::Rng rng(23);
  const auto result = trainer.fit(data.points,
                                  {.iterations = kIterations,
                                   .batch_size = kRows,
                                   .schedule = {.shape = ebm::Schedule::Shape::constant, .warmup = 0}},
                                  rng);
  CHECK(result.status == ebm::TrainingStatus::healthy);
  return trainer.energy().precision();
}

// Whether lambda rests at the closed form. The average over t iterations has the weights 9 t^8 / n^9
// (training/trainer.hpp), whose squares sum to 81 / 17 n. `excess` is the variance of one iteration's estimate of v, in
// units of that of N Dim independent squares, 2 m^2 / (N Dim), with the correlation between iterations.
// |d lambda / d v| = 1 / ((1 - a lambda) m^2). Six standard errors: a false failure has probability 2e-9.
bool rests_at(double given, double expected, double step, double moment, double excess) {
  const double iterations = kIterations * 17.0 / 81.0;
  const double error = std::sqrt(2 * excess / (kRows * kDim * iterations)) / ((1 - step * expected) * moment);
  INFO("at " << given << ", expected " << expected << " +- " << error);
  CHECK(error * moment < 0.01);
  return std::abs(given - expected) < 6 * error;
}

double fixed_point(double step, double noise, double moment) {
  return (1 - std::sqrt(1 - noise * noise / moment)) / step;
}

// Squares keep rho = (1 - a lambda)^(2 k) of themselves from one iteration to the next.
double persistent_excess(double step, double precision) {
  const double rho = std::pow(1 - step * precision, 2 * kSteps);
  return (1 + rho) / (1 - rho);
}
// Given the data, x_k^2 has the variance 2 s^4 + 4 rho m s^2, s^2 = (1 - rho) m, and only 1 - rho of what v moves.
double from_data_excess(double step, double precision) {
  const double rho = std::pow(1 - step * precision, 2 * kSteps);
  return (1 - rho + 2 * rho) / (1 - rho);
}

constexpr ebm::Persistent kPersistent{.chains = kRows, .steps = kSteps};
constexpr ebm::FromData kFromData{.steps = kSteps};

}  // namespace

TEST_CASE("the closed forms are those of the literature") {
  CHECK(fixed_point(0.05, std::sqrt(0.1), 1) == Approx(1.0263340).epsilon(1e-7));
  CHECK(fixed_point(0.1, std::sqrt(0.2), 1) == Approx(1.0557281).epsilon(1e-7));
  CHECK(fixed_point(0.3, std::sqrt(0.6), 1) == Approx(1.2251482).epsilon(1e-7));
  CHECK(fixed_point(1, 0.01, 1) == Approx(5.000125e-5).epsilon(1e-7));
}

TEST_CASE("contrastive divergence with unadjusted Langevin steps rests at its biased precision") {
  const Data data(1.0);
  for (const double step : {0.05, 0.1, 0.3}) {
    const double expected = fixed_point(step, std::sqrt(2 * step), data.moment);
    const ebm::Sgld kernel{.step_size = step};
    const double persistent = precision_after(data, kernel, kPersistent),
                 from_data = precision_after(data, kernel, kFromData);
    CHECK(rests_at(persistent, expected, step, data.moment, persistent_excess(step, expected)));
    CHECK(rests_at(from_data, expected, step, data.moment, from_data_excess(step, expected)));
    // What a library that corrects the kernel in secret would return.
    CHECK_FALSE(rests_at(persistent, 1 / data.moment, step, data.moment, persistent_excess(step, expected)));
    CHECK_FALSE(rests_at(from_data, 1 / data.moment, step, data.moment, from_data_excess(step, expected)));
  }
}

TEST_CASE("planted errors move the precision from its place") {
  const Data data(1.0);
  const double step = 0.1, expected = fixed_point(step, std::sqrt(2 * step), data.moment);
  const auto found = [&](const auto& kernel, const auto& start) {
    return !rests_at(precision_after(data, kernel, start), expected, step, data.moment,
                     persistent_excess(step, expected));
  };
  CHECK(found(ebm::Mala{.step_size = step}, kPersistent));                       // a Metropolis test
  CHECK(found(ebm::Sgld{.step_size = step, .temperature = 0.97}, kPersistent));  // a little less noise
  CHECK(found(ebm::Sgld::from_step_noise(step, step), kPersistent));  // noise scaled by the step, not by its root
  CHECK(found(
      ebm::Sgld{.step_size = step},
      ebm::Persistent{.chains = kRows, .steps = kSteps, .reinitialised = 0.5, .source = ebm::ChainSource::gaussian}));
}

TEST_CASE("contrastive divergence with Mala rests at the inverse of the variance") {
  // With steps of 0.5 the squares of chains forget nearly everything within an iteration; 1.5 allows for the rest.
  for (const double variance : {1.0, 4.0}) {
    const Data data(variance);
    const ebm::Mala kernel{.step_size = 0.5 * variance};
    CHECK(rests_at(precision_after(data, kernel, kPersistent), 1 / data.moment, 0, data.moment, 1.5));
    CHECK(rests_at(precision_after(data, kernel, ebm::FromData{.steps = 20}), 1 / data.moment, 0, data.moment, 1.5));
    CHECK_FALSE(rests_at(precision_after(data, kernel, kPersistent), 1.02 / data.moment, 0, data.moment, 1.5));
  }
}

TEST_CASE("steps and noise that do not belong together rest at the precision of their temperature") {
  const Data data(1.0);
  const double step = 0.5, noise = 0.6;
  const double expected = fixed_point(step, noise, data.moment);
  const ebm::Sgld kernel = ebm::Sgld::from_step_noise(step, noise);
  CHECK(kernel.temperature == Approx(0.36));
  // d lambda / d v is that of s^2 = 2 a T: smaller by T.
  const double excess = kernel.temperature * kernel.temperature;
  CHECK(rests_at(precision_after(data, kernel, kPersistent), expected, step, data.moment,
                 excess * persistent_excess(step, expected)));
  CHECK(rests_at(precision_after(data, kernel, kFromData), expected, step, data.moment,
                 excess * from_data_excess(step, expected)));
  CHECK_FALSE(rests_at(precision_after(data, ebm::Sgld{.step_size = step, .temperature = 0.4}, kPersistent), expected,
                       step, data.moment, excess * persistent_excess(step, expected)));
}

TEST_CASE("noise beyond the variance of the data has no precision to rest at, which is an error") {
  const Data data(1.0);
  CHECK_THROWS_AS(precision_after(data, ebm::Sgld{.step_size = 0.8}, kPersistent), ebm::NumericalError);
}
