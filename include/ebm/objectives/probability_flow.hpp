// ProbabilityFlow: minimum probability flow, the rate at which probability would leave the data for neighbouring states
// under dynamics that have the model as their equilibrium.
//
//   loss(x) = sum over x' that differ from x at one site of exp((E(x) - E(x')) / 2)
//
// Sohl-Dickstein, Battaglino & DeWeese 2011. The flow between examples is counted too: it cancels at the truth, and
// whether a neighbour is an example need not be known. The loss has no bound, and grows as fast as the energies of data
// rise above those of their neighbours.
#pragma once

#include <ebm/objectives/site_estimator.hpp>

namespace ebm {

namespace detail {

struct FlowLoss {
  // dS/dE_k = -flow_k / 2 for the neighbours, and half of all flow for the present value.
  template <class Scalar>
  EBM_INLINE static Pack<Scalar> add(SiteLanes<Scalar> site, Pack<Scalar> sum) {
    using V = Pack<Scalar>;
    const V present = site.present();
    V outflow(0);
    for (Index k = 0; k < site.count(); ++k) {
      const V flow = select(site.is_present(k), V(0), exp(V(0.5) * (present - site.energy(k))));
      outflow = outflow + flow;
      site.set_slope(k, V(-0.5) * flow);
    }
    for (Index k = 0; k < site.count(); ++k)
      site.set_slope(k, select(site.is_present(k), V(0.5) * outflow, site.slope(k)));
    return sum + outflow;
  }
};

}  // namespace detail

struct ProbabilityFlow {
  Index sampled_sites = 0;  // sites that an iteration looks at, drawn at random; 0 for all

  template <class E>
    requires DiscreteEnergy<E> && TrainableEnergy<E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return detail::SiteEstimator<detail::FlowLoss, E>(sampled_sites, energy, data, rng, workers);
  }
};

}  // namespace ebm
