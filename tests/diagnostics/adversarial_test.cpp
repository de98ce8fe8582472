#include <ebm/diagnostics/adversarial.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/diagnostics/robustness_curve.hpp>
#include <ebm/energies/anchored.hpp>
#include <ebm/energies/classifier_energy.hpp>
#include <ebm/energies/standardised.hpp>

#include "support/catch.hpp"

namespace {

using ebm::AttackNorm;
using ebm::AttackOptions;

// Two classes apart by the plane w.x + b = 0: the second one where it is positive.
constexpr double kSlope[3] = {1.0, -2.0, 0.5};
constexpr double kBias = 0.3;

template <class Scalar>
auto linear() {
  ebm::Rng rng(1);
  auto network = ebm::network<Scalar>(rng, ebm::Features<3>{}, ebm::Dense<2>{});
  std::vector<Scalar> theta(8, 0);  // [input][output], then biases
  for (std::size_t i = 0; i < 3; ++i) theta[2 * i + 1] = static_cast<Scalar>(kSlope[i]);
  theta[7] = static_cast<Scalar>(kBias);
  network.set_parameters(theta);
  return ebm::ClassifierEnergy{network};
}
using Linear = decltype(linear<double>());

template <class Scalar = float>
auto curved() {
  ebm::Rng rng(7);
  return ebm::ClassifierEnergy{
      ebm::network<Scalar>(rng, ebm::Features<5>{}, ebm::Dense<16>{}, ebm::Silu{}, ebm::Dense<4>{})};
}

template <int Dim>
ebm::Points<double, Dim> some_points(ebm::Index count) {
  ebm::Points<double, Dim> points(count, Dim);
  const ebm::Stream stream(3);
  for (ebm::Index i = 0; i < points.size(); ++i)
    points.data()[i] = std::clamp(stream.normal(0, static_cast<std::uint64_t>(i)), -2.0, 2.0);
  return points;
}
ebm::Values<int> some_labels(ebm::Index count, int classes) {
  ebm::Values<int> labels(count);
  for (ebm::Index i = 0; i < count; ++i) labels(i) = static_cast<int>(i % classes);
  return labels;
}
double margin(const ebm::Points<double, 3>& points, ebm::Index row) {
  return kBias + points(row, 0) * kSlope[0] + points(row, 1) * kSlope[1] + points(row, 2) * kSlope[2];
}
double dual_length(AttackNorm norm) { return norm == AttackNorm::maximum ? 3.5 : std::sqrt(5.25); }

// A gradient with the wrong sign: the attack descends.
struct Descending : Linear {
  Descending() : Linear(linear<double>()) {}
  void label_loss_and_gradient(ebm::TileSpan<const double, 3> x, const int* labels, ebm::LanesSpan<double> losses,
                               ebm::TileSpan<double, 3> gradients, ebm::Workspace& workspace) const {
    Linear::label_loss_and_gradient(x, labels, losses, gradients, workspace);
    for (ebm::Index i = 0; i < gradients.size(); ++i) gradients.data()[i] = -gradients.data()[i];
  }
};

// The largest difference from the accuracies of the worst perturbations of the linear classifier.
template <class E>
double worst_error(const E& energy, AttackNorm norm) {
  const auto points = some_points<3>(203);
  ebm::Values<int> labels(points.rows());
  for (ebm::Index row = 0; row < points.rows(); ++row) labels(row) = (margin(points, row) > 0) != (row % 10 == 0);
  const std::vector<double> radii{0, 0.1, 0.25, 0.5, 1, 2};
  ebm::Rng rng(5);
  const auto curve = ebm::robustness_curve(energy, points, labels, radii, {.norm = norm}, rng);
  double worst = 0;
  for (std::size_t k = 0; k < radii.size(); ++k) {
    ebm::Index standing = 0;
    for (ebm::Index row = 0; row < points.rows(); ++row)
      standing += (labels(row) == 1 ? 1 : -1) * margin(points, row) > radii[k] * dual_length(norm);
    worst = std::max(worst, std::abs(curve.accuracy[k] - static_cast<double>(standing) / 203.0));
  }
  CHECK(curve.radii == radii);
  return worst;
}

}  // namespace

TEST_CASE("losses of labels are minus log p(y | x), with their slopes") {
  const auto energy = curved<double>();
  const ebm::AffineFrame<5> frame(Eigen::Matrix<double, 5, 1>::LinSpaced(-1, 1).eval(),
                                  0.5 * Eigen::Matrix<double, 5, 5>::Identity());
  const ebm::Standardised framed{ebm::Anchored{energy, 4.0}, frame};
  STATIC_REQUIRE(ebm::DifferentiableClassifier<std::remove_const_t<decltype(framed)>>);
  const auto points = some_points<5>(8);
  const auto labels = some_labels(8, 4);
  const auto check = [&](const auto& classifier) {
    std::vector<ebm::Lanes<double>> x(5), slopes(5);
    ebm::Lanes<double> losses;
    ebm::Workspace workspace;
    const ebm::TileSpan<double, 5> tiles(x.front().data(), 1);
    ebm::pack_rows(points, tiles);
    classifier.label_loss_and_gradient(tiles, labels.data(), {losses.data(), 1}, {slopes.front().data(), 1}, workspace);
    const auto logs = classifier.log_probabilities(points);
    for (ebm::Index row = 0; row < 8; ++row) {
      CHECK(losses(row) == Approx(-logs(row, labels(row))).epsilon(1e-12));
      for (ebm::Index i = 0; i < 5; ++i) {
        ebm::Points<double, 5> up = points.row(row), down = up;
        up(0, i) += 1e-5, down(0, i) -= 1e-5;
        const double slope =
            (classifier.log_probabilities(down)(0, labels(row)) - classifier.log_probabilities(up)(0, labels(row))) /
            2e-5;
        CHECK(slopes[static_cast<std::size_t>(i)](row) == Approx(slope).margin(1e-8));
      }
    }
  };
  check(energy);
  check(framed);
}

TEST_CASE("a classifier that is sure keeps its slope") {
  const auto energy = linear<float>();
  ebm::Rng rng(1);
  const ebm::Points<float, 3> far = ebm::Points<float, 3>::Constant(1, 3, -60.0f);  // log-odds of 30.3
  const auto moved =
      ebm::projected_gradient_attack(energy, far, ebm::Values<int>::Ones(1), 1.0, {.norm = AttackNorm::euclidean}, rng);
  CHECK((moved - far).norm() == Approx(1).epsilon(1e-5));
}

TEST_CASE("the attack on a linear classifier is the worst one") {
  CHECK(worst_error(linear<double>(), AttackNorm::maximum) < 1e-12);
  CHECK(worst_error(linear<double>(), AttackNorm::euclidean) < 1e-12);
  // One that goes the other way is found out.
  CHECK(worst_error(Descending(), AttackNorm::maximum) > 0.1);
  CHECK(worst_error(Descending(), AttackNorm::euclidean) > 0.1);
}

TEST_CASE("the worst perturbation of a linear classifier is along its slope") {
  const auto energy = linear<double>();
  const auto points = some_points<3>(21);
  const auto labels = some_labels(21, 2);
  const double r = 0.4, length = std::sqrt(5.25);
  ebm::Rng rng(2);
  const auto square = ebm::projected_gradient_attack(energy, points, labels, r, {}, rng);
  const auto round = ebm::projected_gradient_attack(energy, points, labels, r, {.norm = AttackNorm::euclidean}, rng);
  const auto boxed = ebm::projected_gradient_attack(energy, points, labels, r, {.lower = -2.0, .upper = 2.0}, rng);
  for (ebm::Index row = 0; row < 21; ++row) {
    for (ebm::Index i = 0; i < 3; ++i) {
      const double towards = labels(row) == 1 ? -1 : 1, sign = kSlope[i] > 0 ? towards : -towards;
      CHECK(square(row, i) == Approx(points(row, i) + r * sign).epsilon(1e-12));
      CHECK(boxed(row, i) == Approx(std::clamp(points(row, i) + r * sign, -2.0, 2.0)).epsilon(1e-12));
      CHECK(round(row, i) == Approx(points(row, i) + r * towards * kSlope[i] / length).epsilon(1e-9));
    }
  }
}

TEST_CASE("what is moved stays in the ball and in the box, and the more starts the worse") {
  const auto energy = curved();
  const ebm::Points<float, 5> points = some_points<5>(77).cast<float>();
  const auto labels = some_labels(77, 4);
  const auto losses = [&](const ebm::Points<float, 5>& at) {
    const auto logs = energy.log_probabilities(at);
    double sum = 0;
    for (ebm::Index row = 0; row < 77; ++row) sum -= static_cast<double>(logs(row, labels(row)));
    return sum;
  };
  for (const AttackNorm norm : {AttackNorm::maximum, AttackNorm::euclidean}) {
    double last = losses(points);
    for (const ebm::Index starts : {1, 2, 6}) {
      ebm::Rng rng(9);
      const AttackOptions options{.norm = norm, .starts = starts, .lower = -2, .upper = 2};
      const auto moved = ebm::projected_gradient_attack(energy, points, labels, 0.7, options, rng);
      const ebm::Points<float, 5> by = moved - points;
      CHECK(moved.minCoeff() >= -2);
      CHECK(moved.maxCoeff() <= 2);
      const double furthest =
          static_cast<double>(norm == AttackNorm::maximum ? by.cwiseAbs().maxCoeff() : by.rowwise().norm().maxCoeff());
      CHECK(furthest <= 0.7 * (1 + 1e-5));
      CHECK(furthest > 0.69);
      CHECK(losses(moved) >= last);
      last = losses(moved);
    }
    CHECK(last > losses(points) + 1);
  }
}

TEST_CASE("random starts fill the ball") {
  // Without slopes points stay where they start; |x|^2 has the mean 3/5 r^2 over the ball, and r^2 over the cube.
  struct Watched : Linear {
    Watched() : Linear(linear<double>()) {}
    void label_loss_and_gradient(ebm::TileSpan<const double, 3> x, const int* labels, ebm::LanesSpan<double> losses,
                                 ebm::TileSpan<double, 3> gradients, ebm::Workspace& workspace) const {
      Linear::label_loss_and_gradient(x, labels, losses, gradients, workspace);
      std::fill_n(losses.data(), losses.size(), static_cast<double>(++calls));  // each place is worse than the last
      std::fill_n(gradients.data(), gradients.size(), 0.0);
    }
    mutable int calls = 0;
  };
  const ebm::Points<double, 3> points = ebm::Points<double, 3>::Zero(8000, 3);
  for (const AttackNorm norm : {AttackNorm::maximum, AttackNorm::euclidean}) {
    ebm::Rng rng(11);
    const auto moved =
        ebm::projected_gradient_attack(Watched(), points, some_labels(8000, 2), 2.0, {.norm = norm, .steps = 1}, rng);
    const Eigen::VectorXd squares = moved.rowwise().squaredNorm();
    const double mean = squares.mean(), sd = std::sqrt((squares.array() - mean).square().mean() / 8000);
    CHECK(std::abs(mean - 4.0 * (norm == AttackNorm::maximum ? 1.0 : 0.6)) < 5 * sd);  // fails falsely once in 1e6
    CHECK(moved.colwise().mean().cwiseAbs().maxCoeff() < 5.5 * std::sqrt(4.0 / 3 / 8000));
  }
}

TEST_CASE("no radius, no change; results do not depend on the number of threads") {
  const auto energy = curved();
  const ebm::Points<float, 5> points = some_points<5>(300).cast<float>();
  const auto labels = some_labels(300, 4);
  for (const AttackNorm norm : {AttackNorm::maximum, AttackNorm::euclidean}) {
    ebm::Rng rng(1), one(2), several(2);
    CHECK(ebm::projected_gradient_attack(energy, points, labels, 0, {.norm = norm}, rng) == points);
    ebm::ThreadPool pool(3);
    CHECK(ebm::projected_gradient_attack(energy, points, labels, 0.3, {.norm = norm}, one) ==
          ebm::projected_gradient_attack(energy, points, labels, 0.3, {.norm = norm}, several, pool));
  }
  ebm::Rng rng(1);
  const auto curve = ebm::robustness_curve(energy, points, labels, {0.0}, {}, rng);
  ebm::Index right = 0;
  const auto p = energy.probabilities(points);
  for (ebm::Index row = 0; row < 300; ++row) {
    ebm::Index best = 0;
    p.row(row).maxCoeff(&best);
    right += best == labels(row);
  }
  CHECK(curve.accuracy[0] == Approx(static_cast<double>(right) / 300));
}

TEST_CASE("what cannot be attacked is refused") {
  const auto energy = linear<double>();
  const auto points = some_points<3>(4);
  const auto labels = some_labels(4, 2);
  ebm::Rng rng(1);
  const auto attack = [&](double radius, AttackOptions options) {
    return ebm::projected_gradient_attack(energy, points, labels, radius, options, rng);
  };
  CHECK_THROWS_AS(attack(-1, {}), ebm::ValueError);
  CHECK_THROWS_AS(attack(1, {.steps = 0}), ebm::ValueError);
  CHECK_THROWS_AS(attack(1, {.starts = 0}), ebm::ValueError);
  CHECK_THROWS_AS(attack(1, {.lower = 0, .upper = 1}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::projected_gradient_attack(energy, points, some_labels(3, 2), 1, {}, rng), ebm::ShapeError);
  CHECK_THROWS_AS(ebm::projected_gradient_attack(energy, points, some_labels(4, 3), 1, {}, rng), ebm::ValueError);
  CHECK_THROWS_AS(ebm::robustness_curve(energy, points, labels, {0.2, 0.1}, {}, rng), ebm::ValueError);
}

TEST_CASE("a classifier whose p(y | x) is no number has no robustness") {
  auto energy = linear<double>();
  std::vector<double> theta(energy.parameters().begin(), energy.parameters().end());
  theta[0] = std::numeric_limits<double>::infinity();
  energy.set_parameters(theta);
  ebm::Rng rng(1);
  CHECK_THROWS_AS(ebm::robustness_curve(energy, some_points<3>(4), some_labels(4, 2), {0.0}, {}, rng),
                  ebm::NumericalError);
}
