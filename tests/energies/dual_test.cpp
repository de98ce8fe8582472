// Every function on dual numbers, against central differences of the function itself; in registers and on scalars.
#include <ebm/energies/dual.hpp>

#include "support/catch.hpp"

namespace {

using ebm::Dual;

// f(a, b) on scalars, on duals of scalars and on duals of packs, at a handful of points (a, b) with a > 0.
template <class S, class F>
void check(const char* name, F f) {
  INFO(name);
  for (const auto& [a, b] : {std::pair(0.3, -1.2), std::pair(1.7, 0.4), std::pair(2.5, 2.0), std::pair(0.9, -0.6)}) {
    const auto value = [&](double x, double y) { return f(Dual<double, 0>(x), Dual<double, 0>(y)).value; };
    constexpr double h = 1e-5;
    const double slope_a = (value(a + h, b) - value(a - h, b)) / (2 * h),
                 slope_b = (value(a, b + h) - value(a, b - h)) / (2 * h);
    const double tolerance = sizeof(S) == 4 ? 5e-6 : 1e-8;
    const auto near = [&](S given, double expected) {
      return std::abs(static_cast<double>(given) - expected) <= tolerance * (1 + std::abs(expected));
    };

    const auto x = static_cast<S>(a), y = static_cast<S>(b);
    const auto dual = f(Dual<S, 2>::variable(x, 0), Dual<S, 2>::variable(y, 1));
    CHECK(near(dual.value, value(a, b)));
    CHECK(near(dual.derivative[0], slope_a));
    CHECK(near(dual.derivative[1], slope_b));

    using V = ebm::Pack<S>;
    const auto packed = f(Dual<V, 2>::variable(V(x), 0), Dual<V, 2>::variable(V(y), 1));
    alignas(64) S lanes[3][ebm::Pack<S>::size];
    packed.value.store(lanes[0]), packed.derivative[0].store(lanes[1]), packed.derivative[1].store(lanes[2]);
    for (const int lane : {0, ebm::Pack<S>::size - 1}) {
      CHECK(lanes[0][lane] == dual.value);
      CHECK(lanes[1][lane] == dual.derivative[0]);
      CHECK(lanes[2][lane] == dual.derivative[1]);
    }
  }
}

template <class F>
void check_both(const char* name, F f) {
  check<float>(name, f);
  check<double>(name, f);
}

}  // namespace

TEST_CASE("Dual: arithmetic with duals and numbers of any type") {
  check_both("sum", [](auto a, auto b) { return a + b; });
  check_both("difference", [](auto a, auto b) { return a - b; });
  check_both("product", [](auto a, auto b) { return a * b; });
  check_both("ratio", [](auto a, auto b) { return b / a; });
  check_both("signs", [](auto a, auto b) { return -a - (+b); });
  check_both("numbers on the right", [](auto a, auto b) { return (a + 1) * (b - 2.5f) / 3.0 - (b * 2); });
  check_both("numbers on the left", [](auto a, auto b) { return (1 + b) * (2.5f - a) + 3.0 / a + 2 * b; });
  check_both("fma", [](auto a, auto b) { return fma(a, b, b * 3) + fma(b, a, 2); });
  check_both("assignments", [](auto a, auto b) {
    auto sum = a;
    sum += b, sum *= a, sum -= 2.0, sum /= a + 1, sum *= 3, sum += 1.5f;
    return sum;
  });
  check_both("a constant", [](auto a, auto b) { return decltype(a)(3) + 0 * b; });
}

TEST_CASE("Dual: functions") {
  check_both("square", [](auto a, auto b) { return square(a + b); });
  check_both("sqrt", [](auto a, auto b) { return sqrt(a + b * b); });
  check_both("exp", [](auto a, auto b) { return exp(0.5 * a * b); });
  check_both("log", [](auto a, auto b) { return log(a) * b; });
  check_both("log1p", [](auto a, auto b) { return log1p(a * square(b)); });
  check_both("log1p_exp", [](auto a, auto b) { return log1p_exp(2 * b - a); });
  check_both("log_add_exp", [](auto a, auto b) { return log_add_exp(a, 2 * b); });
  check_both("logistic", [](auto a, auto b) { return logistic(a * b); });
  check_both("tanh", [](auto a, auto b) { return tanh(a * b - 0.2); });
  check_both("sin", [](auto a, auto b) { return sin(3 * a + b); });
  check_both("cos", [](auto a, auto b) { return cos(a - 2 * b); });
  check_both("integer powers", [](auto a, auto b) {
    return pow(b, 2) + 0.5 * pow(b, 3) + 0.1 * pow(a, 4) + 0.01 * pow(a, 5) + pow(b, -1) + pow(a, 0) + pow(b, 1);
  });
  check_both("real powers", [](auto a, auto b) { return pow(a, 1.5) + pow(b, 2.0) + pow(a, -0.7); });
  check_both("abs", [](auto a, auto b) { return abs(b) * a; });
  check_both("minimum", [](auto a, auto b) { return minimum(a * a, b) + minimum(a, 1.0); });
  check_both("maximum", [](auto a, auto b) { return maximum(a, b * b) + maximum(b, 0); });
  check_both("select", [](auto a, auto b) {
    return select(a < b, a * b, a + b) + select(a >= 1, a, b) + select(a > b, b, a) + select(a <= b, 2 * a, 3 * b);
  });
}

TEST_CASE("Dual: derivatives at kinks are those of one branch") {
  const auto zero = Dual<double, 1>::variable(0.0, 0);
  CHECK(abs(zero).derivative[0] == 1);
  CHECK(maximum(zero, 0).derivative[0] == 0);
  CHECK(minimum(Dual<double, 1>(0), zero).derivative[0] == 1);
  CHECK(pow(zero, 0).derivative[0] == 0);
  CHECK(pow(zero, 1).derivative[0] == 1);
  CHECK(pow(zero, 2).derivative[0] == 0);
}

TEST_CASE("Dual: a wrong rule would be noticed") {
  const auto product = Dual<double, 2>::variable(2.0, 0) * Dual<double, 2>::variable(3.0, 1);
  CHECK(product.derivative[0] == 3);
  CHECK(product.derivative[1] == 2);
  const auto nested = exp(sin(Dual<double, 1>::variable(0.5, 0)));
  CHECK(nested.derivative[0] == Approx(std::exp(std::sin(0.5)) * std::cos(0.5)).epsilon(1e-14));
}
