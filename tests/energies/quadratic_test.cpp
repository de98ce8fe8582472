#include <ebm/energies/quadratic.hpp>

#include "energies/analytic.hpp"

static_assert(ebm::TrainableEnergy<ebm::QuadraticEnergy<float, 1>>);
static_assert(ebm::TrainableEnergy<ebm::QuadraticEnergy<double, ebm::Dynamic>>);

TEST_CASE("QuadraticEnergy: its truth, values and gradients") {
  analytic::check_truth(ebm::QuadraticEnergy<double, 2>(4.0), 1e-9);
  analytic::check_gradients(ebm::QuadraticEnergy<float, 2>(1.5), ebm::QuadraticEnergy<double, 2>(1.5), 2.0);
  analytic::check_gradients(ebm::QuadraticEnergy<float, 1>(1.5), ebm::QuadraticEnergy<double, 1>(1.5), 2.0);
  analytic::check_gradients(ebm::QuadraticEnergy<float, ebm::Dynamic>(0.5, 20), ebm::QuadraticEnergy<double, 20>(0.5),
                            2.0);
  analytic::check_padding(ebm::QuadraticEnergy<float, 3>(1.5), 2.0);
}

TEST_CASE("QuadraticEnergy: the parameter's gradient is the weighted sum of |x|^2 / 2") {
  const ebm::QuadraticEnergy<double, 2> energy(3.0);
  const auto points = analytic::points_for(energy, 21, 1.5);
  const Eigen::VectorXd weights = Eigen::VectorXd::LinSpaced(21, -1, 2);
  const ebm::GradientCheck check = ebm::check_parameter_gradient(energy, points, weights);
  INFO(check);
  CHECK(check.passed);
  CHECK(check.given == Approx(0.5 * (points.rowwise().squaredNorm().array() * weights.array()).sum()).epsilon(1e-12));
  const auto single = ebm::check_parameter_gradient(ebm::QuadraticEnergy<float, 2>(3.0), points, weights);
  INFO(single);
  CHECK(single.passed);
}

TEST_CASE("QuadraticEnergy: parameters go in and out, and no density is made up") {
  ebm::QuadraticEnergy<float, 2> energy;
  const float theta[] = {-0.5f};
  energy.set_parameters(theta);
  CHECK(energy.parameters().size() == 1);
  CHECK(energy.precision() == -0.5);
  CHECK_THROWS_AS(energy.log_partition(), ebm::ValueError);
  CHECK_THROWS_WITH(energy.set_parameters({}), "theta: 0, wanted one parameter");
}
