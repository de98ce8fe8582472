#include <ebm/energies/classifier_energy.hpp>

#include <ebm/energies/anchored.hpp>
#include <ebm/energies/check_gradient.hpp>
#include <ebm/energies/class_rbm.hpp>
#include <ebm/energies/standardised.hpp>

#include "support/catch.hpp"

namespace {

auto small_network(ebm::Rng& rng) {
  return ebm::network<double>(rng, ebm::Features<3>{}, ebm::Dense<8>{}, ebm::Silu{}, ebm::Dense<4>{});
}

ebm::Points<double, 3> some_points(ebm::Index count) {
  ebm::Points<double, 3> points(count, 3);
  const ebm::Stream stream(3);
  for (ebm::Index i = 0; i < points.size(); ++i) points.data()[i] = stream.normal(0, static_cast<std::uint64_t>(i));
  return points;
}

}  // namespace

TEST_CASE("a classifier's energy is minus the logarithm of the sum of its exponential logits") {
  ebm::Rng rng(1);
  const ebm::ClassifierEnergy energy{small_network(rng)};
  STATIC_REQUIRE(ebm::Classifier<ebm::ClassifierEnergy<decltype(small_network(rng))>>);
  STATIC_REQUIRE(ebm::Classifier<ebm::Anchored<ebm::ClassifierEnergy<decltype(small_network(rng))>>>);
  const auto points = some_points(21);
  const auto logits = energy.network().outputs(points);
  const auto values = energy.energy(points);
  const auto logs = energy.log_probabilities(points);
  const auto probabilities = energy.probabilities(points);
  for (ebm::Index row = 0; row < points.rows(); ++row) {
    double sum = 0;
    for (int y = 0; y < 4; ++y) sum += std::exp(logits(row, y));
    CHECK(values(row) == Approx(-std::log(sum)).epsilon(1e-12));
    for (int y = 0; y < 4; ++y) {
      CHECK(probabilities(row, y) == Approx(std::exp(logits(row, y)) / sum).epsilon(1e-12));
      CHECK(logs(row, y) == Approx(logits(row, y) - std::log(sum)).epsilon(1e-12));
      CHECK(energy.energy(points, y)(row) == Approx(-logits(row, y)).epsilon(1e-12));
    }
  }
  CHECK_THROWS_AS(energy.given(4), ebm::ValueError);
}

TEST_CASE("gradients of a classifier's energies belong to their values") {
  ebm::Rng rng(2);
  const ebm::ClassifierEnergy energy{small_network(rng)};
  const auto points = some_points(5);
  CHECK(ebm::check_gradient(energy, points));
  CHECK(ebm::check_parameter_gradient(energy, points, Eigen::VectorXd::LinSpaced(5, -1, 2)));
  CHECK(ebm::check_gradient(energy.given(2), points));
}

TEST_CASE("the joint gradient is that of energies and of labels") {
  ebm::Rng rng(4);
  ebm::ClassifierEnergy energy{small_network(rng)};
  const auto points = some_points(8);
  const int labels[8] = {0, 1, 2, 3, -1, 1, -1, 2};
  const double label_weight = 0.7;
  std::vector<ebm::Lanes<double>> tile(3);
  ebm::Lanes<double> weights, values, losses;
  const ebm::TileSpan<double, 3> x(tile.front().data(), 1);
  ebm::pack_rows(points, x);
  for (int lane = 0; lane < 8; ++lane) weights(lane) = 0.1 * lane - 0.3;
  ebm::Workspace workspace;
  const auto theta = energy.parameters();
  std::vector<double> kept(theta.begin(), theta.end());
  const auto loss = [&](const std::vector<double>& at) {
    energy.set_parameters(at);
    const auto e = energy.energy(points);
    const auto logs = energy.log_probabilities(points);
    double sum = 0;
    for (int lane = 0; lane < 8; ++lane) {
      sum += weights(lane) * e(lane);
      if (labels[lane] >= 0) sum -= label_weight * logs(lane, labels[lane]);
    }
    return sum;
  };
  std::vector<double> gradient(kept.size(), 0.0);
  energy.add_joint_gradient(x, {weights.data(), 1}, labels, label_weight, {values.data(), 1}, {losses.data(), 1},
                            gradient, workspace);
  const auto logs = energy.log_probabilities(points);
  for (int lane = 0; lane < 8; ++lane)
    CHECK(losses(lane) == Approx(labels[lane] < 0 ? 0.0 : -logs(lane, labels[lane])).margin(1e-12));
  double largest = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    constexpr double h = 1e-5;
    auto moved = kept;
    moved[i] = kept[i] + h;
    const double up = loss(moved);
    moved[i] = kept[i] - h;
    largest = std::max(largest, std::abs((up - loss(moved)) / (2 * h) - gradient[i]));
  }
  CHECK(largest < 1e-8);
}

TEST_CASE("a frame hands on what the classifier inside can do") {
  ebm::Rng rng(5);
  const ebm::ClassifierEnergy energy{small_network(rng)};
  const auto points = some_points(9);
  const ebm::Anchored anchored{energy, 2.0};
  const ebm::AffineFrame<3> frame(Eigen::Vector3d(1, 2, 3), 0.5 * Eigen::Matrix3d::Identity());
  const ebm::Standardised framed{anchored, frame};
  CHECK(anchored.probabilities(points).isApprox(energy.probabilities(points)));
  CHECK(framed.probabilities(frame.restore(points)).isApprox(energy.probabilities(points), 1e-10));
  CHECK(ebm::energies(anchored, points).isApprox(energy.energy(points) + 0.25 * points.rowwise().squaredNorm(), 1e-12));
}

TEST_CASE("densities of classes make up that of all, whatever the temperature") {
  ebm::Rng rng(6);
  const ebm::ClassifierEnergy energy{small_network(rng)};
  const ebm::Anchored anchored{energy, 3.0};
  STATIC_REQUIRE(ebm::ClassConditional<std::remove_const_t<decltype(energy)>>);
  STATIC_REQUIRE(ebm::ClassConditional<std::remove_const_t<decltype(anchored)>>);
  STATIC_REQUIRE(!ebm::ClassConditional<ebm::ClassRbm<double>>);
  const auto points = some_points(19);
  const auto logits = energy.network().outputs(points);
  const auto logs = energy.log_probabilities(points);
  for (const double temperature : {0.05, 1.0, 2.5}) {
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(19), anchored_sum = sum;
    const auto all = energy.energy(points), held = ebm::energies(anchored, points);
    for (int y = 0; y < 4; ++y) {
      const auto of_class = ebm::energies(energy.given(y, temperature), points);
      const auto held_class = ebm::energies(anchored.given(y, temperature), points);
      for (ebm::Index row = 0; row < 19; ++row) {
        CHECK(of_class(row) == Approx(all(row) - temperature * logs(row, y)).epsilon(1e-12));
        if (temperature == 1.0) CHECK(of_class(row) == Approx(-logits(row, y)).epsilon(1e-14));
        sum(row) += std::exp((all(row) - of_class(row)) / temperature);
        anchored_sum(row) += std::exp((held(row) - held_class(row)) / temperature);
      }
      CHECK(ebm::check_gradient(energy.given(y, temperature), points));
      CHECK(ebm::check_gradient(anchored.given(y, temperature), points));
    }
    CHECK((sum.array() - 1).abs().maxCoeff() < 1e-10);
    CHECK((anchored_sum.array() - 1).abs().maxCoeff() < 1e-10);
  }
  CHECK_THROWS_AS(energy.given(1, 0.0), ebm::ValueError);
}
