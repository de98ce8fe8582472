#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/class_rbm.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/objectives/label_likelihood.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include "objectives/minibatch.hpp"
#include "samplers/exact_transitions.hpp"
#include "samplers/run_kernel.hpp"
#include "support/catch.hpp"
#include "support/small_discrete.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;

static_assert(ebm::GibbsEnergy<ebm::ClassRbm<float>>);
static_assert(ebm::TrainableEnergy<ebm::ClassRbm<double>>);
static_assert(ebm::LabelledEnergy<ebm::ClassRbm<double>>);
static_assert(!ebm::LabelledEnergy<ebm::BernoulliRbm<double>>);

template <class S>
ebm::ClassRbm<S> machine(ebm::Index pixels, ebm::Index classes, ebm::Index hidden, double scale = 1) {
  Eigen::MatrixXd w(pixels + classes, hidden);
  Eigen::VectorXd b(pixels + classes), c(hidden);
  for (ebm::Index u = 0; u < pixels + classes; ++u) {
    for (ebm::Index j = 0; j < hidden; ++j) w(u, j) = scale * std::sin(1.0 + 3.0 * double(u) + 7.0 * double(j));
    b(u) = 0.6 * scale * std::cos(2.0 * double(u));
  }
  for (ebm::Index j = 0; j < hidden; ++j) c(j) = 0.7 * scale * std::sin(2.0 * double(j) + 1);
  return {classes, w, b, c};
}

// Every image with every class.
ebm::Points<double> all_labelled(ebm::Index pixels, ebm::Index classes) {
  const auto images = small_discrete::all_states<double>(pixels, ebm::kBits);
  ebm::Points<double> all(images.rows() * classes, pixels + 1);
  for (ebm::Index row = 0; row < all.rows(); ++row) all.row(row) << images.row(row / classes), double(row % classes);
  return all;
}

// E(x, y, h) as the formula has it; bit j of the state is h_j.
template <class Rbm, class Row>
double joint_energy(const Rbm& rbm, const Row& point, int state) {
  const auto y = ebm::Index(point(rbm.pixels()));
  double energy = -rbm.class_bias(y);
  for (ebm::Index i = 0; i < rbm.pixels(); ++i) energy -= point(i) * rbm.pixel_bias(i);
  for (ebm::Index j = 0; j < rbm.hidden(); ++j) {
    if (((state >> j) & 1) == 0) continue;
    energy -= rbm.hidden_bias(j) + rbm.class_weight(y, j);
    for (ebm::Index i = 0; i < rbm.pixels(); ++i) energy -= point(i) * rbm.weight(i, j);
  }
  return energy;
}

template <class Rbm, class Row>
double free_energy(const Rbm& rbm, const Row& point, double beta = 1) {
  double sum = 0;
  for (int state = 0; state < 1 << rbm.hidden(); ++state) sum += std::exp(-beta * joint_energy(rbm, point, state));
  return -std::log(sum);
}

template <class Rbm>
Eigen::MatrixXd sweep_matrix(const Rbm& rbm, const ebm::Points<double>& all, double beta) {
  Eigen::MatrixXd joint(all.rows(), 1 << rbm.hidden());
  for (ebm::Index row = 0; row < all.rows(); ++row) {
    for (int h = 0; h < joint.cols(); ++h) joint(row, h) = std::exp(-beta * joint_energy(rbm, all.row(row), h));
  }
  const Eigen::MatrixXd hidden_given = joint.array().colwise() / joint.rowwise().sum().array();
  const Eigen::MatrixXd visible_given = joint.array().rowwise() / joint.colwise().sum().array();
  return hidden_given * visible_given.transpose();
}

// How often a sweep leads from each labelled image to each.
template <class Rbm>
Eigen::MatrixXd frequencies(const Rbm& rbm, double temperature, const ebm::Points<double>& all, ebm::Index chains) {
  ebm::Points<double> start(all.rows() * chains, all.cols());
  for (ebm::Index row = 0; row < start.rows(); ++row) start.row(row) = all.row(row / chains);
  const auto moved = run_kernel::run(rbm, ebm::Gibbs{.temperature = temperature}, start, 1, 0.1, 9).points;
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(all.rows(), all.rows());
  for (ebm::Index row = 0; row < start.rows(); ++row) {
    const ebm::Index to = small_discrete::row_of(moved.row(row).head(rbm.pixels()), ebm::kBits) * rbm.classes() +
                          ebm::Index(moved(row, rbm.pixels()));
    result(row / chains, to) += 1.0 / double(chains);
  }
  return result;
}

}  // namespace

TEST_CASE("The energy of image and class sums the hidden units out", "[class_rbm]") {
  for (const auto& [pixels, classes, hidden] : {std::array{1, 2, 1}, {4, 3, 5}, {3, 10, 8}}) {
    const auto rbm = machine<double>(pixels, classes, hidden);
    const auto all = all_labelled(pixels, classes);
    const auto values = ebm::energies(rbm, all);
    double sum = 0;
    for (ebm::Index row = 0; row < all.rows(); ++row) {
      CHECK(values(row) == Approx(free_energy(rbm, all.row(row))).epsilon(1e-9).margin(1e-9));
      sum += std::exp(-values(row));
    }
    CHECK(rbm.log_partition() == Approx(std::log(sum)).epsilon(1e-11));
  }
}

TEST_CASE("Probabilities of classes are those of the joint distribution", "[class_rbm]") {
  const auto rbm = machine<double>(4, 3, 5);
  const auto all = all_labelled(4, 3);
  const auto images = small_discrete::all_states<double>(4, ebm::kBits);
  const auto values = ebm::energies(rbm, all);
  const auto p = rbm.probabilities(images);
  for (ebm::Index row = 0; row < images.rows(); ++row) {
    const Eigen::Vector3d weights = (-values.segment(3 * row, 3)).array().exp();
    CHECK((p.row(row).transpose() - weights / weights.sum()).cwiseAbs().maxCoeff() < 1e-12);
  }
  const auto single = machine<float>(4, 3, 5).probabilities(images);
  CHECK((single.cast<double>() - p).cwiseAbs().maxCoeff() < 1e-5);
  CHECK_THROWS_AS(rbm.probabilities(all), ebm::ShapeError);
}

TEMPLATE_TEST_CASE("Parameter gradients of the class machine belong to the values", "[class_rbm]", float, double) {
  ebm::Rng rng{3};
  const ebm::Points<TestType> all = all_labelled(4, 3).cast<TestType>();
  auto centred = ebm::ClassRbm<TestType>(4, 3, 20, rng, {.weight_sd = 0.5});
  centred.initialise_from(all.template cast<double>().colwise().mean().transpose());
  for (const auto& rbm : {machine<TestType>(4, 3, 20, 0.5), centred})
    CHECK(ebm::check_parameter_gradient(rbm, all, Eigen::VectorXd::LinSpaced(all.rows(), -1, 2)));
}

TEST_CASE("The label gradient is that of -log p(y | x)", "[class_rbm]") {
  ebm::Rng rng{4};
  auto centred = ebm::ClassRbm<double>(4, 3, 6, rng, {.weight_sd = 0.7});
  centred.initialise_from(ebm::Values<double>::LinSpaced(5, 0.1, 0.9));
  for (ebm::ClassRbm<double> rbm : {machine<double>(4, 3, 6), centred}) {
    const auto points = all_labelled(4, 3);
    ebm::Workspace workspace;
    const ebm::Index tiles = ebm::tiles_for<double>(points.rows());
    const auto x = workspace.tiles<double, ebm::Dynamic>(tiles, 5);
    const auto weights = workspace.tiles<double, 1>(tiles, 1), values = workspace.tiles<double, 1>(tiles, 1);
    ebm::pack_rows(points, x);
    for (ebm::Index i = 0; i < weights.size(); ++i) weights.data()[i] = i < points.rows() ? std::cos(double(i)) : 0;
    std::vector<double> theta(rbm.parameters().begin(), rbm.parameters().end()), gradient(theta.size(), 1.0);
    rbm.add_label_gradient(x, weights, values, gradient, workspace);

    const auto loss = [&] {
      const auto p = rbm.probabilities(points.leftCols(4));
      double sum = 0;
      for (ebm::Index row = 0; row < points.rows(); ++row)
        sum -= std::cos(double(row)) * std::log(p(row, ebm::Index(points(row, 4))));
      return sum;
    };
    const auto p = rbm.probabilities(points.leftCols(4));
    for (ebm::Index row = 0; row < points.rows(); ++row)
      CHECK(values.data()[row] == Approx(-std::log(p(row, ebm::Index(points(row, 4))))).epsilon(1e-10));
    for (std::size_t i = 0; i < theta.size(); ++i) {
      auto moved = theta;
      const double h = 1e-5;
      moved[i] = theta[i] + h, rbm.set_parameters(moved);
      const double above = loss();
      moved[i] = theta[i] - h, rbm.set_parameters(moved);
      CHECK(gradient[i] - 1 == Approx((above - loss()) / (2 * h)).epsilon(1e-6).margin(1e-8));
      rbm.set_parameters(theta);
    }
  }
}

TEST_CASE("A sweep over pixels and class leaves the distribution as it is, and is the one of the conditionals",
          "[class_rbm]") {
  const auto rbm = machine<double>(3, 3, 4, 0.8);
  const auto all = all_labelled(3, 3);
  for (const double beta : {1.0, 0.4}) {
    const auto matrix = sweep_matrix(rbm, all, beta);
    ebm::Values<double> tempered(all.rows());
    for (ebm::Index row = 0; row < all.rows(); ++row) tempered(row) = free_energy(rbm, all.row(row), beta);
    const auto pi = small_discrete::probabilities(tempered);
    CHECK(exact_transitions::invariance_error(pi, matrix) < 1e-12);
    CHECK(exact_transitions::balance_error(pi, matrix) < 1e-12);

    const ebm::Index chains = 4000;
    const double bound = exact_transitions::deviation_bound(matrix);
    const auto frequency = frequencies(rbm, 1 / beta, all, chains);
    CHECK(exact_transitions::largest_deviation(frequency, matrix, chains) < bound);
    // Planted bugs: a somewhat weaker machine, and another temperature.
    CHECK(exact_transitions::largest_deviation(frequency, sweep_matrix(machine<double>(3, 3, 4, 0.6), all, beta),
                                               chains) > bound);
    CHECK(exact_transitions::largest_deviation(frequency, sweep_matrix(rbm, all, 1.2 * beta), chains) > bound);
  }
}

namespace {

// Two classes: six pixels that agree, and six of which each differs from the next, but for noise. No pixel alone tells.
ebm::Points<float> patterns(ebm::Index rows, ebm::Rng& rng) {
  const ebm::Stream stream = rng.stream();
  ebm::Points<float> points(rows, 7);
  for (std::uint32_t row = 0; row < rows; ++row) {
    const auto y = stream.integer(row, 0, 2), start = stream.integer(row, 1, 2);
    for (std::uint32_t i = 0; i < 6; ++i) {
      const bool flipped = stream.uniform(row, 10 + i) < 0.05;
      points(row, i) = float((start + y * i + (flipped ? 1u : 0u)) % 2);
    }
    points(row, 6) = float(y);
  }
  return points;
}

double accuracy(const ebm::ClassRbm<float>& rbm, const ebm::Points<float>& points) {
  const auto p = rbm.probabilities(points.leftCols(6));
  double right = 0;
  for (ebm::Index row = 0; row < points.rows(); ++row) right += (p(row, 1) > p(row, 0)) == (points(row, 6) == 1);
  return right / double(points.rows());
}

}  // namespace

TEST_CASE("Generative training fits the joint distribution and classifies", "[class_rbm]") {
  ebm::Rng rng{5};
  const auto train = patterns(2000, rng), test = patterns(2000, rng);
  const auto nll = [&](const ebm::ClassRbm<float>& rbm) {
    return ebm::energies(rbm, test).cast<double>().mean() + rbm.log_partition();
  };
  ebm::Trainer trainer{ebm::ClassRbm<float>{6, 2, 8, rng},
                       ebm::ContrastiveDivergence{ebm::Gibbs{}, ebm::Persistent{.chains = 256, .steps = 5}},
                       ebm::Adam{.learning_rate = 1e-2}};
  trainer.fit(train, {.iterations = 1500, .batch_size = 256}, rng);
  // Class, start and six flips of probability 0.05: what no model can be better than.
  const double entropy = 2 * std::log(2.0) - 6 * (0.05 * std::log(0.05) + 0.95 * std::log(0.95));
  CHECK(nll(trainer.energy()) < entropy + 0.15);
  CHECK(accuracy(trainer.energy(), test) > 0.95);
}

TEST_CASE("Discriminative training classifies", "[class_rbm]") {
  ebm::Rng rng{6};
  const auto train = patterns(2000, rng), test = patterns(2000, rng);
  ebm::Trainer trainer{ebm::ClassRbm<float>{6, 2, 16, rng, {.weight_sd = 0.1}}, ebm::LabelLikelihood{},
                       ebm::Adam{.learning_rate = 1e-2}};
  CHECK(accuracy(trainer.energy(), test) < 0.75);
  const auto result = trainer.fit(train, {.iterations = 1500, .batch_size = 256}, rng);
  CHECK(accuracy(trainer.energy(), test) > 0.95);
  CHECK(result.last.batch.data_energy < 0.2);
}

TEST_CASE("Errors of the class machine name what is wrong", "[class_rbm]") {
  ebm::Rng rng{1};
  CHECK_THROWS_AS((ebm::ClassRbm<float>{0, 3, 2, rng}), ebm::ValueError);
  CHECK_THROWS_AS((ebm::ClassRbm<float>{2, 1, 2, rng}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::with_labels(Eigen::MatrixXd::Zero(3, 2), Eigen::Vector2d::Zero()), ebm::ShapeError);
}

TEST_CASE("Labels that are no classes are refused by row and value", "[class_rbm]") {
  const auto rbm = machine<double>(4, 3, 5);
  const auto points = all_labelled(4, 3);
  CHECK_NOTHROW(ebm::require_states("points", points, rbm));
  for (const double label : {-1.0, 3.0, 2.5, 1e9, std::nan("")}) {
    auto bad = points;
    bad(20, 4) = label;
    const auto named = [&](const char* what) { return ContainsSubstring(what + ebm::to_text(label) + " at row 20"); };
    CHECK_THROWS_WITH(ebm::require_states("points", bad, rbm), named("points: label ") && ContainsSubstring("than 3"));
    if (label != 3 && label != 1e9)
      CHECK_THROWS_WITH(ebm::with_labels(bad.leftCols(4), bad.col(4)), named("labels: label "));

    // Energies, and the losses of both ways of training, are no numbers either.
    const auto values = ebm::energies(rbm, bad);
    CHECK(std::isnan(values(20)));
    CHECK(values.array().isNaN().count() == 1);
    ebm::Rng rng{2};
    ebm::Serial serial;
    objectives::Batch<double, ebm::Dynamic> good_batch(points), bad_batch(bad);
    auto estimator = ebm::LabelLikelihood{}.estimator(rbm, good_batch.view(), rng, 1);
    ebm::FlatVector<double> gradient(rbm.parameters().size());
    CHECK(std::isfinite(estimator.estimate(rbm, good_batch.view(), 0, gradient, serial).data_energy));
    CHECK_THROWS_WITH(estimator.estimate(rbm, bad_batch.view(), 1, gradient, serial),
                      named("points: label ") && ContainsSubstring("0 to 2"));
    auto generative = ebm::ContrastiveDivergence{ebm::Gibbs{}, ebm::Persistent{.chains = 16}}.estimator(
        rbm, good_batch.view(), rng, 1);
    CHECK(std::isnan(generative.estimate(rbm, bad_batch.view(), 0, gradient, serial).data_energy));
  }
}
