// The weighted parameter gradient of many tiles, with the same bits for any number of workers: tiles go in fixed
// chunks, the first into the result, each of the others into a vector of its own, and these are added in order. An
// energy with so many parameters that adding vectors costs more than threads gain says so (static constexpr bool
// adds_gradients_in_place = true): its chunks follow each other.
#pragma once

#include <ebm/concepts/classifier.hpp>
#include <ebm/core/executor.hpp>
#include <ebm/core/flat_vector.hpp>
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
      for (const Part& part : chunks_) add(energy, part, gradient, memory.workspace(0));
      return;
    }
    while (partial_.size() + 1 < chunks_.size()) partial_.emplace_back(gradient.size());
    executor.run(static_cast<Index>(chunks_.size()), [&](Index chunk, Index worker) {
      const Part& part = chunks_[static_cast<std::size_t>(chunk)];
      FlatVector<Scalar>& partial = chunk == 0 ? gradient : partial_[static_cast<std::size_t>(chunk - 1)];
      partial.set_zero();
      add(energy, part, partial, memory.workspace(worker));
    });
    using V = Pack<Scalar>;
    for (Index i = 0; chunks_.size() > 1 && i < gradient.padded_size(); i += V::size) {
      V sum = V::load(gradient.data() + i);
      for (std::size_t chunk = 1; chunk < chunks_.size(); ++chunk) sum = sum + V::load(partial_[chunk - 1].data() + i);
      sum.store(gradient.data() + i);
    }
  }

 private:
  static void add(const E& energy, const Part& part, FlatVector<Scalar>& gradient, Workspace& workspace) {
    if constexpr (Classifier<E>) {
      if (part.labels) {
        const LanesSpan<Scalar> losses(part.losses, part.tiles.count());
        energy.add_joint_gradient(part.tiles, part.weights, part.labels, part.label_weight, part.values, losses,
                                  gradient.span(), workspace);
        return;
      }
    }
    energy.add_parameter_gradient(part.tiles, part.weights, part.values, gradient.span(), workspace);
  }

  static constexpr bool kInPlace = requires { requires E::adds_gradients_in_place; };
  static constexpr Index kChunkTiles = std::max<Index>(4, kTilesAtOnce<E>);

  std::vector<Part> chunks_;
  std::vector<FlatVector<Scalar>> partial_;
};

}  // namespace ebm
