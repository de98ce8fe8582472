// The gradient estimator of losses that judge one site at a time (objectives/site_losses.hpp), with the same bits for
// any number of workers: tiles go in fixed chunks (objectives/chunk_sum.hpp).
//
// Where an objective looks at a sample of the sites only, every iteration draws a new one, without replacement and the
// same for all rows; loss and gradient are scaled by dim / sampled, so that their expectations are those of all sites.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/chunk_sum.hpp>
#include <ebm/objectives/data_energies.hpp>
#include <ebm/objectives/site_losses.hpp>

#include <numeric>

namespace ebm::detail {

// Throws where a coordinate of the minibatch is none of the energy's states.
template <class Scalar, int Dim>
[[gnu::noinline]] void require_states(const char* argument, Minibatch<Scalar, Dim> data, StateSet states) {
  for (Index row = 0; row < data.rows; ++row) {
    for (Index i = 0; i < data.tiles.dim(); ++i) {
      const Scalar value = data.tiles.coordinate(row / kLanes<Scalar>, i)[row % kLanes<Scalar>];
      if (!is_state(value, states)) {
        throw_not_a_state(argument, static_cast<double>(value), joined({"in column ", count_text(i)}), states, false);
      }
    }
  }
}

// The first `wanted` of a random order of all sites (Fisher & Yates 1938), in ascending order: a function of the stream
// and the index alone. `order` is as long as there are sites.
inline std::span<const Index> sample_sites(std::vector<Index>& order, Index wanted, const Stream& stream,
                                           std::uint32_t index) {
  const std::size_t count = static_cast<std::size_t>(wanted);
  std::iota(order.begin(), order.end(), Index{0});
  if (count < order.size()) {
    for (std::size_t i = 0; i < count; ++i) std::swap(order[i], order[i + stream.integer(index, i, order.size() - i)]);
    std::sort(order.begin(), order.begin() + wanted);
  }
  return std::span<const Index>(order).first(count);
}

template <class Loss, class E>
  requires DiscreteEnergy<E> && TrainableEnergy<E>
class SiteEstimator {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  SiteEstimator(Index sampled_sites, const E& energy, Data data, Rng& rng, Index workers)
      : order_(static_cast<std::size_t>(dimension_of(energy))),
        sampled_(sampled_sites > 0 ? std::min(sampled_sites, dimension_of(energy)) : dimension_of(energy)),
        stream_(rng.stream()),
        workspaces_(static_cast<std::size_t>(workers)),
        weights_(static_cast<std::size_t>(data.tiles.count())),
        losses_(weights_.size()) {
    require(sampled_sites >= 0, "sampled_sites", static_cast<double>(sampled_sites), "at least 0");
    require_states("points", data, energy.states());
  }

  void transfer(Archive&) {}  // nothing outlasts an iteration

  template <class Exec>
  void recover(const E&, Data, Exec&) {}

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    const Index tiles = data.tiles.count(), chunks = (tiles + kChunkTiles - 1) / kChunkTiles;
    weights_.resize(static_cast<std::size_t>(tiles)), losses_.resize(weights_.size());
    const auto sites = sample_sites(order_, sampled_, stream_, static_cast<std::uint32_t>(iteration));
    const double share = scale() / static_cast<double>(data.rows);
    const LanesSpan<Scalar> weights(weights_.front().data(), tiles), losses(losses_.front().data(), tiles);
    for (Index i = 0; i < weights.size(); ++i) weights.data()[i] = static_cast<Scalar>(i < data.rows ? share : 0.0);
    sum_.sum(chunks, gradient, executor, [&](Index chunk, std::span<Scalar> partial, Index worker) {
      for (Index t = chunk * kChunkTiles; t < std::min(tiles, (chunk + 1) * kChunkTiles); ++t)
        add_site_losses<Loss>(energy, data.tiles.subspan(t, 1), sites, weights.subspan(t, 1), losses.subspan(t, 1),
                              partial, workspaces_[static_cast<std::size_t>(worker)]);
    });
    return report(losses.data(), data, energy.states());
  }

 private:
  static constexpr Index kChunkTiles = 2;

  double scale() const { return static_cast<double>(order_.size()) / static_cast<double>(sampled_); }

  BatchReport report(const Scalar* losses, Data data, StateSet states) const {
    const double mean = mean_of_rows(losses, data.rows);
    if (!(mean == mean)) require_states("points", data, states);
    BatchReport result;
    result.data_energy = scale() * mean;
    result.data_energy_sd = scale() * sd_of_rows(losses, data.rows, mean);
    return result;
  }

  std::vector<Index> order_;
  Index sampled_;
  Stream stream_;
  std::vector<Workspace> workspaces_;
  std::vector<Lanes<Scalar>> weights_, losses_;
  ChunkSum<Scalar> sum_;
};

}  // namespace ebm::detail
