#include <ebm/samplers/discrete_langevin.hpp>
#include <ebm/samplers/gibbs_with_gradients.hpp>
#include <ebm/samplers/sample.hpp>

#include "support/catch.hpp"
#include "support/small_discrete.hpp"

namespace {

using namespace ebm;
using small_discrete::Pairwise;

// Four spins; states with the first and the second up have the energy given.
struct Fenced : Pairwise<float> {
  float beyond;

  explicit Fenced(float energy) : Pairwise(4, kSpins, 0.3, 5), beyond(energy) {}

  void value(TileSpan<const float, dim> x, LanesSpan<float> values, Workspace& workspace) const {
    Pairwise::value(x, values, workspace);
    for (Index t = 0; t < x.count(); ++t) {
      for (Index l = 0; l < kLanes<float>; ++l) {
        if (x.coordinate(t, 0)[l] > 0 && x.coordinate(t, 1)[l] > 0) values.tile_data(t)[l] = beyond;
      }
    }
  }
  void value_and_gradient(TileSpan<const float, dim> x, LanesSpan<float> values, TileSpan<float, dim> gradients,
                          Workspace& workspace) const {
    Pairwise::value_and_gradient(x, values, gradients, workspace);
    value(x, values, workspace);
  }
};

template <class K>
auto run(float beyond, const K& kernel) {
  Rng rng(3);
  const Points<float, Dynamic> start = Points<float, Dynamic>::Constant(1, 4, -1.0f);
  return sample(Fenced(beyond), kernel, {.chains = 64, .steps = 100, .warmup = 0, .initial = start}, rng);
}

}  // namespace

TEMPLATE_TEST_CASE("proposals of infinite energy are rejected, those of no energy make the chain fail", "",
                   GibbsWithGradients, Dmala) {
  TestType kernel;
  if constexpr (requires { kernel.step_size; }) kernel.step_size = 2.0;
  const auto forbidden = run(std::numeric_limits<float>::infinity(), kernel);
  CHECK(forbidden.diverged_chains() == 0);
  CHECK((forbidden.points.col(0).array() > 0 && forbidden.points.col(1).array() > 0).count() == 0);
  CHECK((forbidden.points.col(0).array() > 0).count() > 500);  // the fence is reached
  CHECK((forbidden.points.col(1).array() > 0).count() > 500);
  for (const float broken : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    const auto draws = run(broken, kernel);
    CHECK(draws.diverged_chains() > 32);
    CHECK((draws.points.col(0).array() > 0 && draws.points.col(1).array() > 0).count() == 0);
  }
}
