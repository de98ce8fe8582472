#include <ebm/energies/formula.hpp>

#include "energies/analytic.hpp"

namespace {

// The banana of the README, its gradient by hand.
template <class S>
struct Written {
  using Scalar = S;
  static constexpr int dim = 2;
  template <class V>
  V lane_value_and_gradient(const std::array<V, 2>& x, std::array<V, 2>& gradient) const {
    const V offset = x[1] - x[0] * x[0];
    gradient[0] = x[0] - V(S(1)) - V(S(16)) * offset * x[0];
    gradient[1] = V(S(8)) * offset;
    return lane_value(x);
  }
  template <class V>
  V lane_value(const std::array<V, 2>& x) const {
    return V(S(0.5)) * square(x[0] - V(S(1))) + V(S(4)) * square(x[1] - x[0] * x[0]);
  }
};

template <class Scalar>
auto banana() {
  return ebm::formula<2, Scalar>([](auto x, auto y) { return 0.5 * square(x - 1) + 4.0 * square(y - x * x); });
}

// Nearest neighbours on a chain.
template <int D, class Scalar>
auto chain() {
  return ebm::formula<D, Scalar>([](const auto& x) {
    auto sum = square(x[0]);
    for (std::size_t i = 1; i < D; ++i) sum += 2 * square(x[i] - sin(x[i - 1])) + 0.1 * pow(x[i], 4);
    return sum;
  });
}

struct Nothing {};
using NotCallable = Nothing;
[[maybe_unused]] const auto one_argument = [](auto x) { return x; };
[[maybe_unused]] const auto returns_nothing = [](auto, auto) {};
[[maybe_unused]] const auto returns_number = [](auto, auto) { return 1.0; };
[[maybe_unused]] const auto two_arguments = [](auto x, auto y) { return x * y; };
[[maybe_unused]] const auto array_argument = [](const auto& x) { return x[0] * x[1]; };
[[maybe_unused]] const auto any_arguments = [](auto... x) { return (x + ...); };
[[maybe_unused]] const auto floats_only = [](ebm::Pack<float> x, ebm::Pack<float> y) { return x + y; };

static_assert(ebm::FormulaOf<decltype(two_arguments), 2, float>);
static_assert(ebm::FormulaOf<decltype(array_argument), 2, double>);
static_assert(ebm::FormulaOf<decltype(any_arguments), 3, double>);
static_assert(!ebm::FormulaOf<decltype(two_arguments), 3, float>);
static_assert(!ebm::FormulaOf<decltype(returns_nothing), 2, float>);
static_assert(!ebm::FormulaOf<decltype(returns_number), 2, float>);
static_assert(!ebm::FormulaOf<decltype(floats_only), 2, float>);  // cannot be differentiated
static_assert(!ebm::FormulaOf<NotCallable, 2, float>);
static_assert(ebm::FormulaOf<decltype(one_argument), 1, float>);

static_assert(ebm::DifferentiableEnergy<decltype(banana<float>())>);
static_assert(!ebm::TrainableEnergy<decltype(banana<float>())>);

}  // namespace

TEST_CASE("formula: the same as the gradient written by hand") {
  const auto check = [](auto derived, auto written, double tolerance) {
    const auto points = analytic::points_for(written, 100, 1.5);
    const auto values = ebm::energies(written, points);
    CHECK((ebm::energies(derived, points) - values).cwiseAbs().maxCoeff() <= tolerance * values.cwiseAbs().maxCoeff());
    const auto slopes = ebm::gradients(written, points);
    CHECK((ebm::gradients(derived, points) - slopes).cwiseAbs().maxCoeff() <= tolerance * slopes.cwiseAbs().maxCoeff());
  };
  check(banana<float>(), Written<float>{}, 1e-6);
  check(banana<double>(), Written<double>{}, 1e-15);
}

TEST_CASE("formula: gradients against differences, float and double") {
  analytic::check_gradients(banana<float>(), banana<double>(), 1.0);
  const auto tangle = [](auto x, auto y, auto z) {
    return log1p_exp(x * y) + tanh(z - y) / (1 + square(x)) + 0.5 * abs(sqrt(1 + x * x) * cos(z)) + log_add_exp(x, z) +
           square(x + y + z);
  };
  analytic::check_gradients(ebm::formula<3, float>(tangle), ebm::formula<3, double>(tangle), 1.0);
  const auto line = [](auto x) { return exp(0.3 * x) + square(x); };
  analytic::check_gradients(ebm::formula<1, float>(line), ebm::formula<1, double>(line), 1.0);
}

TEST_CASE("formula: one block of derivatives or several") {
  analytic::check_gradients(chain<2, float>(), chain<2, double>(), 1.0);
  analytic::check_gradients(chain<9, float>(), chain<9, double>(), 1.0);
  analytic::check_gradients(chain<17, float>(), chain<17, double>(), 1.0);
}

TEST_CASE("formula: what it captures stays with it") {
  const auto make = [](double centre) {
    return ebm::formula<2>([centre](auto x, auto y) { return square(x - centre) + square(y); });
  };
  const auto a = make(1.0), b = make(-3.0);
  CHECK(ebm::energies(a, Eigen::RowVector2d(1, 2))[0] == 4);
  CHECK(ebm::energies(b, Eigen::RowVector2d(1, 2))[0] == 20);
}

TEST_CASE("formula: one value for all forms") {
  const auto energy = banana<double>();
  const std::array<double, 2> x{0.3, -1.4};
  std::array<double, 2> gradient;
  const double value = 0.5 * 0.7 * 0.7 + 4 * (1.4 + 0.09) * (1.4 + 0.09);
  CHECK(energy.lane_value(x) == Approx(value).epsilon(1e-14));
  CHECK(energy.lane_value_and_gradient(x, gradient) == Approx(value).epsilon(1e-14));
  CHECK(gradient[1] == Approx(-8 * 1.49).epsilon(1e-14));
  CHECK(ebm::energies(energy, Eigen::RowVector2d(0.3, -1.4))[0] == Approx(value).epsilon(1e-14));
  analytic::check_padding(banana<float>(), 1.0);
}
