// TargetSlopes: the estimator of losses in the slopes dE/dy at several targets of each row, y the last coordinate
// (objectives/conditional_score_matching.hpp). Slopes first, at all targets; then their slopes in the parameters, with
// the loss's weights, in fixed chunks (objectives/chunk_sum.hpp).
#pragma once

#include <ebm/objectives/chunk_sum.hpp>
#include <ebm/objectives/data_energies.hpp>
#include <ebm/objectives/repeated_rows.hpp>
#include <ebm/samplers/advance.hpp>

namespace ebm::detail {

// Rule: copies() targets a row, each target(stream, row, index, copy, y), and
//   weigh(offsets, slopes, weights) -> loss, weights[j] <- dloss / d(slopes[j]), where slopes are dE/dy
template <class E, class Rule>
class TargetSlopes {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  TargetSlopes(const Rule& rule, const E&, Data data, Rng& rng, Index workers)
      : rule_(rule),
        noise_(rng.stream()),
        rows_(data.rows, rule.copies()),
        tiles_(rows_.points().count()),
        gradients_(static_cast<std::size_t>(tiles_ * E::dim)),
        directions_(gradients_.size()),
        weights_(static_cast<std::size_t>(tiles_)),
        values_(weights_.size()),
        losses_(static_cast<std::size_t>(data.rows)),
        scratch_(3 * static_cast<std::size_t>(rule.copies())),
        memory_(workers, 0) {
    for (std::size_t i = 0; i < directions_.size(); ++i)
      directions_[i].setConstant(Scalar(i % E::dim == E::dim - 1 ? 1 : 0));
    for (Lanes<Scalar>& lanes : weights_) lanes.setZero();
  }

  template <class Exec>
  void recover(const E&, Data, Exec&) {}

  void transfer(Archive&) {}  // nothing outlasts an iteration

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    const Index copies = rule_.copies(), chunks = (tiles_ + kChunkTiles - 1) / kChunkTiles;
    rows_.fill(data);
    for (Index lane = 0; lane < data.rows * copies; ++lane) {
      const Index row = lane / copies, copy = lane % copies;
      Scalar& y = rows_.target(lane);
      y = static_cast<Scalar>(rule_.target(noise_, static_cast<std::uint32_t>(row),
                                           static_cast<std::uint64_t>(iteration * copies + copy), copy,
                                           static_cast<double>(y)));
    }
    const TileSpan<Scalar, E::dim> points = rows_.points(), slopes(gradients_.front().data(), tiles_),
                                   directions(directions_.front().data(), tiles_);
    const LanesSpan<Scalar> weights(weights_.front().data(), tiles_), values(values_.front().data(), tiles_);
    executor.run(chunks, [&](Index chunk, Index worker) {
      const Index first = chunk * kChunkTiles, count = std::min(kChunkTiles, tiles_ - first);
      evaluate(energy, points.subspan(first, count), values.subspan(first, count), slopes.subspan(first, count),
               memory_.workspace(worker));
    });
    for (Index row = 0; row < data.rows; ++row) weigh(data, row, slopes, weights);
    sum_.sum(chunks, gradient, executor, [&](Index chunk, std::span<Scalar> partial, Index worker) {
      const Index first = chunk * kChunkTiles, count = std::min(kChunkTiles, tiles_ - first);
      energy.add_mixed_gradient(points.subspan(first, count), directions.subspan(first, count),
                                weights.subspan(first, count), values.subspan(first, count), partial,
                                memory_.workspace(worker));
    });
    BatchReport report;
    report.data_energy = mean_of_rows(losses_.data(), data.rows);
    report.data_energy_sd = sd_of_rows(losses_.data(), data.rows, report.data_energy);
    return report;
  }

 private:
  static constexpr Index kChunkTiles = std::max<Index>(4, kTilesAtOnce<E>);

  void weigh(Data data, Index row, TileSpan<const Scalar, E::dim> slopes, LanesSpan<Scalar> weights) {
    const std::size_t copies = static_cast<std::size_t>(rule_.copies());
    const std::span<double> offsets(scratch_.data(), copies), of_targets(scratch_.data() + copies, copies),
        shares(scratch_.data() + 2 * copies, copies);
    const Scalar y = data.tiles.coordinate(row / kLanes<Scalar>, E::dim - 1)[row % kLanes<Scalar>];
    const Index first = row * rule_.copies();
    for (std::size_t j = 0; j < copies; ++j) {
      const Index lane = first + static_cast<Index>(j);
      offsets[j] = static_cast<double>(rows_.target(lane)) - static_cast<double>(y);  // as rounding has left it
      of_targets[j] = static_cast<double>(slopes.coordinate(lane / kLanes<Scalar>, E::dim - 1)[lane % kLanes<Scalar>]);
    }
    losses_[static_cast<std::size_t>(row)] = rule_.weigh(offsets, of_targets, shares);
    for (std::size_t j = 0; j < copies; ++j)
      weights.data()[first + static_cast<Index>(j)] = static_cast<Scalar>(shares[j] / static_cast<double>(data.rows));
  }

  Rule rule_;
  Stream noise_;
  RepeatedRows<Scalar, E::dim> rows_;
  Index tiles_;
  std::vector<Lanes<Scalar>> gradients_, directions_, weights_, values_;
  std::vector<double> losses_, scratch_;
  RunMemory<Scalar> memory_;
  ChunkSum<Scalar> sum_;
};

}  // namespace ebm::detail
