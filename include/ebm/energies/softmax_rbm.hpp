// SoftmaxRbm: a restricted Boltzmann machine whose visible sites each take one of q states, with binary hidden units
// (Salakhutdinov, Mnih & Hinton 2007).
//
//   E(x, h) = -sum_i b_i(x_i) - c'h - sum_ij W_ij(x_i) h_j              x_i in {0, ..., q - 1}, h in {0,1}^hidden
//   E(x)    = -sum_i b_i(x_i) - sum_j softplus(c_j + sum_i W_ij(x_i))
//   p(x_i = k | h) = softmax_k (b_i(k) + sum_j W_ij(k) h_j)
//
// A site's coordinate is the number of its state, so that every kernel and objective for discrete energies sees a Potts
// variable and none can leave the states, as it could among q coordinates of which one must be 1. Inside, it is a
// BernoulliRbm with a visible unit for each site and state: parameters lie as W [site][state][hidden], b [site][state],
// c.
#pragma once

#include <ebm/core/categories.hpp>
#include <ebm/energies/hidden_states.hpp>
#include <ebm/energies/rbm.hpp>

namespace ebm {

template <class S>
class SoftmaxRbm {
 public:
  using Scalar = S;
  static constexpr int dim = Dynamic;
  static constexpr Index tiles_at_once = BernoulliRbm<S>::tiles_at_once;

  SoftmaxRbm(Index sites, Index states, Index hidden, Rng& rng, const RbmOptions& options = {})
      : SoftmaxRbm(sites, states, BernoulliRbm<S>(checked_units(sites, states), hidden, rng, options)) {
    // Offsets of states that are equally likely.
    inner_.initialise_from(Values<double>::Constant(sites * states, 1.0 / static_cast<double>(states)));
  }

  // Of given weights (site * states + state x hidden) and biases, without offsets.
  template <class Weights, class VisibleBiases, class HiddenBiases>
  SoftmaxRbm(Index states, const Eigen::DenseBase<Weights>& weights,
             const Eigen::DenseBase<VisibleBiases>& visible_biases, const Eigen::DenseBase<HiddenBiases>& hidden_biases)
      : SoftmaxRbm(checked_sites(weights.rows(), states), states,
                   BernoulliRbm<S>(weights, visible_biases, hidden_biases)) {}

  Index dimension() const { return sites_; }
  Index sites() const { return sites_; }
  Index hidden() const { return inner_.hidden(); }
  StateSet states() const { return {0, 1, states_}; }

  // The parameters of the formula above, offsets taken into account.
  double weight(Index site, Index state, Index j) const { return inner_.weight(site * states_ + state, j); }
  double visible_bias(Index site, Index state) const { return inner_.visible_bias(site * states_ + state); }
  double hidden_bias(Index j) const { return inner_.hidden_bias(j); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    value_at(x, 1.0, values, workspace);
  }
  // The free energy of the joint distribution exp(-beta E(x, h)).
  void value_at(TileSpan<const Scalar, dim> x, double beta, LanesSpan<Scalar> values, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    inner_.value_at(units(x, workspace), beta, values, workspace);
  }

  std::span<const Scalar> parameters() const { return inner_.parameters(); }
  void set_parameters(std::span<const Scalar> theta) { inner_.set_parameters(theta); }
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    inner_.add_parameter_gradient(units(x, workspace), weights, values, gradient, workspace);
  }

  // All hidden units given the sites, then all sites given the hidden units; beta multiplies E(x, h).
  void gibbs_sweep(TileSpan<Scalar, dim> x, double beta, TileNoise<Scalar, dim>& noise, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto hidden = inner_.draw_hidden(units(x, workspace), beta, noise, workspace);
    const Index site_lanes = states_ * kLanes<Scalar>;
    Scalar* energies = workspace.take<Scalar>(x.count() * sites_ * site_lanes);
    inner_.for_each_visible(hidden, workspace, [&](Index t, Index unit, const Scalar* lanes) {
      detail::negate_lanes(lanes, energies + t * sites_ * site_lanes + unit * kLanes<Scalar>);
    });
    const Index first = detail::padded_to_lanes<Scalar>(this->hidden()),
                count = detail::padded_to_lanes<Scalar>(sites_);
    Scalar* uniforms = workspace.take<Scalar>(count * kLanes<Scalar>);
    for (Index t = 0; t < x.count(); ++t) {
      noise.fill(t, first, count, uniforms);
      for (Index site = 0; site < sites_; ++site) {
        detail::draw_categories(energies + (t * sites_ + site) * site_lanes, states_, beta,
                                uniforms + site * kLanes<Scalar>, x.coordinate(t, site));
      }
    }
  }
  Index gibbs_uniforms() const {
    return detail::padded_to_lanes<Scalar>(hidden()) + detail::padded_to_lanes<Scalar>(sites_);
  }

  // The exact log Z, a sum over 2^hidden states: up to 30 hidden units, of which each doubles the time.
  double log_partition() const {
    const auto states = static_cast<std::size_t>(states_);
    return detail::log_sum_over_hidden_units(inner_, [&](double bias, std::span<const double> activation) {
      double log_weight = bias;
      for (std::size_t u = 0; u < activation.size(); u += states)
        log_weight += log_sum_exp(activation.subspan(u, states));
      return log_weight;
    });
  }

  Tensors tensors() const {
    Tensors result = inner_.tensors();
    result.add("states", std::int64_t{states_});
    return result;
  }
  static SoftmaxRbm from(const Tensors& tensors) {
    const Index states = tensors.number<std::int64_t>("states");
    BernoulliRbm<S> inner = BernoulliRbm<S>::from(tensors);
    if (states < 2 || inner.visible() % states != 0) tensors.fail("states", "does not fit the visible units");
    const Index sites = inner.visible() / states;
    return SoftmaxRbm(sites, states, std::move(inner));
  }

 private:
  SoftmaxRbm(Index sites, Index states, BernoulliRbm<S> inner)
      : sites_(sites), states_(states), inner_(std::move(inner)) {}

  static Index checked_units(Index sites, Index states) {
    require(sites >= 1, "sites", static_cast<double>(sites), "at least 1");
    require(states >= 2, "states", static_cast<double>(states), "at least 2");
    return sites * states;
  }
  static Index checked_sites(Index units, Index states) {
    require(states >= 2, "states", static_cast<double>(states), "at least 2");
    require(units >= states && units % states == 0, "weights: rows", static_cast<double>(units),
            "the number of sites times that of states");
    return units / states;
  }

  TileSpan<const Scalar, dim> units(TileSpan<const Scalar, dim> x, Workspace& workspace) const {
    const auto result = workspace.tiles<Scalar, dim>(x.count(), sites_ * states_);
    for (Index t = 0; t < x.count(); ++t) {
      for (Index site = 0; site < sites_; ++site)
        detail::write_units(x.coordinate(t, site), states_, result.coordinate(t, site * states_));
    }
    return result;
  }

  Index sites_, states_;
  BernoulliRbm<S> inner_;
};

}  // namespace ebm
