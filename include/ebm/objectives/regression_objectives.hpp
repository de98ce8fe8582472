// The objectives for regression by proposed targets: ImportanceLikelihood, ConditionalNoiseContrastive,
// TargetDivergence. Their losses are in objectives/target_proposals.hpp.
#pragma once

#include <ebm/objectives/target_proposals.hpp>

namespace ebm {

namespace detail {
template <class Rule, TrainableEnergy E>
ProposalEstimator<E, Rule> proposal_estimator(const Rule& rule, const E& energy,
                                              Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) {
  rule.check();
  return ProposalEstimator<E, Rule>(rule, energy, data, rng, workers);
}
}  // namespace detail

// Maximum likelihood with Z(x) by importance sampling (ML-IS). Too small by what Jensen's inequality takes.
struct ImportanceLikelihood {
  TargetProposals targets = {.standard_deviations = {0.2, 1.6}};

  const TargetProposals& proposals() const { return targets; }
  double perturbation() const { return 0; }
  void check() const { targets.check(); }

  double weigh(const detail::ProposedRow& row, std::span<double> slopes) const {
    const double log_sum = detail::softmax_ratios(row, 1, slopes);
    slopes[0] = 1;
    for (std::size_t j = 1; j < slopes.size(); ++j) slopes[j] = -slopes[j];
    return row.energies[0] + log_sum - ebm::log(static_cast<double>(targets.count));
  }

  template <TrainableEnergy E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return detail::proposal_estimator(*this, energy, data, rng, workers);
  }
};

// Which of the targets is the true one (NCE)? A positive noise blurs the true one by that part of the proposals' noise:
// NCE+, for targets that are known to no more than that.
struct ConditionalNoiseContrastive {
  TargetProposals targets = {};
  double noise = 0;

  const TargetProposals& proposals() const { return targets; }
  double perturbation() const { return noise; }
  void check() const {
    targets.check();
    require(noise >= 0 && noise <= 1, "noise", noise, "0 to 1");
  }

  double weigh(const detail::ProposedRow& row, std::span<double> slopes) const {
    const double log_sum = detail::softmax_ratios(row, 0, slopes);
    for (double& slope : slopes) slope = -slope;
    slopes[0] += 1;
    return log_sum + row.energies[0] + row.log_proposals[0];
  }

  template <TrainableEnergy E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return detail::proposal_estimator(*this, energy, data, rng, workers);
  }
};

// KL(N(y, width^2) || p(. | x)) but for the entropy of the first (KLD-IS).
struct TargetDivergence {
  TargetProposals targets = {.standard_deviations = {0.2, 1.6}};
  double width = 0.025;

  const TargetProposals& proposals() const { return targets; }
  double perturbation() const { return 0; }
  void check() const {
    targets.check();
    require(width > 0 && width < 1e30, "width", width, "more than 0");
  }

  double weigh(const detail::ProposedRow& row, std::span<double> slopes) const {
    const double log_sum = detail::softmax_ratios(row, 1, slopes);
    double largest = -std::numeric_limits<double>::infinity(), total = 0, loss = 0;
    const auto log_weight = [&](std::size_t j) {
      const double z = row.offsets[j] / width;
      return ebm::fma(-0.5 * z, z, -row.log_proposals[j]);
    };
    for (std::size_t j = 1; j < slopes.size(); ++j) largest = std::max(largest, log_weight(j));
    for (std::size_t j = 1; j < slopes.size(); ++j) total += ebm::exp(log_weight(j) - largest);
    slopes[0] = 0;
    for (std::size_t j = 1; j < slopes.size(); ++j) {
      const double target = ebm::exp(log_weight(j) - largest) / total;
      loss = ebm::fma(target, row.energies[j], loss);
      slopes[j] = target - slopes[j];
    }
    return loss + log_sum - ebm::log(static_cast<double>(targets.count));
  }

  template <TrainableEnergy E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    return detail::proposal_estimator(*this, energy, data, rng, workers);
  }
};

}  // namespace ebm
