#include <ebm/energies/check_gradient.hpp>

#include <ebm/energies/quadratic.hpp>

#include <sstream>

#include "support/catch.hpp"

namespace {

// E = x^4 / 4 + x y + y^2, its gradient with a fault of a given size in the second coordinate, for x above 0.5.
template <class S>
struct Faulty {
  using Scalar = S;
  static constexpr int dim = 2;
  S fault = 0;

  template <class V>
  V lane_value(const std::array<V, 2>& x) const {
    return V(S(0.25)) * square(square(x[0])) + x[0] * x[1] + x[1] * x[1];
  }
  template <class V>
  V lane_value_and_gradient(const std::array<V, 2>& x, std::array<V, 2>& gradient) const {
    gradient[0] = x[0] * square(x[0]) + x[1];
    gradient[1] = x[0] + V(S(2)) * x[1] + select(x[0] > V(S(0.5)), V(fault), V(S(0)));
    return lane_value(x);
  }
};

// A trainable energy that does one thing wrong.
enum class Wrong { nothing, sign, written, weights, values };
template <Wrong wrong>
struct Trainable : ebm::QuadraticEnergy<float, 2> {
  using Base = ebm::QuadraticEnergy<float, 2>;
  using Base::Base;
  void add_parameter_gradient(ebm::TileSpan<const float, 2> x, ebm::LanesSpan<const float> weights,
                              ebm::LanesSpan<float> values, std::span<float> gradient,
                              ebm::Workspace& workspace) const {
    const float before = gradient[0];
    if (wrong == Wrong::weights) {
      const auto ones = workspace.tiles<float, 1>(x.count(), 1);
      for (ebm::Index i = 0; i < ones.size(); ++i) ones.data()[i] = 1;
      weights = ones;
    }
    Base::add_parameter_gradient(x, weights, values, gradient, workspace);
    if (wrong == Wrong::sign) gradient[0] = before - (gradient[0] - before);
    if (wrong == Wrong::written) gradient[0] -= before;
    if (wrong == Wrong::values) values.data()[0] += 0.1f;
  }
};

const ebm::Points<double, 2> kPoints = (ebm::Points<double, 2>(4, 2) << 0, 0, 1, -1, 0.3, 2, 30, -5).finished();

}  // namespace

TEST_CASE("check_gradient: passes what is right, finds what is wrong and says where") {
  CHECK(ebm::check_gradient(Faulty<double>{}, kPoints).passed);
  CHECK(ebm::check_gradient(Faulty<float>{}, kPoints).passed);
  const auto in_double = ebm::check_gradient(Faulty<double>{1e-5}, kPoints);
  CHECK_FALSE(in_double.passed);
  CHECK(in_double.row == 1);
  CHECK(in_double.coordinate == 1);
  CHECK(in_double.absolute_error == Approx(1e-5).epsilon(1e-3));
  CHECK(in_double.expected == Approx(-1));
  CHECK_FALSE(ebm::check_gradient(Faulty<float>{0.01f}, kPoints));
  CHECK_FALSE(ebm::check_gradient(Faulty<double>{std::numeric_limits<double>::quiet_NaN()}, kPoints));
  CHECK_FALSE(ebm::check_gradient(Faulty<double>{}, ebm::Points<double, 2>::Constant(1, 2, std::nan(""))));
}

TEST_CASE("check_gradient: prints what it found") {
  std::ostringstream text;
  text << ebm::check_gradient(Faulty<double>{0.5}, kPoints);
  CHECK(text.str() ==
        "failed: row 1, coordinate 1: -0.5 where differences give -1, absolute error 0.5, relative error 1");
}

TEST_CASE("check_parameter_gradient: passes what is right and finds what is wrong") {
  const ebm::Points<double, 2> points = ebm::Points<double, 2>::Random(40, 2);
  const Eigen::VectorXd weights = Eigen::VectorXd::LinSpaced(40, -1, 1.5);
  CHECK(ebm::check_parameter_gradient(Trainable<Wrong::nothing>(2.0), points, weights));
  CHECK_FALSE(ebm::check_parameter_gradient(Trainable<Wrong::sign>(2.0), points, weights));
  CHECK_FALSE(ebm::check_parameter_gradient(Trainable<Wrong::written>(2.0), points, weights));
  CHECK_FALSE(ebm::check_parameter_gradient(Trainable<Wrong::weights>(2.0), points, weights));
  CHECK_FALSE(ebm::check_parameter_gradient(Trainable<Wrong::values>(2.0), points, weights));
}

TEST_CASE("check_gradient: wrong arguments are named") {
  CHECK_THROWS_WITH(ebm::check_gradient(Faulty<double>{}, kPoints, {.step = -1}), "step: -1, wanted a positive number");
  CHECK_THROWS_AS(ebm::check_gradient(Faulty<double>{}, Eigen::MatrixXd::Zero(2, 3)), ebm::ShapeError);
  CHECK_THROWS_WITH(ebm::check_gradient(Faulty<double>{}, Eigen::MatrixXd::Zero(0, 2)),
                    "points: rows: 0, wanted at least 1");
  CHECK_THROWS_AS(ebm::check_parameter_gradient(Trainable<Wrong::nothing>(2.0), kPoints, Eigen::VectorXd::Ones(3)),
                  ebm::ShapeError);
}
