#include <ebm/networks/activation.hpp>

#include "support/catch.hpp"

using namespace ebm;

namespace {

struct Reference {
  long double value, derivative;
};

long double gate(long double x) { return 1 / (1 + std::exp(-x)); }
Reference reference(Silu, long double x) { return {x * gate(x), gate(x) * (1 + x * (1 - gate(x)))}; }
Reference reference(Softplus, long double x) {
  return {std::max(x, 0.0L) + std::log1p(std::exp(-std::abs(x))), gate(x)};
}
Reference reference(Tanh, long double x) { return {std::tanh(x), 1 - std::tanh(x) * std::tanh(x)}; }
Reference reference(LeakyRelu, long double x) { return {x < 0 ? 0.2L * x : x, x < 0 ? 0.2L : 1.0L}; }

template <class Act, class Scalar>
Reference apply(Scalar x) {
  alignas(kAlignment) Scalar value[kLanes<Scalar>], derivative[kLanes<Scalar>];
  Pack<Scalar> slope;
  Act::apply(Pack<Scalar>(x), slope).store(value);
  slope.store(derivative);
  return {value[Pack<Scalar>::size - 1], derivative[Pack<Scalar>::size - 1]};
}

template <class Act, class Scalar>
void check() {
  STATIC_REQUIRE(Activation<Act>);
  constexpr long double unit = std::numeric_limits<Scalar>::epsilon();
  long double value_error = 0, derivative_error = 0;
  for (int i = -6000; i <= 6000; ++i) {
    const Scalar x = static_cast<Scalar>(i) / Scalar(200);
    const Reference exact = reference(Act{}, x), result = apply<Act>(x);
    // Of the value relative to itself, of the derivative relative to its terms, of which Silu has one of size x.
    const long double size = std::same_as<Act, Silu> ? 1 + std::abs(static_cast<long double>(x)) : 1;
    value_error = std::max(value_error, std::abs(result.value - exact.value) / std::abs(i == 0 ? 1 : exact.value));
    derivative_error = std::max(derivative_error, std::abs(result.derivative - exact.derivative) / size);
  }
  CHECK(static_cast<double>(value_error / unit) < 4);
  CHECK(static_cast<double>(derivative_error / unit) < 4);

  for (const Scalar x : {Scalar(1e4), Scalar(-1e4), Scalar(90), Scalar(-90), Scalar(800), Scalar(-800)}) {
    const Reference exact = reference(Act{}, x), result = apply<Act>(x);
    CAPTURE(x);
    CHECK(std::abs(result.value - exact.value) <= 2 * unit * std::abs(exact.value) + 1e-30L);
    CHECK(std::abs(result.derivative - exact.derivative) <= 2 * unit);
  }
  const Reference lost = apply<Act>(std::numeric_limits<Scalar>::quiet_NaN());
  CHECK(std::isnan(lost.value));
}

// The derivative belongs to the value, whatever the references above say.
template <class Act>
void check_differences() {
  for (int i = -60; i <= 60; ++i) {
    const double x = 0.13 * i + 0.05, h = 1e-5;
    const auto at = [](double point) { return static_cast<double>(apply<Act>(point).value); };
    CHECK(static_cast<double>(apply<Act>(x).derivative) == Approx((at(x + h) - at(x - h)) / (2 * h)).margin(1e-9));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("values and derivatives of activations, extremes and what is no number", "", Silu, Softplus, Tanh,
                   LeakyRelu) {
  check<TestType, float>();
  check<TestType, double>();
  check_differences<TestType>();
}
