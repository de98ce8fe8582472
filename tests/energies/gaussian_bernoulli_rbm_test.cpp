#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/gaussian_bernoulli_rbm.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/samplers/sample.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "support/catch.hpp"
#include "support/statistics.hpp"

namespace {

static_assert(ebm::GibbsEnergy<ebm::GaussianBernoulliRbm<float>>);
static_assert(ebm::DifferentiableEnergy<ebm::GaussianBernoulliRbm<double>>);
static_assert(ebm::TrainableEnergy<ebm::GaussianBernoulliRbm<double>>);
static_assert(!ebm::DiscreteEnergy<ebm::GaussianBernoulliRbm<double>>);

// A machine of given size whose parameters are all different, variances from 0.3 to 1.2.
template <class S>
ebm::GaussianBernoulliRbm<S> machine(ebm::Index visible, ebm::Index hidden, double scale = 1) {
  Eigen::MatrixXd w(visible, hidden);
  Eigen::VectorXd mu(visible), c(hidden), variance(visible);
  for (ebm::Index i = 0; i < visible; ++i) {
    for (ebm::Index j = 0; j < hidden; ++j) w(i, j) = scale * std::sin(1.0 + 3.0 * double(i) + 7.0 * double(j));
    mu(i) = std::cos(2.0 * double(i));
    variance(i) = 0.75 + 0.45 * std::sin(5.0 * double(i) + 1);
  }
  for (ebm::Index j = 0; j < hidden; ++j) c(j) = 0.7 * std::sin(2.0 * double(j) + 1);
  return {w, mu, c, variance};
}

// E(v, h) as the formula has it; bit j of the state is h_j.
template <class Rbm, class Row>
double joint_energy(const Rbm& rbm, const Row& v, int state) {
  double energy = 0;
  for (ebm::Index i = 0; i < rbm.visible(); ++i)
    energy += (v(i) - rbm.mean(i)) * (v(i) - rbm.mean(i)) / (2 * rbm.variance(i));
  for (ebm::Index j = 0; j < rbm.hidden(); ++j) {
    if (((state >> j) & 1) == 0) continue;
    energy -= rbm.hidden_bias(j);
    for (ebm::Index i = 0; i < rbm.visible(); ++i) energy -= v(i) / rbm.variance(i) * rbm.weight(i, j);
  }
  return energy;
}

template <class Rbm, class Row>
double free_energy(const Rbm& rbm, const Row& v, double beta = 1) {
  double sum = 0;
  for (int state = 0; state < 1 << rbm.hidden(); ++state) sum += std::exp(-beta * joint_energy(rbm, v, state));
  return -std::log(sum);
}

// The mixture of Gaussians that p(v) is: weights and means of its components.
struct Mixture {
  std::vector<double> weights;
  std::vector<Eigen::VectorXd> means;

  template <class Rbm>
  explicit Mixture(const Rbm& rbm) {
    double total = 0;
    for (int state = 0; state < 1 << rbm.hidden(); ++state) {
      Eigen::VectorXd mean(rbm.visible());
      double log_weight = 0;
      for (ebm::Index j = 0; j < rbm.hidden(); ++j) log_weight += ((state >> j) & 1) * rbm.hidden_bias(j);
      for (ebm::Index i = 0; i < rbm.visible(); ++i) {
        mean(i) = rbm.mean(i);
        for (ebm::Index j = 0; j < rbm.hidden(); ++j) mean(i) += ((state >> j) & 1) * rbm.weight(i, j);
        log_weight += (mean(i) * mean(i) - rbm.mean(i) * rbm.mean(i)) / (2 * rbm.variance(i));
      }
      weights.push_back(std::exp(log_weight));
      means.push_back(mean);
      total += weights.back();
    }
    for (double& weight : weights) weight /= total;
  }

  template <class Rbm>
  ebm::Points<double> sample(const Rbm& rbm, ebm::Index count, ebm::Rng& rng) const {
    const ebm::Stream stream = rng.stream();
    ebm::Points<double> points(count, rbm.visible());
    for (ebm::Index row = 0; row < count; ++row) {
      const auto id = static_cast<std::uint32_t>(row);
      double rest = stream.uniform(id, 0);
      std::size_t k = 0;
      while (k + 1 < weights.size() && rest >= weights[k]) rest -= weights[k++];
      for (ebm::Index i = 0; i < rbm.visible(); ++i)
        points(row, i) = means[k](i) + std::sqrt(rbm.variance(i)) * stream.normal(id, static_cast<std::uint64_t>(i));
    }
    return points;
  }
};

ebm::Points<double> spread_points(ebm::Index rows, ebm::Index cols) {
  ebm::Rng rng{7};
  const ebm::Stream stream = rng.stream();
  ebm::Points<double> points(rows, cols);
  for (ebm::Index i = 0; i < points.size(); ++i) points.data()[i] = 1.5 * stream.normal(0, std::uint64_t(i));
  return points;
}

// The largest score of all first and second moments of the points against the exact ones of the mixture.
template <class Rbm>
double moment_score(const Rbm& rbm, const ebm::Points<double>& points) {
  const Mixture exact(rbm);
  double worst = 0;
  for (ebm::Index i = 0; i < rbm.visible(); ++i) {
    for (ebm::Index j = 0; j <= i; ++j) {
      double first = 0, second = 0;
      for (std::size_t k = 0; k < exact.weights.size(); ++k) {
        first += exact.weights[k] * exact.means[k](i);
        second += exact.weights[k] * (exact.means[k](i) * exact.means[k](j) + (i == j ? rbm.variance(i) : 0));
      }
      const Eigen::VectorXd products = points.col(i).cwiseProduct(points.col(j));
      worst = std::max({worst, std::abs(statistics::Moments(points.col(i)).mean_score(first)),
                        std::abs(statistics::Moments(products).mean_score(second))});
    }
  }
  return worst;
}

// Exact draws after one sweep of another machine, at the same places if it is the same.
template <class Rbm>
ebm::Points<double> swept(const Rbm& rbm, const ebm::Points<double>& points, ebm::Rng& rng) {
  using Scalar = typename Rbm::Scalar;
  const ebm::Points<Scalar> start = points.cast<Scalar>();
  return ebm::sample(rbm, ebm::Gibbs{}, {.chains = points.rows(), .steps = 1, .warmup = 0, .initial = start}, rng)
      .points.template cast<double>();
}

}  // namespace

TEST_CASE("The free energy sums the hidden units out", "[gaussian_bernoulli_rbm]") {
  for (const auto& [visible, hidden] : {std::pair{1, 1}, {3, 4}, {5, 9}}) {
    const auto rbm = machine<double>(visible, hidden);
    const auto points = spread_points(40, visible);
    const auto values = ebm::energies(rbm, points);
    for (ebm::Index row = 0; row < 40; ++row)
      CHECK(values(row) == Approx(free_energy(rbm, points.row(row))).epsilon(1e-9).margin(1e-9));
  }
}

TEST_CASE("A temperature is that of the joint distribution", "[gaussian_bernoulli_rbm]") {
  const auto rbm = machine<double>(3, 4);
  const auto points = spread_points(8, 3);
  ebm::Workspace workspace;
  const auto x = workspace.tiles<double, ebm::Dynamic>(1, 3);
  const auto values = workspace.tiles<double, 1>(1, 1);
  ebm::pack_rows(points, x);
  rbm.value_at(x, 0.3, values, workspace);
  for (ebm::Index row = 0; row < 8; ++row)
    CHECK(values.data()[row] == Approx(free_energy(rbm, points.row(row), 0.3)).epsilon(1e-9));
}

TEMPLATE_TEST_CASE("Gradients in points and parameters belong to the values", "[gaussian_bernoulli_rbm]", float,
                   double) {
  const auto rbm = machine<TestType>(5, 20, 0.5);
  const auto points = spread_points(37, 5);
  CHECK(ebm::check_gradient(rbm, points));
  Eigen::VectorXd weights(37);
  for (ebm::Index i = 0; i < 37; ++i) weights(i) = std::cos(double(i));
  CHECK(ebm::check_parameter_gradient(rbm, points, weights));
}

TEST_CASE("log Z is the integral of exp(-E)", "[gaussian_bernoulli_rbm]") {
  // The trapezoidal rule, exact for sums of Gaussians up to exp(-2 (pi s / step)^2).
  const auto line = machine<double>(1, 5), plane = machine<double>(2, 3);
  const double step = 0.1;
  ebm::Points<double> x(400, 1);
  for (ebm::Index i = 0; i < 400; ++i) x(i, 0) = step * (double(i) - 200);
  CHECK(line.log_partition() == Approx(std::log(step * (-ebm::energies(line, x).array()).exp().sum())).epsilon(1e-10));
  ebm::Points<double> xy(400 * 400, 2);
  for (ebm::Index i = 0; i < 400 * 400; ++i)
    xy.row(i) << step * (double(i % 400) - 200), step * (double(i / 400) - 200);
  CHECK(plane.log_partition() ==
        Approx(std::log(step * step * (-ebm::energies(plane, xy).array()).exp().sum())).epsilon(1e-10));
}

TEST_CASE("log Z of many hidden units is that of the mixture", "[gaussian_bernoulli_rbm]") {
  const auto rbm = machine<double>(4, 14, 0.3);
  double largest = -1e300, sum = 0;
  std::vector<double> log_weights;
  for (int state = 0; state < 1 << 14; ++state) {
    double log_weight = 0;
    for (ebm::Index j = 0; j < 14; ++j) log_weight += ((state >> j) & 1) * rbm.hidden_bias(j);
    for (ebm::Index i = 0; i < 4; ++i) {
      double mean = rbm.mean(i);
      for (ebm::Index j = 0; j < 14; ++j) mean += ((state >> j) & 1) * rbm.weight(i, j);
      log_weight += (mean * mean - rbm.mean(i) * rbm.mean(i)) / (2 * rbm.variance(i));
    }
    log_weights.push_back(log_weight);
    largest = std::max(largest, log_weight);
  }
  for (const double w : log_weights) sum += std::exp(w - largest);
  double constant = 0;
  for (ebm::Index i = 0; i < 4; ++i) constant += 0.5 * std::log(2 * 3.14159265358979323846 * rbm.variance(i));
  CHECK(rbm.log_partition() == Approx(largest + std::log(sum) + constant).epsilon(1e-11));
}

// Of 12 moments the largest score exceeds 5.7 by chance with a probability below 2e-7.
TEMPLATE_TEST_CASE("A Gibbs sweep leaves the distribution as it is", "[gaussian_bernoulli_rbm]", float, double) {
  const auto rbm = machine<TestType>(3, 4);
  ebm::Rng rng{11};
  const auto exact = Mixture(rbm).sample(rbm, 100000, rng);
  REQUIRE(moment_score(rbm, exact) < 5.7);
  CHECK(moment_score(rbm, swept(rbm, exact, rng)) < 5.7);

  // From draws of another machine one sweep does not lead here; the sweep of another machine leads away.
  const auto other = machine<TestType>(3, 4, 0.9);
  CHECK(moment_score(rbm, swept(other, exact, rng)) > 20);
  auto wider = rbm;
  std::vector<TestType> theta(rbm.parameters().begin(), rbm.parameters().end());
  theta.back() += TestType(0.7);
  wider.set_parameters(theta);
  CHECK(moment_score(rbm, swept(wider, exact, rng)) > 10);
}

TEST_CASE("Long Gibbs chains forget where they started", "[gaussian_bernoulli_rbm]") {
  const auto rbm = machine<float>(3, 4, 0.5);
  ebm::Rng rng{12};
  const auto draws = ebm::sample(rbm, ebm::Gibbs{}, {.chains = 40000, .steps = 1, .warmup = 100}, rng);
  CHECK(moment_score(rbm, draws.points.cast<double>()) < 5.7);
}

TEST_CASE("Gibbs sweeps at a temperature draw from the tempered joint distribution", "[gaussian_bernoulli_rbm]") {
  // exp(-beta E) is the machine of variances s^2 / beta and hidden biases beta c, with the same weights and means.
  const auto rbm = machine<double>(2, 3, 0.6);
  const double beta = 0.5;
  Eigen::MatrixXd w(2, 3);
  Eigen::VectorXd mu(2), c(3), variance(2);
  for (ebm::Index i = 0; i < 2; ++i) {
    for (ebm::Index j = 0; j < 3; ++j) w(i, j) = rbm.weight(i, j), c(j) = beta * rbm.hidden_bias(j);
    mu(i) = rbm.mean(i), variance(i) = rbm.variance(i) / beta;
  }
  const ebm::GaussianBernoulliRbm<double> tempered(w, mu, c, variance);
  ebm::Rng rng{13};
  const auto draws =
      ebm::sample(rbm, ebm::Gibbs{.temperature = 1 / beta}, {.chains = 40000, .steps = 1, .warmup = 60}, rng);
  CHECK(moment_score(tempered, draws.points) < 5.7);
  CHECK(moment_score(rbm, draws.points) > 20);
}

TEST_CASE("Training by persistent chains fits a mixture, its variances too", "[gaussian_bernoulli_rbm]") {
  // Eight Gaussians in four dimensions, which a machine of three hidden units can be; far from the origin.
  Eigen::MatrixXd w(4, 3);
  w << 3, 1, 0, -2, 2, 0, 0, 1.5, 2, 1, 0, -2;
  const Eigen::Vector4d mu(8.5, 10.5, 12, 10), variance(0.5, 0.3, 0.8, 0.4);
  Eigen::Vector3d c = Eigen::Vector3d::Zero();
  for (int j = 0; j < 3; ++j) {
    for (int i = 0; i < 4; ++i)
      c(j) -= ((mu(i) + w(i, j)) * (mu(i) + w(i, j)) - mu(i) * mu(i)) / (2 * variance(i));  // makes them equally likely
  }
  const ebm::GaussianBernoulliRbm<double> truth(w, mu, c, variance);
  ebm::Rng rng{14};
  const auto data = Mixture(truth).sample(truth, 5000, rng);
  const auto nll = [&](const auto& rbm) {
    return ebm::energies(rbm, data).template cast<double>().mean() + rbm.log_partition();
  };
  ebm::Trainer trainer{ebm::GaussianBernoulliRbm<float>{4, 6, rng},
                       ebm::ContrastiveDivergence{ebm::Gibbs{}, ebm::Persistent{.chains = 256, .steps = 5}},
                       ebm::Adam{.learning_rate = 1e-2}};
  trainer.fit(data, {.iterations = 6000, .batch_size = 256}, rng);
  CHECK(nll(trainer.energy()) < nll(truth) + 0.05);
}

TEST_CASE("Offsets change the energy by a constant, and log Z with it", "[gaussian_bernoulli_rbm]") {
  ebm::Rng rng{15};
  ebm::GaussianBernoulliRbm<double> rbm(3, 5, rng, {.weight_sd = 0.8, .variance = 0.6});
  rbm.initialise_from(ebm::Values<double>(Eigen::Vector3d(3, -2, 0.5)));
  CHECK(rbm.mean(0) != Approx(3));
  const auto points = spread_points(30, 3);
  const auto values = ebm::energies(rbm, points);
  Eigen::MatrixXd w(3, 5);
  Eigen::VectorXd mu(3), c(5), variance(3);
  for (ebm::Index i = 0; i < 3; ++i) {
    for (ebm::Index j = 0; j < 5; ++j) w(i, j) = rbm.weight(i, j), c(j) = rbm.hidden_bias(j);
    mu(i) = rbm.mean(i), variance(i) = rbm.variance(i);
  }
  const ebm::GaussianBernoulliRbm<double> plain(w, mu, c, variance);
  const double constant = rbm.log_partition() - plain.log_partition();
  CHECK(std::abs(constant) > 0.01);
  for (ebm::Index row = 0; row < 30; ++row)
    CHECK(values(row) + constant == Approx(free_energy(rbm, points.row(row))).epsilon(1e-9));
  CHECK(ebm::check_gradient(rbm, points));
  CHECK(ebm::check_parameter_gradient(rbm, points, Eigen::VectorXd::LinSpaced(30, -1, 2)));
  CHECK((rbm.hidden_probabilities(points) - plain.hidden_probabilities(points)).cwiseAbs().maxCoeff() < 1e-12);

  const auto exact = Mixture(rbm).sample(rbm, 50000, rng);
  CHECK(moment_score(rbm, swept(rbm, exact, rng)) < 5.7);
  rbm.initialise_from(ebm::Values<double>(Eigen::Vector3d(0, 0, 0)));  // too late
  CHECK(ebm::energies(rbm, points) == values);
}

TEST_CASE("Errors name what is wrong", "[gaussian_bernoulli_rbm]") {
  ebm::Rng rng{1};
  CHECK_THROWS_AS((ebm::GaussianBernoulliRbm<float>{0, 3, rng}), ebm::ValueError);
  CHECK_THROWS_AS((ebm::GaussianBernoulliRbm<float>{3, 3, rng, {.variance = 0}}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::GaussianBernoulliRbm<float>(Eigen::MatrixXd::Zero(2, 2), Eigen::Vector2d::Zero(),
                                                   Eigen::Vector2d::Zero(), Eigen::Vector2d(1, -1)),
                  ebm::ValueError);
  CHECK_THROWS_AS(ebm::GaussianBernoulliRbm<float>(Eigen::MatrixXd::Zero(2, 2), Eigen::Vector2d::Zero(),
                                                   Eigen::Vector2d::Zero(), Eigen::Vector3d(1, 1, 1)),
                  ebm::ShapeError);
  const Eigen::MatrixXd weights = Eigen::MatrixXd::Zero(2, 3);
  const Eigen::Vector2d ones(1, 1), endless(1, INFINITY);
  const Eigen::Vector3d biases(0, 0, 0);
  using Rbm = ebm::GaussianBernoulliRbm<float>;
  CHECK_THROWS_WITH(Rbm(weights, biases, biases, ones), Catch::Matchers::ContainsSubstring("means: shape 3 x 1"));
  CHECK_THROWS_WITH(Rbm(weights, endless, biases, ones), Catch::Matchers::ContainsSubstring("means: inf at row 1"));
  CHECK_THROWS_AS((ebm::GaussianBernoulliRbm<float>{2, 31, rng}.log_partition()), ebm::ValueError);
}
