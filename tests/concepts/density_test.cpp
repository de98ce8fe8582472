// The smallest type that meets each concept of densities, and what comes near without meeting it.
#include <ebm/concepts/density.hpp>

#include "support/catch.hpp"

namespace {

struct Uniform {
  static constexpr int dim = 1;
  ebm::Values<double> log_density(const ebm::Points<double, 1>& points) const {
    return ebm::Values<double>::NullaryExpr(points.rows(), [&](ebm::Index row) {
      return points(row, 0) >= 0 && points(row, 0) <= 1 ? 0.0 : -std::numeric_limits<double>::infinity();
    });
  }
  ebm::Box<1> domain() const { return {ebm::Box<1>::Corner::Zero(), ebm::Box<1>::Corner::Ones()}; }
};
struct SampledUniform : Uniform {
  ebm::Points<double, 1> sample(ebm::Index count, ebm::Rng& rng) const {
    const ebm::Stream stream = rng.stream();
    return ebm::Points<double, 1>::NullaryExpr(
        count, 1, [&](ebm::Index row) { return stream.uniform(static_cast<std::uint32_t>(row), 0); });
  }
};
static_assert(ebm::Density<Uniform> && !ebm::SampledDensity<Uniform>);
static_assert(ebm::Density<SampledUniform> && ebm::SampledDensity<SampledUniform>);

struct NoDomain {
  static constexpr int dim = 1;
  ebm::Values<double> log_density(const ebm::Points<double, 1>&) const;
};
struct DomainOfTwo : Uniform {
  ebm::Box<2> domain() const;
};
struct InFloat : Uniform {
  ebm::Values<float> log_density(const ebm::Points<double, 1>&) const;
};
struct NotConst : Uniform {
  ebm::Values<double> log_density(const ebm::Points<double, 1>&);
};
struct SamplesInFloat : Uniform {
  ebm::Points<float, 1> sample(ebm::Index, ebm::Rng&) const;
};
static_assert(!ebm::Density<NoDomain>);
static_assert(!ebm::Density<DomainOfTwo>);
static_assert(!ebm::Density<InFloat>);
static_assert(!ebm::Density<NotConst>);
static_assert(ebm::Density<SamplesInFloat> && !ebm::SampledDensity<SamplesInFloat>);

}  // namespace

TEST_CASE("SampledDensity: the archetype works") {
  ebm::Rng rng(1);
  const auto points = SampledUniform{}.sample(100, rng);
  CHECK(SampledUniform{}.log_density(points) == ebm::Values<double>::Zero(100));
}
