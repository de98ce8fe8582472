// BernoulliRbm: a restricted Boltzmann machine of binary visible and hidden units (Smolensky 1986; Hinton 2002).
//
//   E(v, h) = -(v - mu)'b - (h - lambda)'c - (v - mu)'W (h - lambda)           v in {0,1}^visible, h in {0,1}^hidden
//   E(v)    = -(b - W lambda)'v - sum_j softplus(a_j),     a = c + W'(v - mu),   p(h_j = 1 | v) = logistic(a_j)
//
// E(v) is the free energy, an ordinary energy up to a constant of the parameters: scored, sampled and trained like any
// other, with a gradient in real v as well. The offsets mu and lambda centre the gradient (Montavon & Mueller 2012;
// Melchior, Fischer & Wiskott 2016): mu is the mean of the data, taken when the trainer first sees them, and lambda 1/2.
// Without them b, c and W are the usual parameters. Parameters lie as W [visible][hidden], b, c.
//
// Sums run over active units only (networks/packed_rows.hpp), so sparse states are cheap; hidden units are integrated
// out of gradients: both phases of contrastive divergence use p(h | v), not samples.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/tile_noise.hpp>
#include <ebm/networks/active_outer_product.hpp>

namespace ebm {

struct RbmOptions {
  double weight_sd = 0.01;  // of the initial weights, which are normal
  bool centred = true;      // offsets from the data's mean; else the plain parametrisation
};

template <class S>
class BernoulliRbm {
 public:
  using Scalar = S;
  static constexpr int dim = Dynamic;
  static constexpr Index tiles_at_once = 8;  // share each block of weights
  static constexpr bool adds_gradients_in_place = true;

  BernoulliRbm(Index visible, Index hidden, Rng& rng, const RbmOptions& options = {})
      : BernoulliRbm(visible, hidden, options.centred) {
    require(options.weight_sd >= 0 && options.weight_sd < 1e6, "weight_sd", options.weight_sd,
            "a finite number of at least 0");
    const Stream stream = rng.stream();
    FlatVector<Scalar> theta(parameters_.size());
    for (Index k = 0; k < visible * hidden; ++k)
      theta.data()[k] = static_cast<Scalar>(options.weight_sd * stream.normal(0, static_cast<std::uint64_t>(k)));
    set_parameters(theta.span());
  }

  // Of given weights (visible x hidden) and biases, without offsets.
  template <class Weights, class VisibleBiases, class HiddenBiases>
  BernoulliRbm(const Eigen::DenseBase<Weights>& weights, const Eigen::DenseBase<VisibleBiases>& visible_biases,
               const Eigen::DenseBase<HiddenBiases>& hidden_biases)
      : BernoulliRbm(weights.rows(), weights.cols(), false) {
    require_shape("visible_biases", visible_biases, visible_, 1);
    require_shape("hidden_biases", hidden_biases, hidden_, 1);
    require_finite("weights", weights);
    require_finite("visible_biases", visible_biases);
    require_finite("hidden_biases", hidden_biases);
    FlatVector<Scalar> theta(parameters_.size());
    Scalar* to = theta.data();
    for (Index i = 0; i < visible_; ++i) {
      for (Index j = 0; j < hidden_; ++j) *to++ = static_cast<Scalar>(weights.derived().coeff(i, j));
    }
    for (Index i = 0; i < visible_; ++i) *to++ = static_cast<Scalar>(visible_biases.derived().coeff(i, 0));
    for (Index j = 0; j < hidden_; ++j) *to++ = static_cast<Scalar>(hidden_biases.derived().coeff(j, 0));
    set_parameters(theta.span());
  }

  Index dimension() const { return visible_; }
  Index visible() const { return visible_; }
  Index hidden() const { return hidden_; }
  StateSet states() const { return kBits; }

  // The usual parameters, offsets taken into account: E(v, h) = -v'visible_bias - h'hidden_bias - v'W h.
  double weight(Index i, Index j) const { return static_cast<double>(parameters_.data()[i * hidden_ + j]); }
  double visible_bias(Index i) const { return static_cast<double>(visible_start_.data()[i]); }
  double hidden_bias(Index j) const { return static_cast<double>(hidden_start_.data()[j]); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    value_at(x, 1.0, values, workspace);
  }
  // The free energy of the joint distribution exp(-beta E(v, h)): -beta b'v - sum_j softplus(beta a_j).
  void value_at(TileSpan<const Scalar, dim> x, double beta, LanesSpan<Scalar> values, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const Active active = collect(x, workspace);
    FreeEnergy free_energy(active.chains(), workspace);
    for_each_block(by_visible_, active, hidden_start_, workspace, [&](Index block, Scalar* sums) {
      for (Index c = 0; c < active.chains(); ++c) {
        for (Index k = 0; k < by_visible_.padded_width(block); k += V::size)
          free_energy.add(c, k, V(beta) * V::load(sums + c * kRow + k));
      }
      free_energy.end_block(block + 1 == by_visible_.blocks());
    });
    free_energy.finish(active, visible_start_.data(), beta, values);
  }

  // dE/dv_i = -b_i - sum_j W_ij p(h_j = 1 | v), also at real v.
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const Active active = collect(x, workspace);
    FreeEnergy free_energy(active.chains(), workspace);
    Active hidden(x.count(), hidden_, workspace);
    Scalar* probabilities = hidden.make_dense(workspace);
    for_each_block(by_visible_, active, hidden_start_, workspace, [&](Index block, Scalar* sums) {
      for (Index c = 0; c < active.chains(); ++c) {
        for (Index k = 0; k < by_visible_.padded_width(block); k += V::size)
          free_energy.add(c, k, V::load(sums + c * kRow + k)).store(sums + c * kRow + k);
        std::copy_n(sums + c * kRow, by_visible_.width(block), probabilities + c * hidden_ + by_visible_.first(block));
      }
      free_energy.end_block(block + 1 == by_visible_.blocks());
    });
    free_energy.finish(active, visible_start_.data(), 1.0, values);
    for_each_block(by_hidden_, hidden, visible_start_, workspace, [&](Index block, Scalar* sums) {
      for_each_lane_block(by_hidden_, block, sums, x.count(), workspace, [&](Index t, Index unit, const Scalar* lanes) {
        for (Index p = 0; p < kLanes<Scalar>; p += V::size)
          (-V::load(lanes + p)).store(gradients.coordinate(t, by_hidden_.first(block) + unit) + p);
      });
    });
  }

  std::span<const Scalar> parameters() const { return parameters_.span(); }
  void set_parameters(std::span<const Scalar> theta) {
    require(theta.size() == parameters_.size(), "theta: size", static_cast<double>(theta.size()),
            "visible * hidden + visible + hidden");
    std::copy(theta.begin(), theta.end(), parameters_.data());
    by_visible_.set(parameters_.data());
    by_hidden_.set_transposed(by_visible_);
    std::copy_n(parameters_.data() + visible_ * hidden_, visible_, visible_start_.data());
    std::copy_n(parameters_.data() + visible_ * hidden_ + visible_, hidden_, hidden_start_.data());
    std::fill(hidden_start_.data() + hidden_, hidden_start_.data() + hidden_start_.padded_size(), kNeverActive);
    if (!centred_) return;
    by_visible_.subtract_product(visible_offset_.data(), hidden_start_.data());
    by_hidden_.subtract_product(hidden_offset_.data(), visible_start_.data());
  }

  // dE/dW_ij = mu_i p_j - v_i (p_j - lambda_j),   dE/db = -v,   dE/dc = -p,   p = p(h = 1 | v).
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const Active active = collect(x, workspace);
    const detail::ActiveChains<Scalar> chains(active, visible_, workspace);
    FreeEnergy free_energy(active.chains(), workspace);
    Scalar* total = workspace.take<Scalar>(kRow);
    for_each_block(by_visible_, active, hidden_start_, workspace, [&](Index block, Scalar* sums) {
      const Index first = by_visible_.first(block), width = by_visible_.padded_width(block);
      for (Index k = 0; k < width; k += V::size) {
        V sum(0);
        const V offset = V::load(hidden_offset_.data() + first + k);
        for (Index c = 0; c < active.chains(); ++c) {
          Scalar* at = sums + c * kRow + k;
          const V weight(weights.data()[c]), probability = free_energy.add(c, k, V::load(at));
          (weight * (probability - offset)).store(at);
          sum = fma(weight, probability, sum);
        }
        sum.store(total + k);
      }
      free_energy.end_block(block + 1 == by_visible_.blocks());
      detail::with_lines<Scalar>(width, [&](auto lines) {
        detail::add_active_outer_product<lines>(chains, visible_offset_.data(), visible_, sums, total,
                                                gradient.data() + first, hidden_, by_visible_.width(block));
      });
      Scalar* biases = gradient.data() + visible_ * hidden_ + visible_ + first;
      for (Index k = 0; k < by_visible_.width(block); ++k) biases[k] -= total[k];
    });
    free_energy.finish(active, visible_start_.data(), 1.0, values);
    for (Index i = 0; i < visible_; ++i) {
      Scalar sum(0);
      const Scalar* v = chains.values(i);
      for (Index k = 0; k < chains.count(i); ++k)
        sum = ebm::fma(v ? v[k] : Scalar(1), weights.data()[chains.chains(i)[k]], sum);
      gradient[static_cast<std::size_t>(visible_ * hidden_ + i)] -= sum;
    }
  }

  // All hidden units given the visible ones, then all visible ones given the hidden; beta multiplies E(v, h).
  void gibbs_sweep(TileSpan<Scalar, dim> x, double beta, TileNoise<Scalar, dim>& noise, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const Active hidden = draw_hidden(x, beta, noise, workspace);
    draw(by_hidden_, hidden, visible_start_, beta, detail::padded_to_lanes<Scalar>(hidden_), noise, workspace,
         [&](Index t, Index unit, const Mask(&on)[kTilePacks]) {
           for (int p = 0; p < kTilePacks; ++p) select(on[p], V(1), V(0)).store(x.coordinate(t, unit) + p * V::size);
         });
  }
  Index gibbs_uniforms() const {
    return detail::padded_to_lanes<Scalar>(hidden_) + detail::padded_to_lanes<Scalar>(visible_);
  }

  // For energies made of this one, whose visible units are others (energies/softmax_rbm.hpp): the first half of a sweep,
  // which uses the first padded_to_lanes(hidden()) uniforms, and f(tile, i, lanes) for what the second half draws from,
  // b_i + sum_j W_ij h_j.
  detail::ActiveUnits<Scalar> draw_hidden(TileSpan<const Scalar, dim> x, double beta,
                                          const TileNoise<Scalar, dim>& noise, Workspace& workspace) const {
    const Active visible = collect(x, workspace);
    Active hidden(x.count(), hidden_, workspace);
    draw(by_visible_, visible, hidden_start_, beta, 0, noise, workspace,
         [&](Index t, Index unit, const Mask(&on)[kTilePacks]) {
           std::uint32_t bits = 0;
           for (int p = 0; p < kTilePacks; ++p) bits |= lane_bits<Scalar>(on[p]) << (p * V::size);
           hidden.append(t, unit, bits);
         });
    return hidden;
  }
  template <class F>
  void for_each_visible(const detail::ActiveUnits<Scalar>& hidden, Workspace& workspace, F f) const {
    for_each_block(by_hidden_, hidden, visible_start_, workspace, [&](Index block, const Scalar* sums) {
      for_each_lane_block(
          by_hidden_, block, sums, hidden.chains() / kLanes<Scalar>, workspace,
          [&](Index t, Index unit, const Scalar* lanes) { f(t, by_hidden_.first(block) + unit, lanes); });
    });
  }

  // Before the first training: offsets and visible biases from the mean of the data, clipped to [.02, .98]. Does
  // nothing to a machine whose parameters were given or trained.
  void initialise_from(const Values<double>& mean) {
    if (initialised_) return;
    require_shape("mean", mean, visible_, 1);
    FlatVector<Scalar> theta(std::span<const Scalar>(parameters_.span()));
    for (Index i = 0; i < visible_; ++i) {
      const double clipped = std::min(std::max(mean(i), 0.02), 0.98);
      double bias = ebm::log(clipped / (1.0 - clipped));
      if (centred_) {
        visible_offset_.data()[i] = static_cast<Scalar>(mean(i));
        for (Index j = 0; j < hidden_; ++j)
          bias = ebm::fma(weight(i, j), static_cast<double>(hidden_offset_.data()[j]), bias);
      }
      theta.data()[visible_ * hidden_ + i] = static_cast<Scalar>(bias);
    }
    set_parameters(theta.span());
    initialised_ = true;
  }

  // p(h_j = 1 | v) of each row: the features of the points.
  template <class Derived>
  Points<Scalar, Dynamic> hidden_probabilities(const Eigen::DenseBase<Derived>& points) const {
    Points<Scalar, Dynamic> result(points.rows(), hidden_);
    Workspace workspace;
    detail::for_each_chunk(*this, points, workspace, [&](Index first_row, Index rows, TileSpan<Scalar, dim> x) {
      const Active active = collect(x, workspace);
      for_each_block(by_visible_, active, hidden_start_, workspace, [&](Index block, const Scalar* sums) {
        for (Index r = 0; r < rows; ++r) {
          for (Index k = 0; k < by_visible_.width(block); ++k)
            result(first_row + r, by_visible_.first(block) + k) = logistic(sums[r * kRow + k]);
        }
      });
    });
    return result;
  }

 private:
  using V = Pack<Scalar>;
  using Mask = typename V::Mask;
  using Active = detail::ActiveUnits<Scalar>;
  using Rows = detail::PackedRows<Scalar>;

  static constexpr Index kRow = detail::kRowBlock<Scalar>;
  static constexpr int kTilePacks = kPacks<Scalar>;
  // The bias of padding: a unit that contributes nothing to a free energy.
  static constexpr Scalar kNeverActive = Scalar(-1e9);

  BernoulliRbm(Index visible, Index hidden, bool centred)
      : visible_(visible),
        hidden_(hidden),
        centred_(centred),
        initialised_(!centred),
        parameters_(size_of(visible, hidden)),
        visible_start_(static_cast<std::size_t>(visible)),
        hidden_start_(static_cast<std::size_t>(hidden)),
        visible_offset_(static_cast<std::size_t>(visible)),
        hidden_offset_(static_cast<std::size_t>(hidden)),
        by_visible_(visible, hidden),
        by_hidden_(hidden, visible) {
    if (centred) std::fill_n(hidden_offset_.data(), hidden, Scalar(0.5));
  }
  static std::size_t size_of(Index visible, Index hidden) {
    require(visible >= 1, "visible", static_cast<double>(visible), "at least 1");
    require(hidden >= 1, "hidden", static_cast<double>(hidden), "at least 1");
    return static_cast<std::size_t>(visible * hidden + visible + hidden);
  }

  Active collect(TileSpan<const Scalar, dim> x, Workspace& workspace) const {
    Active active(x.count(), visible_, workspace);
    active.collect(x, workspace);
    return active;
  }

  // f(block, sums[chain][kRowBlock]) for the activations of every block.
  template <class F>
  static void for_each_block(const Rows& rows, const Active& active, const FlatVector<Scalar>& start,
                             Workspace& workspace, F f) {
    Workspace::Scope scope(workspace);
    Scalar* sums = workspace.take<Scalar>(active.chains() * kRow);
    for (Index block = 0; block < rows.blocks(); ++block) {
      rows.sum(block, active, start.data() + rows.first(block), sums, workspace);
      f(block, sums);
    }
  }

  // f(tile, unit of the block, lanes) for the activations of a block, turned so that chains are lanes.
  template <class F>
  static void for_each_lane_block(const Rows& rows, Index block, const Scalar* sums, Index tiles, Workspace& workspace,
                                  F f) {
    Workspace::Scope scope(workspace);
    constexpr Index lanes = kLanes<Scalar>;
    Scalar* turned = workspace.take<Scalar>(kRow * lanes);
    for (Index t = 0; t < tiles; ++t) {
      for (Index k = 0; k < rows.padded_width(block); k += lanes)
        detail::transpose_lanes(sums + t * lanes * kRow + k, kRow, turned + k * lanes, lanes);
      for (Index unit = 0; unit < rows.width(block); ++unit) f(t, unit, turned + unit * lanes);
    }
  }

  // f(tile, unit, which lanes are on) for every unit of one layer, drawn from logistic(beta activation).
  template <class F>
  static void draw(const Rows& rows, const Active& active, const FlatVector<Scalar>& start, double beta,
                   Index first_uniform, const TileNoise<Scalar, dim>& noise, Workspace& workspace, F f) {
    const V scale(beta);
    Workspace::Scope scope(workspace);
    Scalar* uniforms = workspace.take<Scalar>(kRow * kLanes<Scalar>);
    for_each_block(rows, active, start, workspace, [&](Index block, const Scalar* sums) {
      const Index first = rows.first(block);
      for_each_lane_block(rows, block, sums, active.chains() / kLanes<Scalar>, workspace,
                          [&](Index t, Index unit, const Scalar* lanes) {
                            if (unit == 0) noise.fill(t, first_uniform + first, rows.padded_width(block), uniforms);
                            Mask on[kTilePacks];
                            for (int p = 0; p < kTilePacks; ++p) {
                              on[p] = V::load(uniforms + unit * kLanes<Scalar> + p * V::size) <=
                                      logistic(scale * V::load(lanes + p * V::size));
                            }
                            f(t, first + unit, on);
                          });
    });
  }

  // Sums of softplus(a) = max(a, 0) + log(1 + exp(-|a|)) over the hidden units of each chain, in lanes: the factors
  // 1 + exp(-|a|) are multiplied and the logarithm of the product taken before it can overflow.
  class FreeEnergy {
   public:
    FreeEnergy(Index chains, Workspace& workspace)
        : chains_(chains),
          sums_(workspace.take<Scalar>(chains * kLanes<Scalar>)),
          products_(workspace.take<Scalar>(chains * kLanes<Scalar>)) {
      std::fill_n(sums_, chains * kLanes<Scalar>, Scalar(0));
      std::fill_n(products_, chains * kLanes<Scalar>, Scalar(1));
    }

    // One pack of activations of a chain, at column k of its block; returns logistic(a).
    EBM_INLINE V add(Index chain, Index k, V a) {
      const Index at = chain * kLanes<Scalar> + k % kLanes<Scalar>;
      const V decay = exp(-abs(a)), factor = V(1) + decay;
      (V::load(sums_ + at) + maximum(a, V(0))).store(sums_ + at);
      (V::load(products_ + at) * factor).store(products_ + at);
      return select(a < V(0), decay, V(1)) / factor;
    }
    void end_block(bool last) {
      if (++blocks_ % kBlocksPerLog != 0 && !last) return;
      for (Index i = 0; i < chains_ * kLanes<Scalar>; i += V::size) {
        (V::load(sums_ + i) + log(V::load(products_ + i))).store(sums_ + i);
        V(1).store(products_ + i);
      }
    }
    // values = -beta b'v - the sums.
    void finish(const Active& active, const Scalar* biases, double beta, LanesSpan<Scalar> values) const {
      for (Index c = 0; c < chains_; ++c) {
        Scalar linear(0);
        const Scalar* v = active.values(c);
        for (Index k = 0; k < active.count(c); ++k)
          linear = ebm::fma(v ? v[k] : Scalar(1), biases[active.indices(c)[k]], linear);
        values.data()[c] = ebm::fma(static_cast<Scalar>(-beta), linear, -sum_lanes(sums_ + c * kLanes<Scalar>));
      }
    }

   private:
    static constexpr Index kBlocksPerLog = 16;

    Index chains_, blocks_ = 0;
    Scalar *sums_, *products_;
  };

  Index visible_, hidden_;
  bool centred_, initialised_;
  FlatVector<Scalar> parameters_, visible_start_, hidden_start_, visible_offset_, hidden_offset_;
  Rows by_visible_, by_hidden_;
};

}  // namespace ebm
