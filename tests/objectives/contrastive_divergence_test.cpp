#include <ebm/objectives/contrastive_divergence.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/anchored.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/energies/quadratic.hpp>

#include "objectives/minibatch.hpp"
#include "support/catch.hpp"

namespace {

using Quadratic = ebm::QuadraticEnergy<double, 2>;
using objectives::Batch;

template <class Scalar, int Dim>
std::vector<Scalar> positions(const ebm::Chains<Scalar, Dim>& chains) {
  const auto span = chains.positions();
  return {span.data(), span.data() + span.size()};
}

// |x|^2 / 2 of the first `rows` lanes of some tiles.
std::vector<double> halved_squares(ebm::TileSpan<const double, 2> tiles, ebm::Index rows) {
  std::vector<double> result;
  for (ebm::Index lane = 0; lane < rows; ++lane) {
    const double x = tiles.coordinate(lane / 8, 0)[lane % 8], y = tiles.coordinate(lane / 8, 1)[lane % 8];
    result.push_back(0.5 * (x * x + y * y));
  }
  return result;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("contrastive divergence is the mean over the data less the mean over the chains it moved") {
  const ebm::Index rows = GENERATE(1, 7, 8, 50);
  const Quadratic energy(1.3);
  Batch<double, 2> batch(objectives::normals<double, 2>(rows));
  ebm::FlatVector<double> gradient(std::size_t{1});
  ebm::Serial executor;
  ebm::Rng rng(1);

  SECTION("persistent") {
    const ebm::ContrastiveDivergence objective{ebm::Mala{.step_size = 0.3},
                                               ebm::Persistent{.chains = 96, .steps = 3, .moved = 32}};
    auto estimator = objective.estimator(energy, batch.view(), rng, 1);
    REQUIRE(estimator.chains().tiles() == 12);
    for (const ebm::Index iteration : {0, 1, 2, 3, 4}) {
      const auto before = positions(estimator.chains());
      const ebm::BatchReport report = estimator.estimate(energy, batch.view(), iteration, gradient, executor);
      const auto after = positions(estimator.chains());
      // Chains are moved in turn, four tiles at a time, and where they stand is where they go on from.
      const ebm::Index first = iteration % 3 * 4;
      for (ebm::Index tile = 0; tile < 12; ++tile) {
        const bool moved =
            !std::equal(before.begin() + tile * 16, before.begin() + tile * 16 + 16, after.begin() + tile * 16);
        CHECK(moved == (tile >= first && tile < first + 4));
      }
      const double of_data = mean(halved_squares(batch.view().tiles, rows));
      const double of_samples = mean(halved_squares(estimator.chains().positions().subspan(first, 4), 32));
      CHECK(gradient.data()[0] == Approx(of_data - of_samples).epsilon(1e-12));
      CHECK(report.data_energy == Approx(1.3 * of_data).epsilon(1e-12));
      CHECK(report.sample_energy == Approx(1.3 * of_samples).epsilon(1e-12));
      CHECK(report.energy_gap() == report.data_energy - report.sample_energy);
      double square = 0;
      for (const double half : halved_squares(batch.view().tiles, rows)) square += std::pow(1.3 * (half - of_data), 2);
      CHECK(report.data_energy_sd == Approx(std::sqrt(square / static_cast<double>(rows))).margin(1e-12));
    }
  }
  SECTION("from the data, whose padding starts no chain that counts") {
    const ebm::ContrastiveDivergence objective{ebm::Mala{.step_size = 0.3}, ebm::FromData{.steps = 2}};
    auto estimator = objective.estimator(energy, batch.view(), rng, 1);
    const ebm::BatchReport report = estimator.estimate(energy, batch.view(), 0, gradient, executor);
    const double of_data = mean(halved_squares(batch.view().tiles, rows));
    const double of_samples = mean(halved_squares(estimator.chains().positions(), rows));
    CHECK(gradient.data()[0] == Approx(of_data - of_samples).epsilon(1e-12));
    CHECK(report.sample_energy == Approx(1.3 * of_samples).epsilon(1e-12));
    CHECK(report.failed_chains == 0);
  }
}

TEST_CASE("chains from the data start at the minibatch of each iteration") {
  const Quadratic energy(1.0);
  Batch<double, 2> first(objectives::normals<double, 2>(16)), second(objectives::normals<double, 2>(32).bottomRows(16));
  ebm::Rng rng(1);
  // A step so small that chains stay where they start.
  const ebm::ContrastiveDivergence objective{ebm::Sgld{.step_size = 1e-20}, ebm::FromData{.steps = 3}};
  auto estimator = objective.estimator(energy, first.view(), rng, 1);
  ebm::FlatVector<double> gradient(std::size_t{1});
  ebm::Serial executor;
  for (Batch<double, 2>* batch : {&first, &second}) {
    estimator.estimate(energy, batch->view(), 0, gradient, executor);
    const auto at = positions(estimator.chains());
    double furthest = 0;
    for (std::size_t i = 0; i < at.size(); ++i)
      furthest = std::max(furthest, std::abs(at[i] - batch->view().tiles.data()[i]));
    CHECK(furthest < 1e-8);
    CHECK(std::abs(gradient.data()[0]) < 1e-8);
  }
}

TEST_CASE("new chains come from a Gaussian or from rows of data") {
  const auto points = objectives::normals<double, 2>(20);
  Batch<double, 2> batch(points);
  const auto start = [&](ebm::ChainSource source) {
    ebm::Rng rng(2);
    const ebm::ContrastiveDivergence objective{ebm::Mala{}, ebm::Persistent{.chains = 4096, .source = source}};
    auto estimator = objective.estimator(Quadratic(1.0), batch.view(), rng, 1);
    ebm::Points<double, 2> rows(4096, 2);
    ebm::unpack_rows(ebm::TileSpan<const double, 2>(estimator.chains().positions().data(), 512), rows);
    return rows;
  };
  // 8192 normals of standard deviation 1.5, each moment within 6 standard errors.
  const auto gaussian = start(ebm::ChainSource::gaussian);
  CHECK(std::abs(gaussian.mean()) < 6 * 1.5 / std::sqrt(8192.0));
  CHECK(std::abs(gaussian.squaredNorm() / 8192 - 2.25) < 6 * 2.25 * std::sqrt(2.0 / 8192));

  std::vector<int> seen(20, 0);
  const auto data = start(ebm::ChainSource::data);
  for (ebm::Index row = 0; row < data.rows(); ++row) {
    for (ebm::Index k = 0; k < 20; ++k) seen[static_cast<std::size_t>(k)] += data.row(row) == points.row(k);
  }
  // Binomial(4096, 1/20): 6 standard deviations either side of 205.
  for (const int count : seen) CHECK(std::abs(count - 204.8) < 6 * 14);
}

TEST_CASE("chains are started anew with the probability asked for") {
  const Quadratic energy(1.0);
  Batch<double, 2> batch(objectives::normals<double, 2>(64));
  ebm::FlatVector<double> gradient(std::size_t{1});
  ebm::Serial executor;
  const auto restarted = [&](double probability) {
    ebm::Rng rng(4);
    const ebm::ContrastiveDivergence objective{
        ebm::Sgld{.step_size = 1e-20},
        ebm::Persistent{.chains = 1024, .steps = 1, .moved = 1024, .reinitialised = probability}};
    auto estimator = objective.estimator(energy, batch.view(), rng, 1);
    auto before = positions(estimator.chains());
    int count = 0;
    for (const ebm::Index iteration : {0, 1, 2, 3}) {
      estimator.estimate(energy, batch.view(), iteration, gradient, executor);
      const auto after = positions(estimator.chains());
      for (std::size_t i = 0; i < after.size(); ++i) count += i % 16 < 8 && std::abs(after[i] - before[i]) > 1e-6;
      before = after;
    }
    return count;
  };
  CHECK(restarted(0) == 0);
  // All 4096, but for those (one in 64) that meet the same row again; then a quarter of that. 6 standard deviations.
  CHECK(std::abs(restarted(1) - 4096.0 * 63 / 64) < 6 * 8);
  CHECK(std::abs(restarted(0.25) - 1024.0 * 63 / 64) < 6 * 28);
}

TEST_CASE("the regularised energies have the gradient of the mean squares") {
  // loss = mean E(data) - mean E(samples) + a (mean E(data)^2 + mean E(samples)^2),  E = lambda h,  h = |x|^2 / 2
  const double lambda = 1.3, a = 0.2;
  const ebm::Index rows = 21;
  const Quadratic energy(lambda);
  Batch<double, 2> batch(objectives::normals<double, 2>(rows));
  ebm::FlatVector<double> gradient(std::size_t{1});
  ebm::Serial executor;
  ebm::Rng rng(1);
  const ebm::ContrastiveDivergence objective{
      ebm::Mala{.step_size = 0.3}, ebm::Persistent{.chains = 32, .steps = 2}, {.energy_regularisation = a}};
  auto estimator = objective.estimator(energy, batch.view(), rng, 1);
  const ebm::BatchReport report = estimator.estimate(energy, batch.view(), 0, gradient, executor);
  const auto data = halved_squares(batch.view().tiles, rows);
  const auto samples = halved_squares(estimator.chains().positions().subspan(0, 3), 24);
  double expected = mean(data) - mean(samples);
  for (const double h : data) expected += 2 * a * lambda * h * h / static_cast<double>(rows);
  for (const double h : samples) expected += 2 * a * lambda * h * h / 24;
  CHECK(gradient.data()[0] == Approx(expected).epsilon(1e-12));
  CHECK(report.data_energy == Approx(lambda * mean(data)).epsilon(1e-12));
}

TEST_CASE("an estimate has the same bits for any number of workers") {
  using Energy = ebm::Anchored<ebm::Mlp<float, 2, 16, 16>>;
  const Energy energy(ebm::Mlp<float, 2, 16, 16>{ebm::Rng{1}}, 4.0);
  Batch<float, 2> batch(objectives::normals<float, 2>(100), 0.0f);
  const auto run = [&](auto&& executor) {
    ebm::Rng rng(1);
    const ebm::ContrastiveDivergence objective{
        ebm::Mala{}, ebm::Persistent{.chains = 300, .reinitialised = 0.1}, {.energy_regularisation = 0.01}};
    auto estimator = objective.estimator(energy, batch.view(), rng, executor.workers());
    ebm::FlatVector<float> gradient(energy.parameters().size());
    for (ebm::Index iteration = 0; iteration < 6; ++iteration)
      estimator.estimate(energy, batch.view(), iteration, gradient, executor);
    auto result = objectives::copy<float>(gradient.span());
    const auto chains = positions(estimator.chains());
    result.insert(result.end(), chains.begin(), chains.end());
    result.push_back(static_cast<float>(estimator.step_size().value()));
    return result;
  };
  const auto serial = run(ebm::Serial{});
  CHECK(run(ebm::ThreadPool{2}) == serial);
  CHECK(run(ebm::ThreadPool{5}) == serial);
}

TEST_CASE("jumps exist where there is an anchor of finite variance") {
  Batch<float, 2> batch(objectives::normals<float, 2>(32));
  ebm::Serial executor;
  const auto report = [&](const auto& energy, ebm::Persistent start) {
    ebm::Rng rng(1);
    start.chains = 64;
    const ebm::ContrastiveDivergence objective{ebm::Mala{}, start};
    auto estimator = objective.estimator(energy, batch.view(), rng, 1);
    ebm::FlatVector<float> gradient(energy.parameters().size());
    return estimator.estimate(energy, batch.view(), 0, gradient, executor);
  };
  const ebm::QuadraticEnergy<float, 2> quadratic(1.0);
  const ebm::Anchored anchored(quadratic, 1.0), unheld(quadratic, std::numeric_limits<double>::infinity());
  const double accepted = report(anchored, {}).jump_acceptance;
  CHECK(accepted > 0.1);
  CHECK(accepted <= 1.0);
  CHECK(report(anchored, {.jumps = 2, .centres = 32}).jump_acceptance == accepted);
  CHECK(report(anchored, {.centres = 0}).jump_acceptance != accepted);
  CHECK(std::isnan(report(anchored, {.jumps = 0}).jump_acceptance));
  CHECK(std::isnan(report(quadratic, {}).jump_acceptance));
  CHECK(std::isnan(report(quadratic, {.jumps = 0, .centres = 0}).jump_acceptance));
  CHECK(std::isnan(report(unheld, {}).jump_acceptance));

  using Catch::Matchers::Message;
  CHECK_THROWS_MATCHES(report(quadratic, {.jumps = 2}), ebm::ValueError,
                       Message("jumps: 2, wanted none: the energy has no anchor of finite variance"));
  CHECK_THROWS_MATCHES(report(unheld, {.jumps = 1}), ebm::ValueError,
                       Message("jumps: 1, wanted none: the energy has no anchor of finite variance"));
  CHECK_THROWS_MATCHES(report(quadratic, {.centres = 32}), ebm::ValueError,
                       Message("centres: 32, wanted none: the energy has no anchor of finite variance"));
}

TEST_CASE("options of contrastive divergence are checked") {
  using Catch::Matchers::Message;
  const auto with = [](ebm::Persistent start) { return ebm::ContrastiveDivergence{ebm::Mala{}, start}; };
  CHECK_THROWS_MATCHES(with({.chains = 0}), ebm::ValueError, Message("chains: 0, wanted at least 1"));
  CHECK_THROWS_MATCHES(with({.steps = 0}), ebm::ValueError, Message("steps: 0, wanted at least 1"));
  CHECK_THROWS_MATCHES(with({.moved = -1}), ebm::ValueError, Message("moved: -1, wanted at least 0"));
  CHECK_THROWS_MATCHES(with({.jumps = -1}), ebm::ValueError, Message("jumps: -1, wanted at least 0"));
  CHECK_THROWS_MATCHES(with({.centres = -1}), ebm::ValueError, Message("centres: -1, wanted at least 0"));
  CHECK_THROWS_MATCHES(with({.reinitialised = 1.5}), ebm::ValueError, Message("reinitialised: 1.5, wanted 0 to 1"));
  CHECK_THROWS_AS(with({.reinitialised = std::nan("")}), ebm::ValueError);
  CHECK_THROWS_MATCHES((ebm::ContrastiveDivergence{ebm::Mala{}, ebm::FromData{.steps = 0}}), ebm::ValueError,
                       Message("steps: 0, wanted at least 1"));
  CHECK_THROWS_MATCHES((ebm::ContrastiveDivergence{ebm::Mala{}, ebm::FromData{}, {.energy_regularisation = -0.1}}),
                       ebm::ValueError, Message("energy_regularisation: -0.1, wanted at least 0"));
}

TEST_CASE("what is left out is the natural kernel and persistent chains") {
  STATIC_REQUIRE(std::is_same_v<decltype(ebm::ContrastiveDivergence{}),
                                ebm::ContrastiveDivergence<ebm::NaturalKernel, ebm::Persistent>>);
  STATIC_REQUIRE(std::is_same_v<decltype(ebm::ContrastiveDivergence{ebm::FromData{}}),
                                ebm::ContrastiveDivergence<ebm::NaturalKernel, ebm::FromData>>);
  STATIC_REQUIRE(std::is_same_v<decltype(ebm::ContrastiveDivergence{ebm::Sgld{}, ebm::Persistent{}}),
                                ebm::ContrastiveDivergence<ebm::Sgld, ebm::Persistent>>);
  STATIC_REQUIRE(
      std::is_same_v<decltype(ebm::ContrastiveDivergence{ebm::Sgld{}, ebm::FromData{}, {.energy_regularisation = 0.1}}),
                     ebm::ContrastiveDivergence<ebm::Sgld, ebm::FromData>>);
  STATIC_REQUIRE(std::is_same_v<decltype(ebm::ContrastiveDivergence{ebm::Persistent{}, {.energy_regularisation = 0.1}}),
                                ebm::ContrastiveDivergence<ebm::NaturalKernel, ebm::Persistent>>);
  STATIC_REQUIRE(std::is_same_v<decltype(ebm::resolve_kernel<ebm::NaturalKernel, Quadratic>({})), ebm::Mala>);
  STATIC_REQUIRE(ebm::Objective<ebm::ContrastiveDivergence<>, Quadratic>);
}

namespace {

// |x|^2 / 2, but no number beyond x_0 = 1, while `broken`.
struct Cliff {
  using Scalar = float;
  static constexpr int dim = 2;
  bool broken = true;
  float parameter = 1;

  template <class V>
  V lane_value_and_gradient(const std::array<V, 2>& x, std::array<V, 2>& gradient) const {
    gradient = x;
    const V value = V(0.5f) * fma(x[0], x[0], x[1] * x[1]);
    return broken ? select(x[0] > V(1.0f), V(std::numeric_limits<float>::quiet_NaN()), value) : value;
  }
  template <class V>
  V lane_value(const std::array<V, 2>& x) const {
    std::array<V, 2> gradient;
    return lane_value_and_gradient(x, gradient);
  }
  std::span<const float> parameters() const { return {&parameter, 1}; }
  void set_parameters(std::span<const float> theta) { parameter = theta[0]; }
  void add_parameter_gradient(ebm::TileSpan<const float, 2> x, ebm::LanesSpan<const float>,
                              ebm::LanesSpan<float> values, std::span<float>, ebm::Workspace& workspace) const {
    ebm::evaluate(*this, x, values, workspace);
  }
};

}  // namespace

TEST_CASE("chains that failed are those of the iteration") {
  Batch<float, 2> batch(ebm::Points<float, 2>(ebm::Points<float, 2>::Zero(64, 2)));
  ebm::FlatVector<float> gradient(std::size_t{1});
  ebm::Serial executor;
  ebm::Rng rng(1);
  const ebm::ContrastiveDivergence objective{ebm::Sgld{.step_size = 0.1}, ebm::Persistent{.chains = 64}};
  Cliff energy;
  auto estimator = objective.estimator(energy, batch.view(), rng, 1);
  const ebm::Index failed = estimator.estimate(energy, batch.view(), 0, gradient, executor).failed_chains;
  CHECK(failed > 10);
  CHECK(failed <= 64);
  energy.broken = false;
  CHECK(estimator.estimate(energy, batch.view(), 1, gradient, executor).failed_chains == 0);
}
