// Sgld: Langevin dynamics without a Metropolis test.
//
//   x' = x - epsilon dE/dx + sqrt(2 epsilon T) xi        xi ~ N(0, I)
//
// Parisi 1981; Welling & Teh 2011, eq. 4, whose step is 2 epsilon. It is not exact: on E = lambda x^2 / 2 its
// stationary variance is T / (lambda (1 - epsilon lambda / 2)) instead of T / lambda, and it is unstable from
// epsilon = 2 / lambda on. Left to itself the kernel therefore computes the ratio of the Metropolis test without using
// it to reject, and tunes epsilon until that ratio's mean is 0.97: the bias stays small and the dynamics stable. A
// fixed step is the user's choice.
//
// Energy-based models are often sampled with an unrelated step a and noise s, x' = x - a dE/dx + s xi; this samples the
// temperature T = s^2 / (2 a). from_step_noise(a, s) makes that kernel, and temperature says what it samples. An energy
// E trained with it is a density at T only, p = exp(-E / T) / Z, and every function that makes a density of an energy
// has to be told: log_partition, expectation, moments, kl_divergence and log_likelihood, density_grid and plot_density
// by their option `temperature` (trainer.temperature() has it), kernels of samplers by their field.
#pragma once

#include <ebm/samplers/mala.hpp>

namespace ebm {

// epsilon_t = a (b + t)^-gamma from `first` at step 0 to `last` at step `steps` (Welling & Teh 2011, section 4.1).
// Averages over such draws are weighted by epsilon_t (their eq. 11).
struct PolynomialDecay {
  double first, last;
  Index steps;
  double gamma = 0.55;

  double operator()(Index t) const {
    const double b = static_cast<double>(steps) / (ebm::pow(first / last, 1.0 / gamma) - 1.0);
    return first * ebm::pow(1.0 + static_cast<double>(t) / b, -gamma);
  }

  void check() const {
    require(first > 0, "first", first, "more than 0");
    require(last > 0 && last <= first, "last", last, "more than 0 and at most first");
    require(steps >= 1, "steps", static_cast<double>(steps), "at least 1");
    require(gamma > 0, "gamma", gamma, "more than 0");
  }
};

struct Sgld {
  std::optional<double> step_size = {};  // epsilon; left out, it is tuned
  double target_acceptance = 0.97;       // of the Metropolis test that is not made
  double temperature = 1.0;
  std::optional<PolynomialDecay> schedule = {};  // overrides step_size

  static constexpr bool exact = false;
  static constexpr bool reversible = false;

  // Step a and noise s as the literature of energy-based models has them.
  static Sgld from_step_noise(double step, double noise) {
    require(step > 0, "step", step, "more than 0");
    require(noise > 0, "noise", noise, "more than 0");
    Sgld kernel;
    kernel.step_size = step;
    kernel.temperature = noise * noise / (2.0 * step);
    return kernel;
  }

  bool measures_acceptance() const { return !step_size && !schedule; }

  // The same proposals with the test: no chain runs away while a step size that is too large is being tuned.
  Mala adjusted() const { return {step_size, target_acceptance, temperature}; }

  template <DifferentiableEnergy E>
  void init(const E& energy, const ChainStateOf<E>& state, Workspace& workspace) const {
    evaluate_chains(energy, state, workspace);
  }

  // One step of all chains of the state. A chain whose new energy or gradient would not be finite stays where it is and
  // counts as failed.
  template <DifferentiableEnergy E>
  void step(const E& energy, const ChainStateOf<E>& state, double epsilon, TileNoise<typename E::Scalar, E::dim>& noise,
            LanesSpan<typename E::Scalar> acceptance, Workspace& workspace) const {
    using V = Pack<typename E::Scalar>;
    const bool measured = measures_acceptance();
    detail::langevin_transition(energy, state, epsilon, temperature, noise, measured, workspace,
                                [&](const detail::LangevinMove<V>& move, Index t, Index p) {
                                  if (measured) {
                                    detail::add_lanes(detail::acceptance_probability(move.log_ratio),
                                                      acceptance.tile_data(t) + p);
                                  }
                                  const auto sound = is_finite(move.soundness);
                                  detail::mark_failed(sound, state.failed.tile_data(t) + p);
                                  return sound;
                                });
  }
};

}  // namespace ebm
