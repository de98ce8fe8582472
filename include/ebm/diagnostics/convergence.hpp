// Have the chains converged, and how many independent draws are they worth: R-hat, ESS and MCSE of one coordinate.
//
// Vehtari, Gelman, Simpson, Carpenter & Buerkner 2021, "Rank-normalization, folding, and localization: an improved
// R-hat". For M chains of N draws, W and B their variances within and between chains (as there, section 2):
//   var+ = (N - 1) / N W + B / N,    R-hat = sqrt(var+ / W)
//   ESS  = M N / tau,  tau = -1 + 2 sum of rho_t,  rho_t = 1 - (W - mean of the chains' autocovariances) / var+
// summed over Geyer's (1992) initial positive, then monotone, sequence of pairs. All take whole chains and split them.
#pragma once

#include <ebm/diagnostics/ranks.hpp>

namespace ebm {

// Whether a coordinate's draws can be judged at all; diagnostics of draws that cannot are NaN.
enum class DrawsStatus : unsigned char { usable, too_few, not_finite, constant };

namespace detail {

// Sums in eight strands, so that additions overlap.
template <class Real>
Real dot(const Real* a, const Real* b, Index size) {
  Real sum[8] = {};
  Index i = 0;
  for (; i + 8 <= size; i += 8) {
    for (Index k = 0; k < 8; ++k) sum[k] = fma(a[i + k], b[i + k], sum[k]);
  }
  for (; i < size; ++i) sum[0] = fma(a[i], b[i], sum[0]);
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

// Chains without their means, and the two variances.
template <class Real>
struct CentredChains {
  ChainMatrix<Real> draws;
  Real within = 0;            // W
  Real between_per_draw = 0;  // B / N, the variance of the chains' means
  Real overall() const {
    const Real count = static_cast<Real>(draws.rows());
    return within * (count - 1) / count + between_per_draw;
  }
};

template <class Real>
CentredChains<Real> centred(const ChainMatrix<Real>& draws) {
  CentredChains<Real> result{draws};
  const Index count = draws.rows(), chains = draws.cols();
  std::vector<Real> means(static_cast<std::size_t>(chains));
  Real grand = 0;
  for (Index chain = 0; chain < chains; ++chain) {
    Real* x = result.draws.data() + chain * count;
    Real sum = 0;
    for (Index t = 0; t < count; ++t) sum += x[t] - x[0];
    const Real mean = x[0] + sum / static_cast<Real>(count);
    for (Index t = 0; t < count; ++t) x[t] -= mean;
    result.within += dot(x, x, count) / static_cast<Real>(count - 1) / static_cast<Real>(chains);
    means[static_cast<std::size_t>(chain)] = mean;
    grand += mean / static_cast<Real>(chains);
  }
  for (const Real mean : means) result.between_per_draw += (mean - grand) * (mean - grand);
  result.between_per_draw /= static_cast<Real>(std::max<Index>(chains - 1, 1));
  return result;
}

template <class Real>
Real plain_r_hat(const ChainMatrix<Real>& chains) {
  const CentredChains<Real> parts = centred(chains);
  return sqrt(parts.overall() / parts.within);
}

template <class Real>
Real plain_ess(const ChainMatrix<Real>& chains) {
  const CentredChains<Real> parts = centred(chains);
  const Index count = chains.rows();
  const Real size = static_cast<Real>(chains.size());
  if (!(parts.overall() > 0)) return size;  // an indicator that all draws share
  const auto rho = [&](Index lag) {
    Real sum = 0;
    for (Index chain = 0; chain < chains.cols(); ++chain) {
      const Real* x = parts.draws.data() + chain * count;
      sum += dot(x, x + lag, count - lag);
    }
    return 1 - (parts.within - sum / size) / parts.overall();
  };
  // Of the pair that ends the sequence, what is positive in its first half counts once.
  Real even = 1, odd = rho(1), tau = -1, smallest = std::numeric_limits<Real>::max();
  for (Index t = 1; t < count - 3 && even + odd > 0; t += 2) {
    smallest = std::min(smallest, even + odd);
    tau += 2 * smallest;
    even = rho(t + 1), odd = rho(t + 2);
  }
  tau += std::max(even, Real(0));
  // Antithetic chains may be better than independent ones, but not without bound.
  return size / std::max(tau, Real(2.302585092994046) / log(size));
}

// The regularised incomplete beta function by its continued fraction (DiDonato & Morris 1992, equation 9).
template <class Real>
Real beta_cdf(Real x, Real a, Real b) {
  if (x > (a + 1) / (a + b + 2)) return 1 - beta_cdf(1 - x, b, a);
  if (!(x > 0)) return 0;
  const Real scale = exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * log(x) + b * log(1 - x)) / a;
  Real c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), value = d;
  for (int m = 1; m < 10'000; ++m) {
    const Real k = static_cast<Real>(m);
    for (const Real term : {k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)),
                            -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))}) {
      d = 1 / (1 + term * d), c = 1 + term / c;
      value *= c * d;
    }
    if (abs(c * d - 1) < Real(1e-14)) break;
  }
  return scale * value;
}

template <class Real>
Real beta_quantile(Real probability, Real a, Real b) {
  Real low = 0, high = 1;
  for (int step = 0; step < 60; ++step) {
    const Real middle = (low + high) / 2;
    (beta_cdf(middle, a, b) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace detail

template <class Real>
DrawsStatus draws_status(const ChainMatrix<Real>& draws) {
  if (draws.rows() < 4 || draws.cols() < 1) return DrawsStatus::too_few;
  bool constant = true;
  for (Index i = 0; i < draws.size(); ++i) {
    const Real x = draws.data()[i];
    if (!(x - x == 0)) return DrawsStatus::not_finite;
    constant = constant && x == draws.data()[0];
  }
  return constant ? DrawsStatus::constant : DrawsStatus::usable;
}

// The larger of bulk and folded R-hat (section 4): near 1 if the chains agree in location and in scale.
template <class Real>
Real r_hat(const ChainMatrix<Real>& draws) {
  if (draws_status(draws) != DrawsStatus::usable) return std::numeric_limits<Real>::quiet_NaN();
  const ChainMatrix<Real> halves = split_chains(draws);
  const OrderedDraws<Real> order = ordered_draws(halves);
  const Real median = quantile_of_ordered(order, Real(0.5));
  const Real bulk = detail::plain_r_hat(rank_normalised(halves, order)),
             scale = detail::plain_r_hat(rank_normalised(folded(halves, median)));
  return scale > bulk ? scale : bulk;  // all distances to the median may be equal, which says nothing
}

// ESS of the rank-normalised draws: for what happens in the middle of the distribution (section 4.2).
template <class Real>
Real bulk_ess(const ChainMatrix<Real>& draws) {
  if (draws_status(draws) != DrawsStatus::usable) return std::numeric_limits<Real>::quiet_NaN();
  return detail::plain_ess(rank_normalised(split_chains(draws)));
}

// ESS of a quantile, that is of whether a draw lies below it.
template <class Real>
Real quantile_ess(const ChainMatrix<Real>& draws, Real quantile) {
  if (draws_status(draws) != DrawsStatus::usable) return std::numeric_limits<Real>::quiet_NaN();
  return detail::plain_ess(split_chains(at_most(draws, quantile)));
}

// The smaller ESS of the 5 % and the 95 % quantile (section 4.3).
template <class Real>
Real tail_ess(const ChainMatrix<Real>& draws) {
  if (draws_status(draws) != DrawsStatus::usable) return std::numeric_limits<Real>::quiet_NaN();
  const OrderedDraws<Real> order = ordered_draws(draws);
  return std::min(quantile_ess(draws, quantile_of_ordered(order, Real(0.05))),
                  quantile_ess(draws, quantile_of_ordered(order, Real(0.95))));
}

// Monte Carlo standard error of the mean: standard deviation / sqrt(ESS of the draws themselves).
template <class Real>
Real mean_mcse(const ChainMatrix<Real>& draws) {
  if (draws_status(draws) != DrawsStatus::usable) return std::numeric_limits<Real>::quiet_NaN();
  const ChainMatrix<Real> one_chain = Eigen::Map<const ChainMatrix<Real>>(draws.data(), draws.size(), 1);
  const auto all = detail::centred(one_chain);
  return sqrt(all.within / detail::plain_ess(split_chains(draws)));
}

// Monte Carlo standard error of a quantile: half the distance of the order statistics at the 16 % and 84 % points of
// Beta(ESS p + 1, ESS (1 - p) + 1) (section 4.4).
template <class Real>
Real quantile_mcse(const ChainMatrix<Real>& draws, Real probability) {
  require(probability > 0 && probability < 1, "probability", static_cast<double>(probability),
          "a number between 0 and 1");
  if (draws_status(draws) != DrawsStatus::usable) return std::numeric_limits<Real>::quiet_NaN();
  const OrderedDraws<Real> order = ordered_draws(draws);
  const Real ess = quantile_ess(draws, quantile_of_ordered(order, probability)), size = static_cast<Real>(order.size());
  const auto position = [&](Real p) {
    return detail::beta_quantile(p, ess * probability + 1, ess * (1 - probability) + 1) * size - 1;
  };
  const Real lower = std::max(std::floor(position(Real(0.1586553))), Real(0)),
             upper = std::min(std::ceil(position(Real(0.8413447))), size - 1);
  return (order[static_cast<std::size_t>(upper)].first - order[static_cast<std::size_t>(lower)].first) / 2;
}

}  // namespace ebm
