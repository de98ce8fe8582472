// BinaryLayer: what drives the units of one layer of a Boltzmann machine, given the active units of the other.
//
//   a_j = bias_j + sum over active k of value_k W[k][j],     p(unit j = 1) = logistic(beta a_j)
#pragma once

#include <ebm/core/lane_math.hpp>
#include <ebm/core/tile_noise.hpp>
#include <ebm/networks/packed_rows.hpp>

namespace ebm::detail {

template <class Scalar>
class BinaryLayer {
 public:
  using V = Pack<Scalar>;
  using Mask = typename V::Mask;

  BinaryLayer(Index inputs, Index units) : rows_(inputs, units), biases_(static_cast<std::size_t>(units)) {}

  const PackedRows<Scalar>& rows() const { return rows_; }
  const Scalar* biases() const { return biases_.data(); }

  // Weights [input][unit]; units of padding never become active.
  void set(const Scalar* weights, const Scalar* biases) {
    rows_.set(weights);
    set_biases(biases);
  }
  // The weights of the other direction.
  void set_transposed(const BinaryLayer& other, const Scalar* biases) {
    rows_.set_transposed(other.rows_);
    set_biases(biases);
  }
  // The biases of a layer whose inputs count from an offset: bias_j -= sum_k offset_k W[k][j].
  void subtract_offsets(const Scalar* offsets) { rows_.subtract_product(offsets, biases_.data()); }

  // f(block, sums[chain][kRowBlock]) for the activations of every block of units.
  template <class F>
  void for_each_block(const ActiveUnits<Scalar>& active, Workspace& workspace, F f) const {
    Workspace::Scope scope(workspace);
    Scalar* sums = workspace.take<Scalar>(active.chains() * kRowBlock<Scalar>);
    for (Index block = 0; block < rows_.blocks(); ++block) {
      rows_.sum(block, active, biases_.data() + rows_.first(block), sums, workspace);
      f(block, sums);
    }
  }

  // f(tile, unit, activations of the unit in the lanes of the tile).
  template <class F>
  void for_each_unit(const ActiveUnits<Scalar>& active, Workspace& workspace, F f) const {
    constexpr Index lanes = kLanes<Scalar>;
    Workspace::Scope scope(workspace);
    Scalar* turned = workspace.take<Scalar>(kRowBlock<Scalar> * lanes);
    for_each_block(active, workspace, [&](Index block, const Scalar* sums) {
      for (Index t = 0; t < active.chains() / lanes; ++t) {
        for (Index k = 0; k < rows_.padded_width(block); k += lanes)
          transpose_lanes(sums + t * lanes * kRowBlock<Scalar> + k, kRowBlock<Scalar>, turned + k * lanes, lanes);
        for (Index unit = 0; unit < rows_.width(block); ++unit) f(t, rows_.first(block) + unit, turned + unit * lanes);
      }
    });
  }

  // f(tile, unit, which lanes are on), drawn with the uniforms first_uniform + unit of the step.
  template <int Dim, class F>
  void draw(const ActiveUnits<Scalar>& active, double beta, Index first_uniform, const TileNoise<Scalar, Dim>& noise,
            Workspace& workspace, F f) const {
    const V scale(beta);
    Workspace::Scope scope(workspace);
    Scalar* uniforms = workspace.take<Scalar>(kRowBlock<Scalar> * kLanes<Scalar>);
    for_each_unit(active, workspace, [&](Index t, Index unit, const Scalar* lanes) {
      const Index k = unit % kRowBlock<Scalar>;
      if (k == 0) noise.fill(t, first_uniform + unit, rows_.padded_width(unit / kRowBlock<Scalar>), uniforms);
      Mask on[kPacks<Scalar>];
      for (int p = 0; p < kPacks<Scalar>; ++p) {
        on[p] = V::load(uniforms + k * kLanes<Scalar> + p * V::size) <= logistic(scale * V::load(lanes + p * V::size));
      }
      f(t, unit, on);
    });
  }

 private:
  static constexpr Scalar kNeverActive = Scalar(-1e9);

  void set_biases(const Scalar* biases) {
    std::copy_n(biases, biases_.size(), biases_.data());
    std::fill(biases_.data() + biases_.size(), biases_.data() + biases_.padded_size(), kNeverActive);
  }

  PackedRows<Scalar> rows_;
  FlatVector<Scalar> biases_;
};

}  // namespace ebm::detail
