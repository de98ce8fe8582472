// PseudoLikelihood: every site predicted from all others, for any discrete energy.
//
//   loss(x) = -sum_i log p(x_i | x_-i),   p(x_i = k | x_-i) = exp(-E(x with x_i = k)) / sum_l exp(-E(x with x_i = l))
//
// Besag 1975. Consistent, needs no samples and no log Z; for a lattice or a small model it loses little against maximum
// likelihood. The loss is reported in nats per example.
#pragma once

#include <ebm/objectives/site_estimator.hpp>

namespace ebm {

namespace detail {

struct ConditionalLogLoss {
  // Returns the sum with -log p of the present value; dS/dE_k = [k is present] - p_k.
  template <class Scalar>
  EBM_INLINE static Pack<Scalar> add(SiteLanes<Scalar> site, Pack<Scalar> sum) {
    using V = Pack<Scalar>;
    const V smallest = site.smallest(), present = site.present();
    V total(0), others(0);
    for (Index k = 0; k < site.count(); ++k) {
      const V weight = exp(smallest - site.energy(k));
      total = total + weight;
      site.set_slope(k, weight);
    }
    const V share = V(1) / total;
    for (Index k = 0; k < site.count(); ++k)
      others = fma(select(site.is_present(k), V(0), site.slope(k)), share, others);
    for (Index k = 0; k < site.count(); ++k)
      site.set_slope(k, select(site.is_present(k), others, -share * site.slope(k)));
    return sum + ((present - smallest) + log(total));
  }
};

template <class Scalar>
double mean_of(const Values<Scalar>& values) {
  double sum = 0;
  for (Index row = 0; row < values.size(); ++row) sum += static_cast<double>(values(row));
  return sum / static_cast<double>(values.size());
}

}  // namespace detail

struct PseudoLikelihood {
  Index sampled_sites = 0;  // sites that an iteration looks at, drawn at random; 0 for all

  template <class E>
    requires DiscreteEnergy<E> && TrainableEnergy<E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return detail::SiteEstimator<detail::ConditionalLogLoss, E>(sampled_sites, energy, data, rng, workers);
  }
};

// sum_i log p(x_i | x_-i) of each row, in nats, over the sites given.
template <DiscreteEnergy E, class Derived>
Values<typename E::Scalar> pseudo_log_likelihoods(const E& energy, const Eigen::DenseBase<Derived>& points,
                                                  std::span<const Index> sites) {
  using Scalar = typename E::Scalar;
  Values<Scalar> result(points.rows());
  Workspace workspace;
  detail::for_each_chunk(energy, points, workspace, [&](Index first, Index rows, auto x) {
    detail::require_states("points", Minibatch<Scalar, E::dim>{x, rows}, energy.states());
    const auto losses = workspace.tiles<Scalar, 1>(x.count(), 1);
    for (Index t = 0; t < x.count(); ++t) {
      detail::site_losses<detail::ConditionalLogLoss>(energy, detail::ConstTiles<E>(x.subspan(t, 1)), sites,
                                                      losses.subspan(t, 1), workspace, [](auto&&...) {});
    }
    for (Index row = 0; row < rows; ++row) result(first + row) = -losses.data()[row];
  });
  return result;
}

// Over all sites.
template <DiscreteEnergy E, class Derived>
Values<typename E::Scalar> pseudo_log_likelihoods(const E& energy, const Eigen::DenseBase<Derived>& points) {
  std::vector<Index> sites(static_cast<std::size_t>(dimension_of(energy)));
  std::iota(sites.begin(), sites.end(), Index{0});
  return pseudo_log_likelihoods(energy, points, sites);
}

// Their mean: a measure to watch while a model is trained that needs neither samples nor log Z.
template <DiscreteEnergy E, class Derived>
double pseudo_log_likelihood(const E& energy, const Eigen::DenseBase<Derived>& points) {
  require(points.rows() >= 1, "points: rows", static_cast<double>(points.rows()), "at least 1");
  return detail::mean_of(pseudo_log_likelihoods(energy, points));
}

// An unbiased estimate of it from so many sites, drawn at random: for wide energies.
template <DiscreteEnergy E, class Derived>
double pseudo_log_likelihood(const E& energy, const Eigen::DenseBase<Derived>& points, Index sampled_sites, Rng& rng) {
  const Index dim = dimension_of(energy);
  require(points.rows() >= 1, "points: rows", static_cast<double>(points.rows()), "at least 1");
  require(sampled_sites >= 1 && sampled_sites <= dim, "sampled_sites", static_cast<double>(sampled_sites),
          "1 to the number of sites");
  std::vector<Index> order(static_cast<std::size_t>(dim));
  const auto sites = detail::sample_sites(order, sampled_sites, rng.stream(), 0);
  return detail::mean_of(pseudo_log_likelihoods(energy, points, sites)) * static_cast<double>(dim) /
         static_cast<double>(sampled_sites);
}

}  // namespace ebm
