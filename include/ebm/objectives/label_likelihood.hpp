// LabelLikelihood: discriminative training of an energy of labelled points, by its exact p(y | x).
//
//   loss(x, y) = -log p(y | x)
//
// The label is the last coordinate, one of 0, ..., energy.classes() - 1.
//
// For energies with add_label_gradient, such as ClassRbm (Larochelle & Bengio 2008, section 3.2). It needs no samples;
// the loss is reported in nats per example.
#pragma once

#include <ebm/concepts/labelled_energy.hpp>
#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/chunk_sum.hpp>
#include <ebm/objectives/data_energies.hpp>

namespace ebm {

struct LabelLikelihood {
  template <LabelledEnergy E>
  class Estimator;

  template <LabelledEnergy E>
  Estimator<E> estimator(const E&, Minibatch<typename E::Scalar, E::dim>, Rng&, Index workers) const {
    return Estimator<E>(workers);
  }
};

// Tiles go in fixed chunks (objectives/chunk_sum.hpp).
template <LabelledEnergy E>
class LabelLikelihood::Estimator {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  explicit Estimator(Index workers) : workspaces_(static_cast<std::size_t>(workers)) {}

  void transfer(Archive&) {}  // nothing outlasts an iteration

  template <class Exec>
  void recover(const E&, Data, Exec&) {}

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index, FlatVector<Scalar>& gradient, Exec& executor) {
    const Index tiles = data.tiles.count(), chunks = (tiles + kTilesAtOnce<E> - 1) / kTilesAtOnce<E>;
    weights_.resize(static_cast<std::size_t>(tiles)), losses_.resize(weights_.size());
    const LanesSpan<Scalar> weights(weights_.front().data(), tiles), losses(losses_.front().data(), tiles);
    const double share = 1.0 / static_cast<double>(data.rows);
    for (Index i = 0; i < weights.size(); ++i) weights.data()[i] = static_cast<Scalar>(i < data.rows ? share : 0.0);
    sum_.sum(chunks, gradient, executor, [&](Index chunk, std::span<Scalar> partial, Index worker) {
      const Index first = chunk * kTilesAtOnce<E>, count = std::min(kTilesAtOnce<E>, tiles - first);
      energy.add_label_gradient(data.tiles.subspan(first, count), weights.subspan(first, count),
                                losses.subspan(first, count), partial, workspaces_[static_cast<std::size_t>(worker)]);
    });
    BatchReport report;
    report.data_energy = detail::mean_of_rows(losses.data(), data.rows);
    if (!(report.data_energy == report.data_energy)) require_labels(energy, data);
    report.data_energy_sd = detail::sd_of_rows(losses.data(), data.rows, report.data_energy);
    return report;
  }

 private:
  // Throws where a label, the last coordinate, is none of the energy's classes, if it says how many it has. Its loss is
  // NaN then, like that of parameters that are not finite.
  [[gnu::noinline]] static void require_labels(const E& energy, Data data) {
    if constexpr (requires { energy.classes(); }) {
      for (Index row = 0; row < data.rows; ++row) {
        const double label = static_cast<double>(
            data.tiles.coordinate(row / kLanes<Scalar>, data.tiles.dim() - 1)[row % kLanes<Scalar>]);
        if (label >= 0 && label < static_cast<double>(energy.classes()) && label == std::floor(label)) continue;
        throw ValueError(joined({"points: label ", to_text(label), " at row ", count_text(row),
                                 " of a minibatch, wanted a whole number of 0 to ", count_text(energy.classes() - 1)}));
      }
    }
  }

  std::vector<Workspace> workspaces_;
  std::vector<Lanes<Scalar>> weights_, losses_;
  detail::ChunkSum<Scalar> sum_;
};

}  // namespace ebm
