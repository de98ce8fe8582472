// BernoulliRbm: a restricted Boltzmann machine of binary visible and hidden units (Smolensky 1986; Hinton 2002).
//
//   E(v, h) = -(v - mu)'b - (h - lambda)'c - (v - mu)'W (h - lambda)           v in {0,1}^visible, h in {0,1}^hidden
//   E(v)    = -(b - W lambda)'v - sum_j softplus(a_j),     a = c + W'(v - mu),   p(h_j = 1 | v) = logistic(a_j)
//
// E(v) is the free energy, an ordinary energy up to a constant of the parameters: scored, sampled and trained like any
// other, with a gradient in real v as well. The offsets mu and lambda centre the gradient (Montavon & Mueller 2012;
// Melchior, Fischer & Wiskott 2016): mu is the mean of the data, taken when the trainer first sees them, and lambda
// 1/2. Without them b, c and W are the usual parameters. Parameters lie as W [visible][hidden], b, c; they mean the
// same only beside the same offsets, which a copy of the machine keeps.
//
// Sums run over active units only (networks/packed_rows.hpp), so sparse states are cheap; hidden units are integrated
// out of gradients: both phases of contrastive divergence use p(h | v), not samples.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/core/tensors.hpp>
#include <ebm/core/tile_noise.hpp>
#include <ebm/networks/active_outer_product.hpp>
#include <ebm/networks/binary_layer.hpp>
#include <ebm/networks/softplus_sums.hpp>

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
  static constexpr bool accepts_real_states = true;  // pixels between black and white

  BernoulliRbm(Index visible, Index hidden, Rng& rng, const RbmOptions& options = {})
      : BernoulliRbm(visible, hidden, options.centred) {
    require(options.weight_sd >= 0 && options.weight_sd < 1e6, "weight_sd", options.weight_sd,
            "a finite number of at least 0");
    const Stream stream = rng.stream();
    FlatVector<Scalar> theta(parameters_.size());
    for (Index k = 0; k < visible * hidden; ++k)
      theta.data()[k] = static_cast<Scalar>(options.weight_sd * stream.normal(0, static_cast<std::uint64_t>(k)));
    set_parameters(theta.span());
    initialised_ = false;
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
  double visible_bias(Index i) const { return static_cast<double>(to_visible_.biases()[i]); }
  double hidden_bias(Index j) const { return static_cast<double>(to_hidden_.biases()[j]); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    value_at(x, 1.0, values, workspace);
  }
  // The free energy of the joint distribution exp(-beta E(v, h)): -beta b'v - sum_j softplus(beta a_j).
  void value_at(TileSpan<const Scalar, dim> x, double beta, LanesSpan<Scalar> values, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto& rows = to_hidden_.rows();
    const Active active = collect(x, workspace);
    SoftplusSums softplus(active.chains(), workspace);
    to_hidden_.for_each_block(active, workspace, [&](Index block, Scalar* sums) {
      for (Index c = 0; c < active.chains(); ++c) {
        Scalar* a = sums + c * kRow;
        for (Index k = 0; k < rows.width(block); ++k) a[k] *= static_cast<Scalar>(beta);
        for (Index k = 0; k < rows.padded_width(block); k += V::size) softplus.add(c, k, V::load(a + k));
      }
      softplus.end_block(block + 1 == rows.blocks());
    });
    finish(active, beta, softplus, values);
  }

  // dE/dv_i = -b_i - sum_j W_ij p(h_j = 1 | v), also at real v.
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto& rows = to_hidden_.rows();
    const Active active = collect(x, workspace);
    SoftplusSums softplus(active.chains(), workspace);
    Active hidden(x.count(), hidden_, workspace);
    Scalar* probabilities = hidden.make_dense(workspace);
    to_hidden_.for_each_block(active, workspace, [&](Index block, Scalar* sums) {
      for (Index c = 0; c < active.chains(); ++c) {
        for (Index k = 0; k < rows.padded_width(block); k += V::size)
          softplus.add(c, k, V::load(sums + c * kRow + k)).store(sums + c * kRow + k);
        std::copy_n(sums + c * kRow, rows.width(block), probabilities + c * hidden_ + rows.first(block));
      }
      softplus.end_block(block + 1 == rows.blocks());
    });
    finish(active, 1.0, softplus, values);
    to_visible_.for_each_unit(hidden, workspace, [&](Index t, Index unit, const Scalar* lanes) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size)
        (-V::load(lanes + p)).store(gradients.coordinate(t, unit) + p);
    });
  }

  std::span<const Scalar> parameters() const { return parameters_.span(); }
  void set_parameters(std::span<const Scalar> theta) {
    require(theta.size() == parameters_.size(), "theta: size", static_cast<double>(theta.size()),
            "visible * hidden + visible + hidden");
    std::copy(theta.begin(), theta.end(), parameters_.data());
    initialised_ = true;
    to_hidden_.set(parameters_.data(), parameters_.data() + visible_ * hidden_ + visible_);
    to_visible_.set_transposed(to_hidden_, parameters_.data() + visible_ * hidden_);
    if (!centred_) return;
    to_hidden_.subtract_offsets(visible_offset_.data());
    to_visible_.subtract_offsets(hidden_offset_.data());
  }

  // dE/dW_ij = mu_i p_j - v_i (p_j - lambda_j),   dE/db = -v,   dE/dc = -p,   p = p(h = 1 | v).
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto& rows = to_hidden_.rows();
    const Active active = collect(x, workspace);
    const detail::ActiveChains<Scalar> chains(active, visible_, workspace);
    SoftplusSums softplus(active.chains(), workspace);
    Scalar* total = workspace.take<Scalar>(kRow);
    to_hidden_.for_each_block(active, workspace, [&](Index block, Scalar* sums) {
      const Index first = rows.first(block), width = rows.padded_width(block);
      for (Index k = 0; k < width; k += V::size) {
        V sum(0);
        const V offset = V::load(hidden_offset_.data() + first + k);
        for (Index c = 0; c < active.chains(); ++c) {
          Scalar* at = sums + c * kRow + k;
          const V weight(weights.data()[c]), probability = softplus.add(c, k, V::load(at));
          (weight * (probability - offset)).store(at);
          sum = fma(weight, probability, sum);
        }
        sum.store(total + k);
      }
      softplus.end_block(block + 1 == rows.blocks());
      detail::with_lines<Scalar>(width, [&](auto lines) {
        detail::add_active_outer_product<lines>(chains, visible_offset_.data(), visible_, sums, total,
                                                gradient.data() + first, hidden_, rows.width(block));
      });
      Scalar* biases = gradient.data() + visible_ * hidden_ + visible_ + first;
      for (Index k = 0; k < rows.width(block); ++k) biases[k] -= total[k];
    });
    finish(active, 1.0, softplus, values);
    for (Index i = 0; i < visible_; ++i) {
      Scalar sum(0);
      const Scalar* v = chains.values(i);
      for (Index k = 0; k < chains.count(i); ++k)
        sum = ebm::fma(v ? v[k] : Scalar(1), weights.data()[chains.chains(i)[k]], sum);
      gradient[static_cast<std::size_t>(visible_ * hidden_ + i)] -= sum;
    }
  }

  // The gradient of cost / 2 sum_j (mean p_j - target)^2, the mean over the first `rows` lanes (objectives/sparse.hpp):
  // d p_j / dW_ij = p_j (1 - p_j) (v_i - mu_i), and without the last factor for c_j.
  void add_sparsity_gradient(TileSpan<const Scalar, dim> x, Index count, double target, double cost,
                             std::span<Scalar> gradient, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto& rows = to_hidden_.rows();
    const Active active = collect(x, workspace);
    const detail::ActiveChains<Scalar> chains(active, visible_, workspace);
    Scalar* total = workspace.take<Scalar>(kRow);
    const V share(1.0 / static_cast<double>(count)), factor(-cost), wanted(target);
    to_hidden_.for_each_block(active, workspace, [&](Index block, Scalar* sums) {
      const Index first = rows.first(block), width = rows.padded_width(block);
      for (Index k = 0; k < width; k += V::size) {
        V mean(0), sum(0);
        for (Index c = 0; c < active.chains(); ++c) {
          Scalar* at = sums + c * kRow + k;
          const V probability = c < count ? logistic(V::load(at)) : V(0);
          probability.store(at);
          mean = fma(share, probability, mean);
        }
        const V slope = factor * share * (mean - wanted);
        for (Index c = 0; c < active.chains(); ++c) {
          Scalar* at = sums + c * kRow + k;
          const V probability = V::load(at), delta = slope * (probability * (V(1) - probability));
          delta.store(at);
          sum = sum + delta;
        }
        sum.store(total + k);
      }
      detail::with_lines<Scalar>(width, [&](auto lines) {
        detail::add_active_outer_product<lines>(chains, visible_offset_.data(), visible_, sums, total,
                                                gradient.data() + first, hidden_, rows.width(block));
      });
      Scalar* biases = gradient.data() + visible_ * hidden_ + visible_ + first;
      for (Index k = 0; k < rows.width(block); ++k) biases[k] -= total[k];
    });
  }

  // All hidden units given the visible ones, then all visible ones given the hidden; beta multiplies E(v, h).
  void gibbs_sweep(TileSpan<Scalar, dim> x, double beta, TileNoise<Scalar, dim>& noise, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const Active hidden = draw_hidden(x, beta, noise, workspace);
    to_visible_.draw(hidden, beta, detail::padded_to_lanes<Scalar>(hidden_), noise, workspace,
                     [&](Index t, Index unit, const Mask(&on)[kTilePacks]) {
                       for (int p = 0; p < kTilePacks; ++p)
                         select(on[p], V(1), V(0)).store(x.coordinate(t, unit) + p * V::size);
                     });
  }
  Index gibbs_uniforms() const {
    return detail::padded_to_lanes<Scalar>(hidden_) + detail::padded_to_lanes<Scalar>(visible_);
  }

  // For energies made of this one, whose visible units are others (energies/softmax_rbm.hpp): the first half of a
  // sweep, which uses the first padded_to_lanes(hidden()) uniforms, and f(tile, i, lanes) for what the second half
  // draws from, b_i + sum_j W_ij h_j.
  detail::ActiveUnits<Scalar> draw_hidden(TileSpan<const Scalar, dim> x, double beta,
                                          const TileNoise<Scalar, dim>& noise, Workspace& workspace) const {
    const Active visible = collect(x, workspace);
    Active hidden(x.count(), hidden_, workspace);
    to_hidden_.draw(visible, beta, 0, noise, workspace, [&](Index t, Index unit, const Mask(&on)[kTilePacks]) {
      std::uint32_t bits = 0;
      for (int p = 0; p < kTilePacks; ++p) bits |= lane_bits<Scalar>(on[p]) << (p * V::size);
      hidden.append(t, unit, bits);
    });
    return hidden;
  }
  template <class F>
  void for_each_visible(const detail::ActiveUnits<Scalar>& hidden, Workspace& workspace, F f) const {
    to_visible_.for_each_unit(hidden, workspace, f);
  }

  // f(tile, j, lanes) for the activations of the hidden units, c_j + sum_i W_ij v_i.
  template <class F>
  void for_each_hidden(TileSpan<const Scalar, dim> x, Workspace& workspace, F f) const {
    Workspace::Scope scope(workspace);
    const Active active = collect(x, workspace);
    to_hidden_.for_each_unit(active, workspace, f);
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
  }

  // p(h_j = 1 | v) of each row: the features of the points.
  template <class Derived>
  Points<Scalar, Dynamic> hidden_probabilities(const Eigen::DenseBase<Derived>& points) const {
    const auto& rows = to_hidden_.rows();
    Points<Scalar, Dynamic> result(points.rows(), hidden_);
    Workspace workspace;
    detail::for_each_chunk(*this, points, workspace, [&](Index first_row, Index count, TileSpan<Scalar, dim> x) {
      const Active active = collect(x, workspace);
      to_hidden_.for_each_block(active, workspace, [&](Index block, const Scalar* sums) {
        for (Index r = 0; r < count; ++r) {
          for (Index k = 0; k < rows.width(block); ++k)
            result(first_row + r, rows.first(block) + k) = logistic(sums[r * kRow + k]);
        }
      });
    });
    return result;
  }

  // With offsets, there are tensors of them; before the first training, that of the visible units is left out.
  Tensors tensors() const {
    Tensors result;
    result.add<Scalar>(slots(visible_, hidden_), parameters());
    if (centred_) result.add<Scalar>("hidden_offset", {hidden_}, hidden_offset_.span());
    if (centred_ && initialised_) result.add<Scalar>("visible_offset", {visible_}, visible_offset_.span());
    return result;
  }
  static BernoulliRbm from(const Tensors& tensors) {
    const TensorShape shape = tensors.sides("weight", 2);
    const auto theta = tensors.numbers<Scalar>(slots(shape[0], shape[1]));
    BernoulliRbm result(shape[0], shape[1], tensors.has("hidden_offset"));
    if (result.centred_) {
      const auto offset = tensors.numbers<Scalar>("hidden_offset", {shape[1]});
      std::copy(offset.begin(), offset.end(), result.hidden_offset_.data());
    }
    if (result.centred_ && tensors.has("visible_offset")) {
      const auto offset = tensors.numbers<Scalar>("visible_offset", {shape[0]});
      std::copy(offset.begin(), offset.end(), result.visible_offset_.data());
    }
    result.set_parameters(theta);
    result.initialised_ = !result.centred_ || tensors.has("visible_offset");
    return result;
  }

 private:
  static std::vector<TensorSlot> slots(Index visible, Index hidden) {
    return {{"weight", {visible, hidden}}, {"visible_bias", {visible}}, {"hidden_bias", {hidden}}};
  }

  using V = Pack<Scalar>;
  using Mask = typename V::Mask;
  using SoftplusSums = detail::SoftplusSums<Scalar>;
  using Active = detail::ActiveUnits<Scalar>;
  using Layer = detail::BinaryLayer<Scalar>;

  static constexpr Index kRow = detail::kRowBlock<Scalar>;
  static constexpr int kTilePacks = kPacks<Scalar>;

  BernoulliRbm(Index visible, Index hidden, bool centred)
      : visible_(visible),
        hidden_(hidden),
        centred_(centred),
        parameters_(size_of(visible, hidden)),
        visible_offset_(static_cast<std::size_t>(visible)),
        hidden_offset_(static_cast<std::size_t>(hidden)),
        to_hidden_(visible, hidden),
        to_visible_(hidden, visible) {
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

  // values = -beta b'v - sum_j softplus(beta a_j), whose sums are given.
  void finish(const Active& active, double beta, const SoftplusSums& sums, LanesSpan<Scalar> values) const {
    for (Index c = 0; c < active.chains(); ++c) {
      Scalar linear(0);
      const Scalar* v = active.values(c);
      for (Index k = 0; k < active.count(c); ++k)
        linear = ebm::fma(v ? v[k] : Scalar(1), to_visible_.biases()[active.indices(c)[k]], linear);
      values.data()[c] = ebm::fma(static_cast<Scalar>(-beta), linear, -sums.sum(c));
    }
  }

  Index visible_, hidden_;
  bool centred_, initialised_ = false;
  FlatVector<Scalar> parameters_, visible_offset_, hidden_offset_;
  Layer to_hidden_, to_visible_;
};

}  // namespace ebm
