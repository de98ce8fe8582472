// Draws of several chains as a matrix, one chain a column: their halves, their ranks, their quantiles.
//
// Rank normalisation (Vehtari, Gelman, Simpson, Carpenter & Buerkner 2021, equation 14):
//   z = Phi^-1((r - 3/8) / (S + 1/4)),   r the rank among all S draws, the average rank where draws are equal
// Without that average, draws of a discrete variable are ranked chain after chain, as if the chains disagreed.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace ebm {

// Draws x chains.
template <class Real = double>
using ChainMatrix = Eigen::Array<Real, Eigen::Dynamic, Eigen::Dynamic>;

// Phi^-1, relative error about 1e-16: algorithm AS 241 (Wichura 1988).
template <std::floating_point Real>
Real normal_quantile(Real probability) {
  const Real q = probability - Real(0.5);
  if (abs(q) <= Real(0.425)) {
    const Real r = Real(0.180625) - q * q;
    return q *
           detail::horner(r, 2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
                          4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
                          1.3314166789178437745e2, 3.3871328727963666080) /
           detail::horner(r, 5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
                          2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
                          4.2313330701600911252e1, 1.0);
  }
  Real r = sqrt(-log(q < 0 ? probability : 1 - probability));
  if (r <= 5) {
    r -= Real(1.6);
    r = detail::horner(r, 7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                       1.27045825245236838258, 3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590,
                       1.42343711074968357734) /
        detail::horner(r, 1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
                       1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940,
                       2.05319162663775882187, 1.0);
  } else {
    r -= Real(5);
    r = detail::horner(r, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                       2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580,
                       5.46378491116411436990, 6.65790464350110377720) /
        detail::horner(r, 2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
                       7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
                       5.99832206555887937690e-1, 1.0);
  }
  return q < 0 ? -r : r;
}

// Every chain as two, its first and its second half; the middle draw of an odd number is left out.
template <class Real>
ChainMatrix<Real> split_chains(const ChainMatrix<Real>& draws) {
  const Index half = draws.rows() / 2;
  ChainMatrix<Real> halves(half, 2 * draws.cols());
  for (Index chain = 0; chain < draws.cols(); ++chain) {
    for (Index t = 0; t < half; ++t) {
      halves(t, 2 * chain) = draws(t, chain), halves(t, 2 * chain + 1) = draws(draws.rows() - half + t, chain);
    }
  }
  return halves;
}

// Draws in ascending order, each with its place among them; equal ones by their places.
template <class Real>
using OrderedDraws = std::vector<std::pair<Real, Index>>;

template <class Real>
OrderedDraws<Real> ordered_draws(const ChainMatrix<Real>& draws) {
  OrderedDraws<Real> order(static_cast<std::size_t>(draws.size()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = {draws.data()[i], static_cast<Index>(i)};
  std::sort(order.begin(), order.end());
  return order;
}

// `order` is that of the draws.
template <class Real>
ChainMatrix<Real> rank_normalised(const ChainMatrix<Real>& draws, const OrderedDraws<Real>& order) {
  const std::size_t size = order.size();
  ChainMatrix<Real> scores(draws.rows(), draws.cols());
  for (std::size_t first = 0, end = 0; first < size; first = end) {
    while (end < size && order[end].first == order[first].first) ++end;
    const Real rank = static_cast<Real>(first + 1 + end) / 2;
    const Real score = normal_quantile((rank - Real(0.375)) / (static_cast<Real>(size) + Real(0.25)));
    for (std::size_t i = first; i < end; ++i) scores.data()[order[i].second] = score;
  }
  return scores;
}
template <class Real>
ChainMatrix<Real> rank_normalised(const ChainMatrix<Real>& draws) {
  return rank_normalised(draws, ordered_draws(draws));
}

// Linear between order statistics (Hyndman & Fan 1996, definition 7).
template <class Real>
Real quantile_of_ordered(const OrderedDraws<Real>& order, Real probability) {
  const Real position = probability * static_cast<Real>(order.size() - 1);
  const std::size_t below = static_cast<std::size_t>(position), above = std::min(below + 1, order.size() - 1);
  return order[below].first + (position - static_cast<Real>(below)) * (order[above].first - order[below].first);
}

// |x - median|, whose chains differ where those of x differ in scale.
template <class Real>
ChainMatrix<Real> folded(const ChainMatrix<Real>& draws, Real median) {
  ChainMatrix<Real> distances(draws.rows(), draws.cols());
  for (Index i = 0; i < draws.size(); ++i) distances.data()[i] = abs(draws.data()[i] - median);
  return distances;
}

// 1 where the draw is at most the threshold, else 0.
template <class Real>
ChainMatrix<Real> at_most(const ChainMatrix<Real>& draws, Real threshold) {
  ChainMatrix<Real> indicator(draws.rows(), draws.cols());
  for (Index i = 0; i < draws.size(); ++i) indicator.data()[i] = draws.data()[i] <= threshold ? Real(1) : Real(0);
  return indicator;
}

}  // namespace ebm
