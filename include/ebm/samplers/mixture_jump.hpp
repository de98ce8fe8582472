// MixtureJump: independent proposals from the Gaussian anchor of an energy and from Gaussians about given centres.
//
//   z ~ q = (1/2) N(0, T tau^2 I) + (1/2) (1/M) sum_k N(c_k, h_k^2 I)
//   accepted with probability min(1, exp((E(x) - E(z)) / T) q(x) / q(z))
//
// An independence sampler (Tierney 1994, section 2.3.1): exact, whatever the centres, as long as they are chosen
// without looking at the chains. Rows of a minibatch as centres carry chains between modes of the data that local steps
// never connect; the anchor finds what lies elsewhere. The widths h_k go through three scales. Without centres q is the
// anchor alone. Nothing jumps to or from where q(x) / N(x; 0, T tau^2 I) overflows. No gradients are evaluated: those
// of chains that moved are left to the next kernel's init.
#pragma once

#include <ebm/concepts/anchored_energy.hpp>
#include <ebm/samplers/langevin.hpp>

#include <vector>

namespace ebm {

template <class Scalar, int Dim>
class MixtureJump {
 public:
  static constexpr bool exact = true;
  static constexpr bool reversible = true;
  static constexpr Index uniforms_per_step = 2;

  explicit MixtureJump(double temperature = 1.0) : temperature_(temperature) {}

  bool measures_acceptance() const { return true; }

  // Centres from the first `count` lanes of some tiles.
  void set_centres(TileSpan<const Scalar, Dim> tiles, Index count) {
    centres_.clear();
    for (Index k = 0; k < count; ++k) {
      for (Index i = 0; i < tiles.dim(); ++i) {
        centres_.push_back(tiles.coordinate(k / kLanes<Scalar>, i)[k % kLanes<Scalar>]);
      }
    }
    count_ = count;
  }

  template <AnchoredEnergy E>
  void init(const E& energy, const ChainState<Scalar, Dim>& state, Workspace& workspace) const {
    evaluate(energy, state.position, state.energy, workspace);
  }

  template <AnchoredEnergy E>
  void step(const E& energy, const ChainState<Scalar, Dim>& state, double, TileNoise<Scalar, Dim>& noise,
            LanesSpan<Scalar> acceptance, Workspace& workspace) const {
    using V = Pack<Scalar>;
    const Index count = state.position.count(), dim = state.position.dim();
    const double variance = temperature_ * energy.anchor_variance();
    Workspace::Scope scope(workspace);
    const auto z = workspace.tiles<Scalar, Dim>(count, dim);
    const auto new_energy = workspace.tiles<Scalar, 1>(count, 1);
    for (Index t = 0; t < count; ++t) propose(noise.normals(t), noise.uniforms(t, 0), variance, dim, z.tile_data(t));
    evaluate(energy, z, new_energy, workspace);
    const V inverse_temperature(1.0 / temperature_);
    const Widths widths = log_weights(variance, dim);
    for (Index t = 0; t < count; ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const V proposed = V::load(new_energy.tile_data(t) + p), old = V::load(state.energy.tile_data(t) + p);
        const V correction = log_proposal(state.position.tile_data(t) + p, variance, dim, widths) -
                             log_proposal(z.tile_data(t) + p, variance, dim, widths);
        const V ratio = fma(old - proposed, inverse_temperature, correction);
        const auto sound = is_finite(proposed) & is_finite(correction);
        const V probability = select(sound, detail::acceptance_probability(ratio), V(0));
        detail::add_lanes(probability, acceptance.tile_data(t) + p);
        const auto taken = (V::load(noise.uniforms(t, 1) + p) <= probability) & sound;
        for (Index i = 0; i < dim; ++i) {
          Scalar* x = state.position.coordinate(t, i) + p;
          select(taken, V::load(z.coordinate(t, i) + p), V::load(x)).store(x);
        }
        select(taken, proposed, old).store(state.energy.tile_data(t) + p);
      }
    }
  }

 private:
  static constexpr double kWidths[] = {0.3, 0.1, 0.03};
  struct Widths {
    Pack<Scalar> log_weight[3], minus_half_precision[3];
  };

  // Of one centre's Gaussian, relative to the anchor's.
  Widths log_weights(double variance, Index dim) const {
    Widths result;
    for (int j = 0; j < 3; ++j) {
      const double square = kWidths[j] * kWidths[j];
      result.log_weight[j] =
          ebm::fma(0.5 * static_cast<double>(dim), ebm::log(variance / square), -ebm::log(static_cast<double>(count_)));
      result.minus_half_precision[j] = -0.5 / square;
    }
    return result;
  }

  // The choice decides for each lane: the upper half means the anchor, the lower one of the centres.
  [[gnu::noinline]] void propose(const Scalar* normals, const Scalar* choice, double variance, Index dim,
                                 Scalar* z) const {
    const Scalar anchor_width = static_cast<Scalar>(std::sqrt(variance));
    for (Index l = 0; l < kLanes<Scalar>; ++l) {
      const Index k = static_cast<Index>(choice[l] * static_cast<Scalar>(2 * count_));
      const bool from_centre = k < count_;
      const Scalar spread = from_centre ? static_cast<Scalar>(kWidths[k % 3]) : anchor_width;
      for (Index i = 0; i < dim; ++i) {
        const Scalar centre = from_centre ? centres_[static_cast<std::size_t>(k * dim + i)] : Scalar(0);
        z[i * kLanes<Scalar> + l] = ebm::fma(spread, normals[i * kLanes<Scalar> + l], centre);
      }
    }
  }

  // log q(x) up to a constant, for one pack of lanes.
  [[gnu::noinline]] Pack<Scalar> log_proposal(const Scalar* x, double variance, Index dim, const Widths& widths) const {
    using V = Pack<Scalar>;
    V square(0);
    for (Index i = 0; i < dim; ++i) {
      const V lane = V::load(x + i * kLanes<Scalar>);
      square = fma(lane, lane, square);
    }
    const V anchor = square * V(-0.5 / variance);
    if (count_ == 0) return anchor;
    // Components relative to the anchor's, whose exponent is taken out of the sum.
    V sum(1);
    for (Index k = 0; k < count_; ++k) {
      V distance(0);
      for (Index i = 0; i < dim; ++i) {
        const V d = V::load(x + i * kLanes<Scalar>) - V(centres_[static_cast<std::size_t>(k * dim + i)]);
        distance = fma(d, d, distance);
      }
      sum = sum + exp(fma(distance, widths.minus_half_precision[k % 3], widths.log_weight[k % 3] - anchor));
    }
    return anchor + log(sum);
  }

  double temperature_;
  Index count_ = 0;
  std::vector<Scalar> centres_;
};

}  // namespace ebm
