#include <ebm/energies/regression_energy.hpp>

#include "support/catch.hpp"

namespace {

// E(x, y) = a y + b x + c by a single dense layer: p(y | x) is exponential in y.
auto linear_energy(double slope) {
  ebm::Rng rng(1);
  ebm::RegressionEnergy energy{ebm::network<double>(rng, ebm::Features<2>{}, ebm::Dense<1>{}),
                               ebm::TargetInterval{.lower = 0, .upper = 2, .cells = 4096}};
  // Weights come before the bias, whatever their order: put `slope` where the energy answers to y.
  const auto theta = energy.parameters();
  std::vector<double> parameters(theta.size(), 0.0);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] = slope;
    energy.set_parameters(parameters);
    const ebm::Points<double, 2> probe = (ebm::Points<double, 2>(3, 2) << 0, 0, 0, 1, 1, 0).finished();
    const auto e = ebm::energies(energy, probe);
    if (e(0) == 0 && e(1) == slope && e(2) == 0) return energy;
    parameters[i] = 0;
  }
  throw std::logic_error("no weight of y");
}

}  // namespace

TEST_CASE("a predictive density has the moments of the exponential law that it is") {
  const double a = 1.5, total = 1 - std::exp(-2 * a);
  const auto energy = linear_energy(a);
  const auto predictive = energy.predictive(Eigen::MatrixXd::Constant(1, 1, 0.7));
  CHECK(predictive.log_partition() == Approx(std::log(total / a)).margin(1e-6));
  const double mean = 1 / a - 2 * std::exp(-2 * a) / total;
  CHECK(predictive.mean() == Approx(mean).margin(1e-6));
  const double second = 2 / (a * a) - (4 + 4 / a) * std::exp(-2 * a) / total;
  CHECK(predictive.sd() == Approx(std::sqrt(second - mean * mean)).epsilon(1e-5));
  const auto quantile = [&](double q) { return -std::log(1 - q * total) / a; };
  for (const double q : {0.01, 0.3, 0.5, 0.99}) CHECK(predictive.quantile(q) == Approx(quantile(q)).margin(1e-6));
  CHECK(predictive.quantile(0) == Approx(0.0).margin(1e-12));
  CHECK(predictive.quantile(1) == Approx(2.0));
  const auto interval = predictive.interval(0.9);
  CHECK(interval.lower == Approx(quantile(0.05)).margin(1e-6));
  CHECK(interval.upper == Approx(quantile(0.95)).margin(1e-6));
  const ebm::Points<double, 2> points = (ebm::Points<double, 2>(3, 2) << 0.7, 0.3, -4, 1.9, 0, 2.5).finished();
  const auto logs = energy.log_density(points);
  CHECK(logs(0) == Approx(std::log(a / total) - a * 0.3).margin(1e-6));
  CHECK(logs(1) == Approx(std::log(a / total) - a * 1.9).margin(1e-6));
  CHECK(logs(2) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("predictions are where the energy is least") {
  const Eigen::MatrixXd x = Eigen::MatrixXd::Zero(2, 1);
  CHECK(linear_energy(1.5).predict(x)(1) == Approx(0.0).margin(1e-9));
  CHECK(linear_energy(-1.5).predict(x)(0) == Approx(2.0));

  ebm::Rng rng(7);
  const ebm::RegressionEnergy energy{
      ebm::network<double>(rng, ebm::Features<2>{}, ebm::Dense<12>{}, ebm::Tanh{}, ebm::Dense<1>{}),
      ebm::TargetInterval{-3, 3}};
  const Eigen::VectorXd inputs = Eigen::VectorXd::LinSpaced(5, -2, 2);
  const auto best = energy.predict(inputs);
  for (ebm::Index row = 0; row < inputs.size(); ++row) {
    const auto predictive = energy.predictive(inputs.row(row));
    ebm::Points<double, 2> at(1, 2);
    at << inputs(row), best(row);
    CHECK(energy.log_density(at)(0) >= predictive.log_density().maxCoeff() - 1e-6);
    // Steps that are much too long are halved until they lower the energy.
    at(0, 1) = energy.predict(inputs.row(row), {.step_size = 1000})(0);
    CHECK(energy.log_density(at)(0) >= predictive.log_density().maxCoeff() - 1e-4);
  }
}

TEST_CASE("what no predictive density can come from is refused") {
  ebm::Rng rng(7);
  const auto network = ebm::network<double>(rng, ebm::Features<2>{}, ebm::Dense<1>{});
  CHECK_THROWS_AS(ebm::RegressionEnergy(network, ebm::TargetInterval{1, 1}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::RegressionEnergy(network, ebm::TargetInterval{0, 1, ebm::Index{1} << 61}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::RegressionEnergy(network, ebm::TargetInterval{0, 1})
                      .predict(Eigen::MatrixXd::Constant(1, 1, std::nan(""))),
                  ebm::NumericalError);
  CHECK_THROWS_AS(ebm::PredictiveDensity(0, 1, ebm::Values<double>::Constant(3, std::nan(""))), ebm::NumericalError);
  CHECK_THROWS_AS(ebm::RegressionEnergy(network, ebm::TargetInterval{0, 1}).predict(Eigen::MatrixXd::Zero(1, 2)),
                  ebm::ShapeError);
}
