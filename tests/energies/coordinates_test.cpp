#include <ebm/energies/coordinates.hpp>

#include <ebm/concepts/evaluation.hpp>

#include "support/catch.hpp"

using ebm::Index;
using ebm::Points;

namespace {

// E = sum (i + 1) x_i^2, written once.
template <class S, int Dim>
class Weighted : public ebm::detail::ByCoordinates<Weighted<S, Dim>, S, Dim> {
 public:
  using Scalar = S;
  static constexpr int dim = Dim;
  explicit Weighted(Index dimension = Dim) : dimension_(dimension) {}
  Index dimension() const { return dimension_; }

 private:
  friend ebm::detail::ByCoordinates<Weighted, S, Dim>;
  template <class X, class Gradient>
  auto compute(X x, Gradient gradient) const {
    using V = typename X::Value;
    V sum(S(0));
    ebm::detail::for_each_coordinate<Dim>(dimension_, [&](auto i) {
      const V weight(static_cast<S>(i + 1));
      sum = fma(weight * x(i), x(i), sum);
      gradient(i, weight * (x(i) + x(i)));
    });
    return sum;
  }
  Index dimension_;
};

template <class E>
void check(const E& energy) {
  const Index n = ebm::dimension_of(energy);
  Points<double, E::dim> x(21, n);
  for (Index row = 0; row < x.rows(); ++row) {
    for (Index i = 0; i < n; ++i) x(row, i) = 0.25 * static_cast<double>((row * 5 + i * 3) % 17) - 2;
  }
  const auto values = ebm::energies(energy, x);
  const auto slopes = ebm::gradients(energy, x);
  for (Index row = 0; row < x.rows(); ++row) {  // exact, since all numbers are short
    double sum = 0;
    for (Index i = 0; i < n; ++i) {
      sum += static_cast<double>(i + 1) * x(row, i) * x(row, i);
      CHECK(static_cast<double>(slopes(row, i)) == 2 * static_cast<double>(i + 1) * x(row, i));
    }
    CHECK(static_cast<double>(values[row]) == sum);
  }
}

}  // namespace

// Registers hold eight coordinates; more, or an unknown number, stay in memory.
static_assert(ebm::GradientsByLane<Weighted<float, 8>> && !ebm::GradientsInPlace<Weighted<float, 8>>);
static_assert(!ebm::GradientsByLane<Weighted<float, 9>> && ebm::GradientsInPlace<Weighted<float, 9>>);
static_assert(ebm::GradientsInPlace<Weighted<double, ebm::Dynamic>>);
static_assert(!ebm::DifferentiableEnergy<ebm::detail::ByCoordinates<int, float, 2>>);

TEMPLATE_TEST_CASE("an energy that is written once is the same in registers and in memory", "", float, double) {
  check(Weighted<TestType, 1>());
  check(Weighted<TestType, 8>());
  check(Weighted<TestType, 9>());
  check(Weighted<TestType, ebm::Dynamic>(3));
  check(Weighted<TestType, ebm::Dynamic>(20));
}

TEST_CASE("loops over coordinates run in order, unrolled or not") {
  std::vector<Index> seen;
  ebm::detail::for_each_coordinate<3>(3, [&](auto i) {
    static_assert(i() < 3);  // a constant
    seen.push_back(i);
  });
  CHECK(seen == std::vector<Index>{0, 1, 2});
  seen.clear();
  ebm::detail::for_each_coordinate<ebm::Dynamic>(4, [&](Index i) { seen.push_back(i); });
  CHECK(seen == std::vector<Index>{0, 1, 2, 3});
}
