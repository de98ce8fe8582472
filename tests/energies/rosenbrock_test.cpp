#include <ebm/energies/rosenbrock.hpp>

#include "energies/analytic.hpp"

TEST_CASE("Rosenbrock: its truth in the plane, against quadrature and samples") {
  const ebm::Rosenbrock<double, 2> energy;
  analytic::check_truth(energy, 1e-5, 3000);
  analytic::check_samples(energy);
  analytic::check_truth(ebm::Rosenbrock<double, 2>({.a = 1.0, .b = 0.5, .mu = -0.5}), 1e-6);
}

TEST_CASE("Rosenbrock: in three dimensions, log Z by importance sampling from its own samples") {
  // E of exact samples is chi-squared with 3 degrees of freedom over 2: mean 1.5, variance 1.5, so 6 standard errors
  // are 0.037.
  const ebm::Rosenbrock<double, 3> energy({.a = 0.5, .b = 2.0, .mu = 1.0});
  ebm::Rng rng(3);
  CHECK(std::abs(ebm::energies(energy, energy.sample(40000, rng)).mean() - 1.5) < 0.037);
  // The mass over the last coordinate, given the others, is sqrt(pi / b): the ratio of log Z in one dimension more.
  CHECK((ebm::Rosenbrock<double, 4>({.a = 0.5, .b = 2.0}).log_partition() - energy.log_partition()) ==
        Approx(0.5 * std::log(3.141592653589793 / 2.0)).epsilon(1e-13));
}

TEST_CASE("Rosenbrock: values, gradients and forms") {
  analytic::check_gradients(ebm::Rosenbrock<float, 2>(), ebm::Rosenbrock<double, 2>(), 1.5);
  analytic::check_gradients(ebm::Rosenbrock<float, 5>(), ebm::Rosenbrock<double, 5>(), 1.5);
  analytic::check_gradients(ebm::Rosenbrock<float, ebm::Dynamic>({}, 20), ebm::Rosenbrock<double, 20>(), 1.5);
  analytic::check_padding(ebm::Rosenbrock<float, 3>(), 1.5);
  analytic::check_padding(ebm::Rosenbrock<float, ebm::Dynamic>({}, 9), 1.5);
  const ebm::RosenbrockShape classic{.a = 1, .b = 100, .mu = 1};
  CHECK(ebm::energies(ebm::Rosenbrock<double, 2>(classic), Eigen::RowVector2d(-1, 2))[0] == 104.0);
  CHECK(ebm::gradients(ebm::Rosenbrock<double, 2>(classic), Eigen::RowVector2d(1, 1)).isZero());
}

TEST_CASE("Rosenbrock: wrong arguments are named") {
  CHECK_THROWS_WITH((ebm::Rosenbrock<float, 2>({.a = -1})), "a: -1, wanted a positive number");
  CHECK_THROWS_AS((ebm::Rosenbrock<float, ebm::Dynamic>({}, 1)), ebm::ValueError);
}
