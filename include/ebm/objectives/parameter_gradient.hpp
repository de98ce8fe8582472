// The weighted parameter gradient of many tiles, which go in fixed chunks (objectives/chunk_sum.hpp). An energy with so
// many parameters that adding vectors costs more than threads gain says so (static constexpr bool
// adds_gradients_in_place = true): its chunks follow each other.
#pragma once

#include <ebm/concepts/classifier.hpp>
#include <ebm/objectives/chunk_sum.hpp>
#include <ebm/samplers/advance.hpp>

namespace ebm {

template <TrainableEnergy E>
class ParameterGradient {
 public:
  using Scalar = typename E::Scalar;

  // One part of the sum: tiles with a weight and room for the energy of each lane. Where there are labels, one a lane,
  // label_weight d(-log p(label | x))/dtheta of the labelled lanes as well, and losses <- -log p(label | x).
  struct Part {
    TileSpan<const Scalar, E::dim> tiles;
    LanesSpan<const Scalar> weights;
    LanesSpan<Scalar> values;
    const int* labels = nullptr;
    Scalar label_weight = 0;
    Scalar* losses = nullptr;
  };

  // gradient <- sum over the parts' lanes of weight dE/dtheta; values of each part <- E.
  template <class Exec>
  void sum(const E& energy, std::span<const Part> parts, FlatVector<Scalar>& gradient, RunMemory<Scalar>& memory,
           Exec& executor) {
    chunks_.clear();
    for (const Part& part : parts) {
      for (Index first = 0; first < part.tiles.count(); first += kChunkTiles) {
        const Index count = std::min(kChunkTiles, part.tiles.count() - first);
        const Index lane = first * kLanes<Scalar>;
        chunks_.push_back({part.tiles.subspan(first, count), part.weights.subspan(first, count),
                           part.values.subspan(first, count), part.labels ? part.labels + lane : nullptr,
                           part.label_weight, part.losses ? part.losses + lane : nullptr});
      }
    }
    if constexpr (kInPlace) {
      gradient.set_zero();
      for (const Part& part : chunks_) add(energy, part, gradient.span(), memory.workspace(0));
      return;
    }
    sum_.sum(static_cast<Index>(chunks_.size()), gradient, executor,
             [&](Index chunk, std::span<Scalar> partial, Index worker) {
               add(energy, chunks_[static_cast<std::size_t>(chunk)], partial, memory.workspace(worker));
             });
  }

 private:
  static void add(const E& energy, const Part& part, std::span<Scalar> gradient, Workspace& workspace) {
    if constexpr (Classifier<E>) {
      if (part.labels) {
        const LanesSpan<Scalar> losses(part.losses, part.tiles.count());
        energy.add_joint_gradient(part.tiles, part.weights, part.labels, part.label_weight, part.values, losses,
                                  gradient, workspace);
        return;
      }
    }
    energy.add_parameter_gradient(part.tiles, part.weights, part.values, gradient, workspace);
  }

  static constexpr bool kInPlace = requires { requires E::adds_gradients_in_place; };
  static constexpr Index kChunkTiles = std::max<Index>(4, kTilesAtOnce<E>);

  std::vector<Part> chunks_;
  detail::ChunkSum<Scalar> sum_;
};

}  // namespace ebm
