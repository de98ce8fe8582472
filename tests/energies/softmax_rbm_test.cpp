#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/softmax_rbm.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/samplers/sample.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "samplers/exact_transitions.hpp"
#include "support/catch.hpp"
#include "support/small_discrete.hpp"

namespace {

static_assert(ebm::GibbsEnergy<ebm::SoftmaxRbm<float>>);
static_assert(ebm::DiscreteEnergy<ebm::SoftmaxRbm<double>>);
static_assert(ebm::TrainableEnergy<ebm::SoftmaxRbm<double>>);

template <class S>
ebm::SoftmaxRbm<S> machine(ebm::Index sites, ebm::Index states, ebm::Index hidden, double scale = 1) {
  Eigen::MatrixXd w(sites * states, hidden);
  Eigen::VectorXd b(sites * states), c(hidden);
  for (ebm::Index u = 0; u < sites * states; ++u) {
    for (ebm::Index j = 0; j < hidden; ++j) w(u, j) = scale * std::sin(1.0 + 3.0 * double(u) + 7.0 * double(j));
    b(u) = 0.6 * scale * std::cos(2.0 * double(u));
  }
  for (ebm::Index j = 0; j < hidden; ++j) c(j) = 0.7 * scale * std::sin(2.0 * double(j) + 1);
  return {states, w, b, c};
}

// E(x, h) as the formula has it; bit j of the state is h_j.
template <class Rbm, class Row>
double joint_energy(const Rbm& rbm, const Row& x, int state) {
  double energy = 0;
  for (ebm::Index i = 0; i < rbm.sites(); ++i) energy -= rbm.visible_bias(i, ebm::Index(x(i)));
  for (ebm::Index j = 0; j < rbm.hidden(); ++j) {
    if (((state >> j) & 1) == 0) continue;
    energy -= rbm.hidden_bias(j);
    for (ebm::Index i = 0; i < rbm.sites(); ++i) energy -= rbm.weight(i, ebm::Index(x(i)), j);
  }
  return energy;
}

template <class Rbm, class Row>
double free_energy(const Rbm& rbm, const Row& x, double beta = 1) {
  double sum = 0;
  for (int state = 0; state < 1 << rbm.hidden(); ++state) sum += std::exp(-beta * joint_energy(rbm, x, state));
  return -std::log(sum);
}

// P(x' | x) of a sweep over all states, by enumeration of the hidden ones: sum_h p(h | x) p(x' | h).
template <class Rbm>
Eigen::MatrixXd sweep_matrix(const Rbm& rbm, const ebm::Points<double>& all, double beta = 1) {
  const int hidden_states = 1 << rbm.hidden();
  Eigen::MatrixXd joint(all.rows(), hidden_states);
  for (ebm::Index row = 0; row < all.rows(); ++row) {
    for (int h = 0; h < hidden_states; ++h) joint(row, h) = std::exp(-beta * joint_energy(rbm, all.row(row), h));
  }
  const Eigen::MatrixXd hidden_given = joint.array().colwise() / joint.rowwise().sum().array();
  const Eigen::MatrixXd visible_given = joint.array().rowwise() / joint.colwise().sum().array();
  return hidden_given * visible_given.transpose();
}

}  // namespace

TEST_CASE("The free energy of softmax units sums the hidden units out", "[softmax_rbm]") {
  for (const auto& [sites, states, hidden] : {std::array{1, 2, 1}, {3, 3, 4}, {2, 5, 9}}) {
    const auto rbm = machine<double>(sites, states, hidden);
    const auto all = small_discrete::all_states<double>(sites, rbm.states());
    const auto values = ebm::energies(rbm, all);
    double sum = 0;
    for (ebm::Index row = 0; row < all.rows(); ++row) {
      CHECK(values(row) == Approx(free_energy(rbm, all.row(row))).epsilon(1e-9).margin(1e-9));
      sum += std::exp(-values(row));
    }
    CHECK(rbm.log_partition() == Approx(std::log(sum)).epsilon(1e-11));
  }
}

TEST_CASE("With two states it is a Bernoulli machine", "[softmax_rbm]") {
  const auto rbm = machine<double>(5, 2, 3);
  Eigen::MatrixXd w(5, 3);
  Eigen::VectorXd b(5), c(3);
  double constant = 0;
  for (ebm::Index i = 0; i < 5; ++i) {
    b(i) = rbm.visible_bias(i, 1) - rbm.visible_bias(i, 0);
    constant -= rbm.visible_bias(i, 0);
  }
  for (ebm::Index j = 0; j < 3; ++j) {
    c(j) = rbm.hidden_bias(j);
    for (ebm::Index i = 0; i < 5; ++i) w(i, j) = rbm.weight(i, 1, j) - rbm.weight(i, 0, j), c(j) += rbm.weight(i, 0, j);
  }
  const auto all = small_discrete::all_states<double>(5, ebm::kBits);
  const ebm::Values<double> ours = ebm::energies(rbm, all),
                            theirs = ebm::energies(ebm::BernoulliRbm<double>(w, b, c), all);
  CHECK((ours.array() - constant - theirs.array()).abs().maxCoeff() < 1e-12);
}

TEMPLATE_TEST_CASE("The parameter gradient of softmax units belongs to the values", "[softmax_rbm]", float, double) {
  ebm::Rng rng{3};
  for (const auto& rbm :
       {machine<TestType>(4, 3, 20, 0.5), ebm::SoftmaxRbm<TestType>(4, 3, 20, rng, {.weight_sd = 0.5})}) {
    const auto all = small_discrete::all_states<TestType>(4, rbm.states());
    CHECK(ebm::check_parameter_gradient(rbm, all, Eigen::VectorXd::LinSpaced(all.rows(), -1, 2)));
  }
}

TEST_CASE("Offsets of softmax units change the energy by a constant", "[softmax_rbm]") {
  ebm::Rng rng{4};
  const ebm::SoftmaxRbm<double> rbm(3, 3, 4, rng, {.weight_sd = 1});
  const auto all = small_discrete::all_states<double>(3, rbm.states());
  const auto values = ebm::energies(rbm, all);
  const double constant = values(0) - free_energy(rbm, all.row(0));
  double sum = 0;
  for (ebm::Index row = 0; row < all.rows(); ++row) {
    CHECK(values(row) == Approx(free_energy(rbm, all.row(row)) + constant).epsilon(1e-9));
    sum += std::exp(-values(row));
  }
  CHECK(rbm.log_partition() == Approx(std::log(sum)).epsilon(1e-11));
}

TEST_CASE("A sweep over softmax units leaves the distribution as it is, and is the one of the conditionals",
          "[softmax_rbm]") {
  const auto rbm = machine<double>(3, 3, 4, 0.8);
  const auto all = small_discrete::all_states<double>(3, rbm.states());
  for (const double beta : {1.0, 0.4}) {
    const auto matrix = sweep_matrix(rbm, all, beta);
    ebm::Values<double> tempered(all.rows());
    for (ebm::Index row = 0; row < all.rows(); ++row) tempered(row) = free_energy(rbm, all.row(row), beta);
    const auto pi = small_discrete::probabilities(tempered);
    CHECK(exact_transitions::row_error(matrix) < 1e-12);
    CHECK(exact_transitions::invariance_error(pi, matrix) < 1e-12);
    CHECK(exact_transitions::balance_error(pi, matrix) < 1e-12);  // visible, hidden, visible: reversible as well

    const ebm::Index chains = 4000;
    const auto deviation = [&](const ebm::Gibbs& kernel, const Eigen::MatrixXd& exact) {
      return exact_transitions::largest_deviation(exact_transitions::frequencies(rbm, kernel, 0.1, chains, 9), exact,
                                                  chains);
    };
    const double bound = exact_transitions::deviation_bound(matrix);
    CHECK(deviation({.temperature = 1 / beta}, matrix) < bound);
    // Planted bugs: a somewhat weaker machine, and another temperature.
    CHECK(deviation({.temperature = 1 / beta}, sweep_matrix(machine<double>(3, 3, 4, 0.6), all, beta)) > bound);
    CHECK(deviation({.temperature = 1.2 / beta}, matrix) > bound);
  }
}

TEST_CASE("Training fits a distribution of three-state variables", "[softmax_rbm]") {
  // Five sites that are all in the same state, but for noise.
  ebm::Rng rng{5};
  const ebm::Stream stream = rng.stream();
  ebm::Points<float> data(3000, 5);
  for (std::uint32_t row = 0; row < 3000; ++row) {
    const auto state = stream.integer(row, 0, 3);
    for (int i = 0; i < 5; ++i) {
      const bool noisy = stream.uniform(row, 10 + std::uint64_t(i)) < 0.15;
      data(row, i) = float(noisy ? stream.integer(row, 20 + std::uint64_t(i), 3) : state);
    }
  }
  const auto nll = [&](const ebm::SoftmaxRbm<float>& rbm) {
    return ebm::energies(rbm, data).cast<double>().mean() + rbm.log_partition();
  };
  double entropy = 0;  // of the data's own distribution: no model of it does better
  {
    std::vector<double> counts(243);
    for (ebm::Index row = 0; row < 3000; ++row)
      counts[std::size_t(small_discrete::row_of(data.row(row), {0, 1, 3}))] += 1;
    for (const double n : counts) entropy -= n > 0 ? n / 3000 * std::log(n / 3000) : 0;
  }
  ebm::Trainer trainer{ebm::SoftmaxRbm<float>{5, 3, 8, rng},
                       ebm::ContrastiveDivergence{ebm::Gibbs{}, ebm::Persistent{.chains = 256, .steps = 5}},
                       ebm::Adam{.learning_rate = 1e-2}};
  CHECK(nll(trainer.energy()) == Approx(5 * std::log(3.0)).margin(0.02));
  trainer.fit(data, {.iterations = 1500, .batch_size = 256}, rng);
  CHECK(nll(trainer.energy()) < entropy + 0.08);
}

TEST_CASE("Errors of softmax units name what is wrong", "[softmax_rbm]") {
  ebm::Rng rng{1};
  CHECK_THROWS_AS((ebm::SoftmaxRbm<float>{0, 3, 2, rng}), ebm::ValueError);
  CHECK_THROWS_AS((ebm::SoftmaxRbm<float>{2, 1, 2, rng}), ebm::ValueError);
  CHECK_THROWS_AS(
      ebm::SoftmaxRbm<float>(3, Eigen::MatrixXd::Zero(4, 2), Eigen::VectorXd::Zero(4), Eigen::Vector2d::Zero()),
      ebm::ValueError);
}
