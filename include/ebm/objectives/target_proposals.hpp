// Objectives for regression by proposed targets: of each row (x, y) of the minibatch, with y the last coordinate, M
// targets y_j = y + noise are drawn from a mixture q of Gaussians about y, and E(x, y_j) enter with weights.
//
// With r_j = -E(x, y_j) - log q(y_j) and y_0 = y (Gustafsson et al. 2020, How to train your energy-based model for
// regression, section 3):
//   ImportanceLikelihood         E(x, y) + log (1 / M) sum_{j >= 1} exp r_j
//   ConditionalNoiseContrastive  -log exp r_0 / sum_{j >= 0} exp r_j
//   TargetDivergence             sum_{j >= 1} t_j E(x, y_j) + log (1 / M) sum_{j >= 1} exp r_j
// where t_j are the normalised weights N(y_j; y, width^2) / q(y_j). The partition function of each x cancels, or is
// estimated; no chains are needed. The reported data_energy is the loss, in nats a row.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/parameter_gradient.hpp>

#include <array>
#include <cmath>

namespace ebm {

// An equal mixture of two Gaussians about each target. 127 and the target itself fill whole tiles.
struct TargetProposals {
  std::array<double, 2> standard_deviations = {0.1, 0.8};
  Index count = 127;

  void check() const {
    for (const double sd : standard_deviations)
      require(sd > 0 && sd < 1e30, "standard_deviations", sd, "positive numbers");
    require(count >= 1, "count", static_cast<double>(count), "at least 1");
  }

  double draw(const Stream& stream, std::uint32_t row, std::uint64_t index) const {
    const bool wide = stream.uniform(row, index) < 0.5;
    return standard_deviations[wide ? 1 : 0] * stream.normal(row, index);
  }

  double log_density(double offset) const {
    double terms[2];
    for (std::size_t k = 0; k < 2; ++k) {
      const double z = offset / standard_deviations[k];
      terms[k] = ebm::fma(-0.5 * z, z, -ebm::log(2.0 * 2.5066282746310002 * standard_deviations[k]));
    }
    return log_add_exp(terms[0], terms[1]);
  }
};

namespace detail {

// What a rule is told of one row: slot 0 is the target itself.
struct ProposedRow {
  std::span<const double> energies, offsets, log_proposals;
};

// probabilities <- softmax(-E - log q) over slots first ..; returns the logarithm of the sum.
inline double softmax_ratios(const ProposedRow& row, std::size_t first, std::span<double> probabilities) {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::size_t j = first; j < row.energies.size(); ++j) {
    probabilities[j] = -row.energies[j] - row.log_proposals[j];
    largest = std::max(largest, probabilities[j]);
  }
  for (std::size_t j = first; j < row.energies.size(); ++j)
    sum += probabilities[j] = ebm::exp(probabilities[j] - largest);
  for (std::size_t j = first; j < row.energies.size(); ++j) probabilities[j] /= sum;
  return largest + ebm::log(sum);
}

// Rule: proposals(), perturbation() and weigh(row, slopes) -> loss, slopes[j] <- dloss / dE_j.
template <TrainableEnergy E, class Rule>
class ProposalEstimator {
  static_assert(E::dim >= 2 || E::dim == Dynamic, "proposed targets: the energy must be one of inputs and a target");

 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  ProposalEstimator(const Rule& rule, const E&, Data data, Rng& rng, Index workers)
      : rule_(rule),
        slots_(rule.proposals().count + 1),
        row_tiles_(tiles_for<Scalar>(slots_)),
        noise_(rng.stream()),
        points_(static_cast<std::size_t>(data.rows * row_tiles_ * data.tiles.dim())),
        weights_(static_cast<std::size_t>(data.rows * row_tiles_)),
        values_(weights_.size()),
        losses_(static_cast<std::size_t>(data.rows)),
        scratch_(static_cast<std::size_t>(workers), std::vector<double>(4 * static_cast<std::size_t>(slots_))),
        memory_(workers, 0) {}

  template <class Exec>
  void recover(const E&, Data, Exec&) {}

  template <class Archive>
  void transfer(Archive&) {}  // nothing outlasts an iteration

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    const Index tiles = data.rows * row_tiles_;
    const TileSpan<Scalar, E::dim> points(points_.front().data(), tiles, data.tiles.dim());
    const LanesSpan<Scalar> weights(weights_.front().data(), tiles), values(values_.front().data(), tiles);
    executor.run(data.rows, [&](Index row, Index worker) {
      const Index first = row * row_tiles_;
      weigh_row(energy, data, row, iteration, points.subspan(first, row_tiles_), weights.subspan(first, row_tiles_),
                values.subspan(first, row_tiles_), worker);
    });
    const typename ParameterGradient<E>::Part parts[] = {{points, weights, values}};
    sum_.sum(energy, parts, gradient, memory_, executor);
    BatchReport report;
    double sum = 0, square = 0;
    for (const double loss : losses_) sum += loss;
    report.data_energy = sum / static_cast<double>(data.rows);
    for (const double loss : losses_) square = ebm::fma(loss - report.data_energy, loss - report.data_energy, square);
    report.data_energy_sd = std::sqrt(square / static_cast<double>(data.rows));
    return report;
  }

 private:
  void weigh_row(const E& energy, Data data, Index row, Index iteration, TileSpan<Scalar, E::dim> points,
                 LanesSpan<Scalar> weights, LanesSpan<Scalar> values, Index worker) {
    const auto slots = static_cast<std::size_t>(slots_);
    const std::span<double> scratch(scratch_[static_cast<std::size_t>(worker)]);
    const auto energies = scratch.subspan(0, slots), offsets = scratch.subspan(slots, slots),
               log_proposals = scratch.subspan(2 * slots, slots), slopes = scratch.subspan(3 * slots, slots);
    const Index target = data.tiles.dim() - 1;
    const auto given = [&](Index i) { return data.tiles.coordinate(row / kLanes<Scalar>, i)[row % kLanes<Scalar>]; };
    for (Index t = 0; t < row_tiles_; ++t) {
      for (Index i = 0; i < target; ++i) std::fill_n(points.coordinate(t, i), kLanes<Scalar>, given(i));
    }
    for (Index j = 0; j < row_tiles_ * kLanes<Scalar>; ++j) {
      const std::size_t slot = static_cast<std::size_t>(std::min(j, slots_ - 1));
      if (j < slots_) {
        const auto index = static_cast<std::uint64_t>(iteration * slots_ + j);
        const double scale = j == 0 ? rule_.perturbation() : 1.0;
        offsets[slot] =
            scale > 0 ? scale * rule_.proposals().draw(noise_, static_cast<std::uint32_t>(row), index) : 0.0;
        log_proposals[slot] = rule_.proposals().log_density(offsets[slot]);
      }
      points.coordinate(j / kLanes<Scalar>, target)[j % kLanes<Scalar>] =
          given(target) + static_cast<Scalar>(offsets[slot]);
    }
    for (Index t = 0; t < row_tiles_; t += kTilesAtOnce<E>) {
      const Index count = std::min(kTilesAtOnce<E>, row_tiles_ - t);
      evaluate(energy, points.subspan(t, count), values.subspan(t, count), memory_.workspace(worker));
    }
    for (std::size_t j = 0; j < slots; ++j) energies[j] = static_cast<double>(values.data()[j]);
    losses_[static_cast<std::size_t>(row)] = rule_.weigh({energies, offsets, log_proposals}, slopes);
    std::fill_n(weights.data(), weights.size(), Scalar(0));
    for (std::size_t j = 0; j < slots; ++j)
      weights.data()[j] = static_cast<Scalar>(slopes[j] / static_cast<double>(data.rows));
  }

  Rule rule_;
  Index slots_, row_tiles_;
  Stream noise_;
  std::vector<Lanes<Scalar>> points_, weights_, values_;
  std::vector<double> losses_;
  std::vector<std::vector<double>> scratch_;
  RunMemory<Scalar> memory_;
  ParameterGradient<E> sum_;
};

}  // namespace detail
}  // namespace ebm
