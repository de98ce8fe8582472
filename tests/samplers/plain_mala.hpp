// MALA written down as in the textbook, chain by chain, with proposal densities in double precision: the reference for
// the library's kernel, and with one of the bugs that such kernels are known to have, what the tests of laws must
// catch.
#pragma once

#include <ebm/samplers/chains.hpp>
#include <ebm/core/tile_noise.hpp>

namespace plain_mala {

using namespace ebm;

enum class Bug { none, no_reverse_proposal, noise_not_rooted, ratio_upside_down, gradient_of_rejected };

struct PlainMala {
  Bug bug = Bug::none;
  double temperature = 1;

  static constexpr bool exact = true;
  static constexpr bool reversible = true;

  bool measures_acceptance() const { return true; }

  template <DifferentiableEnergy E>
  void init(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) const {
    evaluate_chains(energy, state, workspace);
  }

  template <DifferentiableEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double epsilon, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using Scalar = typename E::Scalar;
    const Index count = state.position.count(), dim = state.position.dim();
    Workspace::Scope scope(workspace);
    const auto y = workspace.tiles<Scalar, E::dim>(count, dim), slope = workspace.tiles<Scalar, E::dim>(count, dim);
    const auto energies = workspace.tiles<Scalar, 1>(count, 1);
    const double sd = bug == Bug::noise_not_rooted ? epsilon : std::sqrt(2 * epsilon * temperature);
    for (Index t = 0; t < count; ++t) {
      const Scalar* normals = noise.normals(t);
      for (Index i = 0; i < y.stride(); ++i) {
        y.tile_data(t)[i] = static_cast<Scalar>(state.position.tile_data(t)[i] -
                                                epsilon * state.gradient.tile_data(t)[i] + sd * normals[i]);
      }
    }
    evaluate(energy, y, energies, slope, workspace);
    for (Index t = 0; t < count; ++t) {
      for (Index lane = 0; lane < kLanes<Scalar>; ++lane) {
        double forward = 0, reverse = 0;  // squared distances from the proposals' means
        for (Index i = 0; i < dim; ++i) {
          const double from = state.position.coordinate(t, i)[lane], to = y.coordinate(t, i)[lane];
          const double there = to - from + epsilon * state.gradient.coordinate(t, i)[lane];
          const double back = from - to + epsilon * slope.coordinate(t, i)[lane];
          forward += there * there, reverse += back * back;
        }
        const double before = state.energy.tile_data(t)[lane], after = energies.tile_data(t)[lane];
        double log_ratio = (before - after) / temperature;
        if (bug != Bug::no_reverse_proposal) log_ratio += (forward - reverse) / (4 * epsilon * temperature);
        if (bug == Bug::ratio_upside_down) log_ratio = -log_ratio;
        const double probability = std::exp(std::min(0.0, log_ratio));
        acceptance.tile_data(t)[lane] += static_cast<Scalar>(probability);
        const bool accepted = noise.uniforms(t)[lane] <= probability;
        for (Index i = 0; i < dim; ++i) {
          if (accepted) state.position.coordinate(t, i)[lane] = y.coordinate(t, i)[lane];
          if (accepted || bug == Bug::gradient_of_rejected)
            state.gradient.coordinate(t, i)[lane] = slope.coordinate(t, i)[lane];
        }
        if (accepted) state.energy.tile_data(t)[lane] = energies.tile_data(t)[lane];
      }
    }
  }
};

}  // namespace plain_mala
