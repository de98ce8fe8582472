#include <ebm/datasets/toy_densities.hpp>

#include <set>
#include <string>

#include "datasets/density_checks.hpp"
#include "support/catch.hpp"

namespace {

// A density that does not know its entropy is none of the toys.
struct Unknown {
  static constexpr int dim = 2;
  static constexpr const char* name() { return "unknown"; }
  ebm::Points<double, 2> sample(ebm::Index count, ebm::Rng&) const { return ebm::Points<double, 2>::Zero(count, 2); }
  ebm::Values<double> log_density(const ebm::Points<double, 2>& points) const { return points.col(0); }
  ebm::Box<2> domain() const { return ebm::detail::square_box(1.0); }
};
static_assert(ebm::SampledDensity<Unknown> && !ebm::ToyDensity<Unknown>);

template <class D>
void check_reproducible(const D& density) {
  static_assert(ebm::ToyDensity<D>);
  INFO(D::name());
  ebm::Rng rng(7), again(7), other(8);
  const auto points = density.sample(1000, rng);
  REQUIRE(points.rows() == 1000);
  CHECK(density.sample(37, again) == points.topRows(37));
  CHECK(density.sample(37, again) != points.topRows(37));
  CHECK(density.sample(37, other) != points.topRows(37));
  // What is said of a row does not depend on its neighbours.
  const auto log_p = density.log_density(points);
  bool same = true;
  for (ebm::Index i = 0; i < 1000; i += 13)
    same &= checks::log_density_at(density, points(i, 0), points(i, 1)) == log_p[i];
  CHECK(same);
  CHECK(density.log_density(points.topRows(0)).size() == 0);
  const auto box = density.domain();
  bool inside = true;
  for (ebm::Index i = 0; i < 1000; ++i) {
    for (int j = 0; j < 2; ++j) inside &= box.lower[j] <= points(i, j) && points(i, j) <= box.upper[j];
  }
  CHECK(inside);
}

}  // namespace

TEST_CASE("The gallery has nine toys of different names") {
  std::set<std::string> names;
  ebm::for_each_toy_density([&](const auto& density) { names.insert(density.name()); });
  CHECK(names.size() == 9);
}

TEST_CASE("Toys give the same rows and the same values, whatever the count") {
  ebm::for_each_toy_density([](const auto& density) { check_reproducible(density); });
  check_reproducible(ebm::PolarRings{});
  check_reproducible(ebm::FunnelDensity{});
  check_reproducible(ebm::BananaDensity{});
  check_reproducible(ebm::NoisyCosineDensity{});
  check_reproducible(ebm::GaussianMixtureDensity{{.weight = 2.0}, {.mean = {3.0, 1.0}, .covariance = {1.0, 0.5, 2.0}}});
}
