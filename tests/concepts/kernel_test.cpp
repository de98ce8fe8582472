// The smallest type that meets each concept of kernels, and what comes near without meeting it.
#include <ebm/concepts/kernel.hpp>
#include <ebm/energies/quadratic.hpp>
#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sample.hpp>
#include <ebm/samplers/sgld.hpp>

#include "support/catch.hpp"

namespace {

using ebm::LanesSpan, ebm::Workspace;
using Target = ebm::QuadraticEnergy<float, 2>;
using State = ebm::ChainState<float, 2>;
using Noise = ebm::TileNoise<float, 2>;

// Leaves every chain where it is, which is exact and reversible.
struct StandStill {
  static constexpr bool exact = true;
  static constexpr bool reversible = true;

  bool measures_acceptance() const { return false; }
  void init(const Target& energy, const State& state, Workspace& workspace) const {
    ebm::evaluate_chains(energy, state, workspace);
  }
  void step(const Target&, const State&, double, Noise&, LanesSpan<float>, Workspace&) const {}
};
static_assert(ebm::Kernel<StandStill, Target> && !ebm::TunableKernel<StandStill>);
static_assert(!ebm::Kernel<StandStill, ebm::QuadraticEnergy<double, 2>>);
static_assert(!ebm::Kernel<StandStill, ebm::QuadraticEnergy<float, 3>>);
static_assert(!ebm::Kernel<StandStill, int>);

struct ExactNotConstant : StandStill {
  [[maybe_unused]] static inline bool exact = true;
};
struct ReversibleOfWrongType : StandStill {
  static constexpr int reversible = 1;
};
struct SaysNothing {
  bool measures_acceptance() const;
  void init(const Target&, const State&, Workspace&) const;
  void step(const Target&, const State&, double, Noise&, LanesSpan<float>, Workspace&) const;
};
struct NoInit {
  static constexpr bool exact = true, reversible = true;
  bool measures_acceptance() const;
  void step(const Target&, const State&, double, Noise&, LanesSpan<float>, Workspace&) const;
};
struct InitReturns : StandStill {
  bool init(const Target&, const State&, Workspace&) const;
};
struct StepNotConst : StandStill {
  void step(const Target&, const State&, double, Noise&, LanesSpan<float>, Workspace&);
};
struct StepReturns : StandStill {
  float step(const Target&, const State&, double, Noise&, LanesSpan<float>, Workspace&) const;
};
struct StepWithoutNoise : StandStill {
  void step(const Target&, const State&, double, LanesSpan<float>, Workspace&) const;
};
struct AcceptanceOfWrongType : StandStill {
  double measures_acceptance() const;
};
static_assert(!ebm::Kernel<ExactNotConstant, Target>);
static_assert(!ebm::Kernel<ReversibleOfWrongType, Target>);
static_assert(!ebm::Kernel<SaysNothing, Target>);
static_assert(!ebm::Kernel<NoInit, Target>);
static_assert(!ebm::Kernel<InitReturns, Target>);
static_assert(!ebm::Kernel<StepNotConst, Target>);
static_assert(!ebm::Kernel<StepReturns, Target>);
static_assert(!ebm::Kernel<StepWithoutNoise, Target>);
static_assert(!ebm::Kernel<AcceptanceOfWrongType, Target>);

struct Tunable : StandStill {
  std::optional<double> step_size;
  double target_acceptance = 0.5;
};
struct StepSizeAlwaysGiven : Tunable {
  double step_size = 0.1;
};
struct TargetInFloat : Tunable {
  float target_acceptance = 0.5f;
};
static_assert(ebm::TunableKernel<Tunable> && ebm::TunableKernel<ebm::Mala> && ebm::TunableKernel<ebm::Sgld>);
static_assert(!ebm::TunableKernel<StepSizeAlwaysGiven>);
static_assert(!ebm::TunableKernel<TargetInFloat>);

struct TwoUniforms : StandStill {
  static constexpr ebm::Index uniforms_per_step = 2;
};
static_assert(ebm::kUniformsPerStep<StandStill> == 1 && ebm::kUniformsPerStep<TwoUniforms> == 2);

}  // namespace

TEST_CASE("Kernel: the archetype can be sampled with, and its draws are where it began") {
  const Target target(2.0);
  const ebm::Points<float, 2> initial = (ebm::Points<float, 2>(2, 2) << 1, 2, -3, 0.5).finished();
  ebm::Rng rng(1);
  const auto draws =
      ebm::sample(target, StandStill{}, {.chains = 2, .steps = 3, .warmup = 4, .initial = initial}, rng);
  for (ebm::Index chain = 0; chain < 2; ++chain) {
    for (ebm::Index draw = 0; draw < 3; ++draw) CHECK(draws.points.row(3 * chain + draw) == initial.row(chain));
  }
  CHECK(draws.energies == ebm::energies(target, draws.points));
  CHECK(std::isnan(draws.acceptance(0)));
}
