// Draws that count by weights: moments and quantiles of one coordinate, each draw of a chain with its weight.
//
//   E[f] ~ sum_t epsilon_t f(x_t) / sum_t epsilon_t        (Welling & Teh 2011, equation 11)
//
// Equal weights give the unweighted answers: the standard deviation is divided by 1 - sum w^2 / (sum w)^2, and the k-th
// order statistic is the quantile of (W_k - w_k / 2 - w_1 / 2) / (W_n - w_n / 2 - w_1 / 2), with W_k = w_1 + ... + w_k;
// linear between them, as definition 7 of Hyndman & Fan 1996.
#pragma once

#include <ebm/diagnostics/ranks.hpp>

namespace ebm {

template <class Real = double>
class WeightedDraws {
 public:
  // One weight for each draw of a chain, the same for all chains.
  WeightedDraws(const ChainMatrix<Real>& draws, const Values<Real>& weights) {
    require_shape("weights", weights, draws.rows(), 1);
    for (Index t = 0; t < draws.rows(); ++t) {
      require(weights[t] > 0 && weights[t] < std::numeric_limits<Real>::infinity(), "weights",
              static_cast<double>(weights[t]), "positive, finite numbers");
    }
    const OrderedDraws<Real> order = ordered_draws(draws);
    sorted_.resize(order.size());
    for (std::size_t k = 0; k < order.size(); ++k) {
      const auto& [x, weight] = sorted_[k] = {order[k].first, weights[order[k].second % draws.rows()]};
      total_ += weight, squares_ = fma(weight, weight, squares_);
      mean_ = fma(weight / total_, x - mean_, mean_);
    }
  }

  Real mean() const { return mean_; }

  Real sd() const {
    Real sum = 0;
    for (const auto& [x, weight] : sorted_) sum = fma(weight * (x - mean_), x - mean_, sum);
    return sqrt(sum / (total_ - squares_ / total_));
  }

  // The square root of (draws / draws of equal weights that would be worth as much).
  Real shrinkage() const { return sqrt(static_cast<Real>(sorted_.size()) * squares_) / total_; }

  Real quantile(Real probability) const {
    const Real first = sorted_.front().second, last = sorted_.back().second;
    const Real wanted = probability * (total_ - Real(0.5) * (first + last));
    Real reached = 0;
    for (std::size_t k = 1; k < sorted_.size(); ++k) {
      const Real gap = Real(0.5) * (sorted_[k - 1].second + sorted_[k].second);
      const Real below = sorted_[k - 1].first, above = sorted_[k].first;
      if (reached + gap >= wanted) return fma((wanted - reached) / gap, above - below, below);
      reached += gap;
    }
    return sorted_.back().first;
  }

 private:
  std::vector<std::pair<Real, Real>> sorted_;  // draw, weight
  Real total_ = 0, squares_ = 0, mean_ = 0;
};

}  // namespace ebm
