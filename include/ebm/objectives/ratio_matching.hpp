// RatioMatching: the ratios p(x) / p(neighbour of x) matched through a function that keeps them bounded.
//
//   loss(x) = sum_i 1 / (1 + p(x) / p(x with x_i flipped))^2 = sum_i (1 - p(x_i | x_-i))^2
//
// Hyvarinen 2007, section 3, for two states. With more of them the loss is half the quadratic score of the conditional
// (Brier 1950), sum_k (p_k - [k is present])^2 / 2, which is the same for two. Large errors weigh less than in
// pseudo-likelihood: an impossible neighbour of an outlier costs 1.
#pragma once

#include <ebm/objectives/site_estimator.hpp>

namespace ebm {

namespace detail {

struct ConditionalQuadraticLoss {
  // With r_k = p_k - [k is present]: dS/dE_k = -p_k (r_k - sum_l p_l r_l).
  template <class Scalar>
  EBM_INLINE static Pack<Scalar> add(SiteLanes<Scalar> site, Pack<Scalar> sum) {
    using V = Pack<Scalar>;
    const V smallest = site.smallest(), present = site.present();
    V total(0), others(0), mean(0), present_share(0);
    for (Index k = 0; k < site.count(); ++k) {
      const V weight = exp(smallest - site.energy(k));
      total = total + weight;
      site.set_slope(k, weight);
    }
    const V share = V(1) / total;
    for (Index k = 0; k < site.count(); ++k) {
      const V p = share * site.slope(k), other = select(site.is_present(k), V(0), p);
      present_share = select(site.is_present(k), p, present_share);
      others = others + other;
      mean = fma(other, other, mean);
      sum = fma(V(0.5) * other, other, sum);
      site.set_slope(k, p);
    }
    mean = fma(-present_share, others, mean);
    for (Index k = 0; k < site.count(); ++k) {
      const V p = site.slope(k);
      site.set_slope(k, p * (mean - select(site.is_present(k), -others, p)));
    }
    // NaN where the coordinate is none of the states.
    return fma(V(0.5) * others, others, select(present == present, sum, present));
  }
};

}  // namespace detail

struct RatioMatching {
  Index sampled_sites = 0;  // sites that an iteration looks at, drawn at random; 0 for all

  template <class E>
    requires DiscreteEnergy<E> && TrainableEnergy<E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return detail::SiteEstimator<detail::ConditionalQuadraticLoss, E>(sampled_sites, energy, data, rng, workers);
  }
};

}  // namespace ebm
