#include <ebm/partition/genz_malik.hpp>

#include <cmath>

#include "support/catch.hpp"

using ebm::detail::GenzMalik;

namespace {

// The rule on x^a y^b z^c over [-1, 1]^Dim.
template <int Dim>
typename GenzMalik<Dim>::Answer monomial(const std::array<int, 3>& powers) {
  std::array<double, GenzMalik<Dim>::nodes> f;
  for (std::size_t node = 0; node < f.size(); ++node) {
    f[node] = 1;
    for (std::size_t i = 0; i < Dim; ++i) f[node] *= std::pow(GenzMalik<Dim>::offsets[node][i], powers[i]);
  }
  return GenzMalik<Dim>::apply(f);
}

double mean(const std::array<int, 3>& powers) {
  double product = 1;
  for (const int p : powers) product *= p % 2 == 0 ? 1.0 / (p + 1) : 0.0;
  return product;
}

template <int Dim>
void check_exactness() {
  for (int a = 0; a <= 7; ++a) {
    for (int b = 0; b <= (Dim > 1 ? 7 - a : 0); ++b) {
      for (int c = 0; c <= (Dim > 2 ? 7 - a - b : 0); ++c) {
        const auto answer = monomial<Dim>({a, b, c});
        CAPTURE(Dim, a, b, c);
        CHECK(std::abs(answer.mean - mean({a, b, c})) < 1e-14);
        if (a + b + c <= 4) CHECK(answer.error < 1e-14);
        if (a == 6 && b + c == 0) CHECK(answer.error > 1e-3);
      }
    }
  }
  CHECK(std::abs(monomial<Dim>({8, 0, 0}).mean - mean({8, 0, 0})) > 1e-3);
}

}  // namespace

TEST_CASE("the rule is exact for polynomials of degree 7 and no further") {
  check_exactness<1>();
  check_exactness<2>();
  check_exactness<3>();
}

TEST_CASE("a jump in the strip beyond the outermost nodes is seen") {
  std::array<double, GenzMalik<2>::nodes> f;
  for (std::size_t node = 0; node < f.size(); ++node) f[node] = GenzMalik<2>::offsets[node][1] > 0.97 ? 1 : 0;
  const auto answer = GenzMalik<2>::apply(f);
  CHECK(answer.mean == 0);
  CHECK(answer.error > 0.015);  // the truth
  CHECK(answer.roughness[1] > answer.roughness[0]);
}
