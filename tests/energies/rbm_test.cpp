#include <ebm/energies/rbm.hpp>

#include <ebm/energies/check_gradient.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/samplers/gibbs.hpp>

#include "objectives/minibatch.hpp"
#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"
#include "support/statistics.hpp"

using namespace ebm;
using exact_transitions::Matrix;

namespace {

// W_ij = .5 sin(1 + 3 i + 7 j), b_i = .3 cos i, c_j = .2 sin 2 j.
template <class S>
BernoulliRbm<S> deterministic(Index visible, Index hidden) {
  Eigen::MatrixXd w(visible, hidden);
  Eigen::VectorXd b(visible), c(hidden);
  for (Index i = 0; i < visible; ++i) {
    b(i) = .3 * std::cos(static_cast<double>(i));
    for (Index j = 0; j < hidden; ++j) w(i, j) = .5 * std::sin(static_cast<double>(1 + 3 * i + 7 * j));
  }
  for (Index j = 0; j < hidden; ++j) c(j) = .2 * std::sin(static_cast<double>(2 * j));
  return BernoulliRbm<S>(w, b, c);
}

template <class S>
BernoulliRbm<S> centred(Index visible, Index hidden, double weight_sd, std::uint64_t seed = 3) {
  Rng rng{seed};
  BernoulliRbm<S> rbm(visible, hidden, rng, {.weight_sd = weight_sd});
  Values<double> mean(visible);
  for (Index i = 0; i < visible; ++i) mean(i) = 0.15 + 0.7 * static_cast<double>(i) / static_cast<double>(visible);
  rbm.initialise_from(mean);
  return rbm;
}

template <class S>
double log_partition(const BernoulliRbm<S>& rbm) {
  const auto e = energies(rbm, small_discrete::all_states<S>(rbm.visible(), kBits));
  double sum = 0;
  for (Index k = 0; k < e.size(); ++k) sum += std::exp(-static_cast<double>(e(k)));
  return std::log(sum);
}

// -log sum_h exp(-E(v, h)) by enumeration of the hidden units.
template <class S, class Row>
double free_energy(const BernoulliRbm<S>& rbm, const Row& v, double beta = 1) {
  double sum = 0;
  for (Index h = 0; h < Index{1} << rbm.hidden(); ++h) {
    double energy = 0;
    for (Index i = 0; i < rbm.visible(); ++i) energy -= rbm.visible_bias(i) * static_cast<double>(v(i));
    for (Index j = 0; j < rbm.hidden(); ++j) {
      if (!((h >> j) & 1)) continue;
      energy -= rbm.hidden_bias(j);
      for (Index i = 0; i < rbm.visible(); ++i) energy -= rbm.weight(i, j) * static_cast<double>(v(i));
    }
    sum += std::exp(-beta * energy);
  }
  return -std::log(sum);
}

// P(v' | v) = sum_h p(h | v) p(v' | h) from the parameters, by plain loops.
template <class S>
Matrix sweep_matrix(const BernoulliRbm<S>& rbm, double beta) {
  const auto v = small_discrete::all_states<double>(rbm.visible(), kBits),
             h = small_discrete::all_states<double>(rbm.hidden(), kBits);
  const auto bernoulli = [&](double on, double a) {
    const double p = 1 / (1 + std::exp(-beta * a));
    return on > 0 ? p : 1 - p;
  };
  Matrix up(v.rows(), h.rows()), down(h.rows(), v.rows());
  for (Index a = 0; a < v.rows(); ++a) {
    for (Index b = 0; b < h.rows(); ++b) {
      up(a, b) = down(b, a) = 1;
      for (Index j = 0; j < rbm.hidden(); ++j) {
        double sum = rbm.hidden_bias(j);
        for (Index i = 0; i < rbm.visible(); ++i) sum += rbm.weight(i, j) * v(a, i);
        up(a, b) *= bernoulli(h(b, j), sum);
      }
      for (Index i = 0; i < rbm.visible(); ++i) {
        double sum = rbm.visible_bias(i);
        for (Index j = 0; j < rbm.hidden(); ++j) sum += rbm.weight(i, j) * h(b, j);
        down(b, a) *= bernoulli(v(a, i), sum);
      }
    }
  }
  return up * down;
}

Points<double> real_points(Index rows, Index cols) {
  const Stream stream(8);
  Points<double> points(rows, cols);
  for (Index i = 0; i < points.size(); ++i) points.data()[i] = stream.normal(0, static_cast<std::uint64_t>(i));
  return points;
}

// The parameter gradient under weights of both signs.
template <class E>
bool passes(const E& energy, const Points<double>& points) {
  Values<double> weights(points.rows());
  for (Index r = 0; r < weights.size(); ++r) weights(r) = std::cos(static_cast<double>(2 * r));
  return check_parameter_gradient(energy, points, weights).passed;
}

}  // namespace

static_assert(DiscreteEnergy<BernoulliRbm<float>> && GibbsEnergy<BernoulliRbm<float>>);
static_assert(TrainableEnergy<BernoulliRbm<double>> && DifferentiableEnergy<BernoulliRbm<double>>);

TEST_CASE("log Z of the deterministic machines", "[rbm]") {
  CHECK(log_partition(deterministic<double>(6, 4)) == Approx(7.405922288899).epsilon(0).margin(1e-9));
  CHECK(log_partition(deterministic<double>(12, 8)) == Approx(14.402735860894).epsilon(0).margin(1e-9));
  CHECK(log_partition(deterministic<float>(12, 8)) == Approx(14.402735860894).epsilon(0).margin(1e-5));
}

TEMPLATE_TEST_CASE("free energies are those of the enumerated hidden units", "[rbm]", float, double) {
  // Sizes at and off the edges of lines and blocks.
  const Index visible = GENERATE(1, 8, 17, 70), hidden = GENERATE(1, 9);
  const auto rbm = centred<TestType>(visible, hidden, 0.6);
  Points<TestType, Dynamic> v(5, visible);
  for (Index i = 0; i < v.size(); ++i) v.data()[i] = (i * i + i / 3) % 3 == 0 ? TestType(1) : TestType(0);
  v.row(4).setConstant(TestType(0.25));  // real states are in order
  const auto e = energies(rbm, v);
  Workspace workspace;
  const auto x = workspace.tiles<TestType, Dynamic>(1, visible);
  const auto values = workspace.tiles<TestType, 1>(1, 1);
  pack_rows(v, x);
  rbm.value_at(x, 0.0, values, workspace);
  CHECK(static_cast<double>(values.data()[0]) ==
        Approx(-std::log(2.0) * static_cast<double>(hidden)).epsilon(0).margin(1e-5));
  rbm.value_at(x, 0.3, values, workspace);
  const double tolerance = sizeof(TestType) == 8 ? 1e-10 : 2e-4;
  for (Index row = 0; row < v.rows(); ++row) {
    CHECK(static_cast<double>(e(row)) == Approx(free_energy(rbm, v.row(row))).epsilon(0).margin(tolerance));
    CHECK(static_cast<double>(values.data()[row]) ==
          Approx(free_energy(rbm, v.row(row), 0.3)).epsilon(0).margin(tolerance));
  }
}

TEST_CASE("many hidden units do not overflow the free energy", "[rbm]") {
  const Index hidden = 5000;
  const BernoulliRbm<float> rbm(Eigen::MatrixXd::Zero(2, hidden), Eigen::VectorXd::Zero(2),
                                Eigen::VectorXd::Constant(hidden, 0.5));
  const auto e = energies(rbm, Points<float, Dynamic>::Ones(1, 2));
  CHECK(static_cast<double>(e(0)) == Approx(-5000 * std::log1p(std::exp(0.5))).epsilon(1e-5));
}

TEST_CASE("gradients belong to the values", "[rbm]") {
  const auto rbm = centred<double>(19, 35, 0.5);
  CHECK(check_gradient(rbm, real_points(6, 19)).passed);
  CHECK(passes(rbm, real_points(6, 19)));
  CHECK(passes(rbm, small_discrete::all_states<double>(19, kBits).topRows(20).eval()));
  CHECK(passes(deterministic<double>(7, 70), small_discrete::all_states<double>(7, kBits)));
}

TEST_CASE("a visible bias without its gradient is caught", "[rbm]") {
  struct Forgetful : BernoulliRbm<double> {
    using BernoulliRbm<double>::BernoulliRbm;
    void add_parameter_gradient(TileSpan<const double, Dynamic> x, LanesSpan<const double> weights,
                                LanesSpan<double> values, std::span<double> gradient, Workspace& workspace) const {
      const auto bias = static_cast<std::size_t>(visible() * hidden());
      const double before = gradient[bias];
      BernoulliRbm<double>::add_parameter_gradient(x, weights, values, gradient, workspace);
      gradient[bias] = before;
    }
  };
  Rng rng{1};
  CHECK_FALSE(passes(Forgetful(5, 3, rng), real_points(6, 5)));
}

TEST_CASE("offsets leave the energy's form as it is", "[rbm]") {
  const auto rbm = centred<double>(6, 4, 0.7);
  Eigen::MatrixXd w(6, 4);
  Eigen::VectorXd b(6), c(4);
  for (Index i = 0; i < 6; ++i) {
    b(i) = rbm.visible_bias(i);
    for (Index j = 0; j < 4; ++j) w(i, j) = rbm.weight(i, j);
  }
  for (Index j = 0; j < 4; ++j) c(j) = rbm.hidden_bias(j);
  const auto all = small_discrete::all_states<double>(6, kBits);
  CHECK((energies(rbm, all) - energies(BernoulliRbm<double>(w, b, c), all)).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("the machine starts from the mean of the data, once", "[rbm]") {
  Rng rng{2};
  BernoulliRbm<double> rbm(3, 4, rng, {.weight_sd = 0});
  const Values<double> mean = Eigen::Vector3d(0.0, 0.3, 1.0), other = Eigen::Vector3d(0.5, 0.5, 0.5);
  rbm.initialise_from(mean);
  CHECK(rbm.visible_bias(0) == Approx(std::log(0.02 / 0.98)));
  CHECK(rbm.visible_bias(1) == Approx(std::log(0.3 / 0.7)));
  CHECK(rbm.visible_bias(2) == Approx(std::log(0.98 / 0.02)));
  rbm.initialise_from(other);
  CHECK(rbm.visible_bias(1) == Approx(std::log(0.3 / 0.7)));
  BernoulliRbm<double> plain(3, 4, rng, {.weight_sd = 0, .centred = false}), set(3, 4, rng);
  plain.initialise_from(mean);
  CHECK(plain.visible_bias(1) == Approx(std::log(0.3 / 0.7)));
  set.set_parameters(std::vector<double>(set.parameters().size(), 0.25));
  set.initialise_from(mean);
  CHECK(set.parameters()[13] == 0.25);
  auto given = deterministic<double>(3, 2);
  given.initialise_from(mean);
  CHECK(given.visible_bias(1) == Approx(.3 * std::cos(1.0)));
}

TEST_CASE("a Gibbs sweep has the transition matrix of its conditionals", "[rbm]") {
  for (const double temperature : {1.0, 1.7}) {
    const auto rbm = centred<double>(4, 3, 1.5);
    const Matrix exact = sweep_matrix(rbm, 1 / temperature);
    const auto all = small_discrete::all_states<double>(4, kBits);
    Values<double> tempered(all.rows());
    for (Index k = 0; k < all.rows(); ++k) tempered(k) = free_energy(rbm, all.row(k), 1 / temperature);
    const Values<double> p = small_discrete::probabilities(tempered);
    CHECK(exact_transitions::invariance_error(p, exact) < 1e-12);
    CHECK(exact_transitions::balance_error(p, exact) < 1e-12);
    const Index chains = 20000;
    const Matrix found = exact_transitions::frequencies(rbm, Gibbs{.temperature = temperature}, 0, chains, 11);
    const double bound = exact_transitions::deviation_bound(exact);
    CHECK(exact_transitions::largest_deviation(found, exact, chains) < bound);
    CHECK(exact_transitions::largest_deviation(found, sweep_matrix(rbm, 1.2 / temperature), chains) > bound);
    CHECK(
        exact_transitions::largest_deviation(
            exact_transitions::frequencies(centred<float>(4, 3, 1.5), Gibbs{.temperature = temperature}, 0, chains, 12),
            exact, chains) < bound);
  }
}

TEST_CASE("one step of contrastive divergence has the expected gradient of the enumeration", "[rbm]") {
  // At each row of data v: dE(v) - sum_v' P^k(v' | v) dE(v'), P being the sweep.
  const auto rbm = centred<double>(4, 3, 1.0);
  const auto all = small_discrete::all_states<double>(4, kBits);
  const Index repeats = 4000;
  const Index k = GENERATE(1, 3);
  Points<double> data(3 * repeats, 4);
  for (Index r = 0; r < data.rows(); ++r) data.row(r) = all.row(5 * (r % 3) + 2);
  objectives::Batch<double, Dynamic> batch(data);
  Rng rng{6};
  auto estimator = ContrastiveDivergence{Gibbs{}, FromData{.steps = k}}.estimator(rbm, batch.view(), rng, 1);
  FlatVector<double> gradient(rbm.parameters().size());
  Serial serial;
  estimator.estimate(rbm, batch.view(), 0, gradient, serial);

  Matrix chain = Matrix::Identity(16, 16);
  for (Index step = 0; step < k; ++step) chain = chain * sweep_matrix(rbm, 1.0);
  const auto gradients_at = [&](Index row) {
    Workspace workspace;
    const auto x = workspace.tiles<double, Dynamic>(1, 4);
    const auto w = workspace.tiles<double, 1>(1, 1), values = workspace.tiles<double, 1>(1, 1);
    pack_rows(all.row(row), x);
    std::fill_n(w.data(), kLanes<double>, 0.0);
    w.data()[0] = 1;
    std::vector<double> g(gradient.size(), 0.0);
    rbm.add_parameter_gradient(x, w, values, g, workspace);
    return g;
  };
  std::vector<std::vector<double>> each;
  for (Index row = 0; row < 16; ++row) each.push_back(gradients_at(row));
  double worst = 0, worst_reversed = 0;
  for (std::size_t p = 0; p < gradient.size(); ++p) {
    double mean = 0, square = 0, data_mean = 0;
    for (const Index row : {2, 7, 12}) {
      double first = 0, second = 0;
      for (Index to = 0; to < 16; ++to) {
        const double g = each[static_cast<std::size_t>(to)][p];
        first += chain(row, to) * g, second += chain(row, to) * g * g;
      }
      mean += first / 3, square += (second - first * first) / 9;
      data_mean += each[static_cast<std::size_t>(row)][p] / 3;
    }
    const double error = std::sqrt(square / static_cast<double>(repeats)) + 1e-12;
    worst = std::max(worst, std::abs(gradient.data()[p] - (data_mean - mean)) / error);
    worst_reversed = std::max(worst_reversed, std::abs(gradient.data()[p] - (mean - data_mean)) / error);
  }
  // 19 parameters, twice: above 6.5 by chance with a probability below 1e-8.
  CHECK(worst < 6.5);
  CHECK(worst_reversed > 6.5);
}

TEST_CASE("hidden probabilities are the logistic of the activations", "[rbm]") {
  const auto rbm = deterministic<double>(20, 70);
  const auto v = small_discrete::all_states<double>(20, kBits).middleRows(777, 300).eval();
  const auto p = rbm.hidden_probabilities(v);
  REQUIRE((p.rows() == 300 && p.cols() == 70));
  double worst = 0;
  for (Index r = 0; r < p.rows(); ++r) {
    for (Index j = 0; j < p.cols(); ++j) {
      double a = rbm.hidden_bias(j);
      for (Index i = 0; i < 20; ++i) a += rbm.weight(i, j) * v(r, i);
      worst = std::max(worst, std::abs(p(r, j) - 1 / (1 + std::exp(-a))));
    }
  }
  CHECK(worst < 1e-12);
}

TEST_CASE("a machine of nonsense is refused", "[rbm]") {
  Rng rng{1};
  CHECK_THROWS_WITH((BernoulliRbm<float>(0, 3, rng)), "visible: 0, wanted at least 1");
  CHECK_THROWS_WITH((BernoulliRbm<float>(3, 0, rng)), "hidden: 0, wanted at least 1");
  CHECK_THROWS_WITH(
      BernoulliRbm<float>(Eigen::MatrixXd::Zero(3, 2), Eigen::VectorXd::Zero(2), Eigen::VectorXd::Zero(2)),
      "visible_biases: shape 2 x 1, wanted 3 x 1");
  CHECK_THROWS_AS(
      BernoulliRbm<float>(Eigen::MatrixXd::Constant(3, 2, NAN), Eigen::VectorXd::Zero(3), Eigen::VectorXd::Zero(2)),
      ValueError);
}
