// GaussianBernoulliRbm: a restricted Boltzmann machine of real visible and binary hidden units, with learned variances
// (Cho, Ilin & Raiko 2011; Liao, Kornblith, Ren, Fleet & Hinton 2022).
//
//   E(v, h) = sum_i (v_i - mu_i)^2 / (2 s_i^2) - c'h - sum_ij (v_i / s_i^2) W_ij h_j
//   E(v)    = sum_i (v_i - mu_i)^2 / (2 s_i^2) - sum_j softplus(c_j + sum_i W_ij v_i / s_i^2)
//   v | h ~ N(mu + W h, s^2),    p(h_j = 1 | v) = logistic(c_j + sum_i W_ij v_i / s_i^2)
//   log Z   = log sum_h exp(c'h + sum_i ((mu + W h)_i^2 - mu_i^2) / (2 s_i^2)) + sum_i log(s_i sqrt(2 pi))
//
// p(v) is a mixture of 2^hidden Gaussians. E(v) is an ordinary energy with a gradient; Gibbs sweeps draw all hidden,
// then all visible units, and mix badly where W is large against s: gradient samplers and tempering are alternatives.
//
// As in BernoulliRbm, which does the sums at u, offsets centre the gradient: u = (v - m) / s^2 instead of v / s^2, m
// being the mean of the data, and h - 1/2 instead of h in the product. They change the energy by a constant of the
// parameters only. Parameters lie as W [visible][hidden], mu, c, log s^2.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/energies/hidden_states.hpp>
#include <ebm/energies/rbm.hpp>

namespace ebm {

struct GaussianRbmOptions {
  double weight_sd = 0.01;  // of the initial weights, which are normal
  double variance = 1.0;    // of the visible units at the start
  bool centred = true;      // offsets from the data's mean; else the plain parametrisation
};

template <class S>
class GaussianBernoulliRbm {
 public:
  using Scalar = S;
  static constexpr int dim = Dynamic;
  static constexpr Index tiles_at_once = BernoulliRbm<S>::tiles_at_once;

  GaussianBernoulliRbm(Index visible, Index hidden, Rng& rng, const GaussianRbmOptions& options = {})
      : GaussianBernoulliRbm(BernoulliRbm<S>(visible, hidden, rng, {options.weight_sd, options.centred}),
                             options.centred) {
    require(options.variance > 1e-30 && options.variance < 1e30, "variance", options.variance, "a positive number");
    FlatVector<Scalar> theta(inner_size() + static_cast<std::size_t>(visible));
    std::copy_n(inner_.parameters().data(), inner_size(), theta.data());
    std::fill_n(theta.data() + inner_size(), visible, static_cast<Scalar>(ebm::log(options.variance)));
    set_parameters(theta.span());
  }

  // Of given weights (visible x hidden), means, hidden biases and variances.
  template <class Weights, class Means, class HiddenBiases, class Variances>
  GaussianBernoulliRbm(const Eigen::DenseBase<Weights>& weights, const Eigen::DenseBase<Means>& means,
                       const Eigen::DenseBase<HiddenBiases>& hidden_biases,
                       const Eigen::DenseBase<Variances>& variances)
      : GaussianBernoulliRbm(BernoulliRbm<S>(weights, checked_means(means, weights.rows()), hidden_biases), false) {
    require_shape("variances", variances, visible(), 1);
    FlatVector<Scalar> theta(inner_size() + static_cast<std::size_t>(visible()));
    std::copy_n(inner_.parameters().data(), inner_size(), theta.data());
    for (Index i = 0; i < visible(); ++i) {
      const double variance = static_cast<double>(variances.derived().coeff(i, 0));
      require(variance > 1e-30 && variance < 1e30, "variances", variance, "positive numbers");
      theta.data()[inner_size() + static_cast<std::size_t>(i)] = static_cast<Scalar>(ebm::log(variance));
    }
    set_parameters(theta.span());
    initialised_ = true;
  }

  Index dimension() const { return inner_.visible(); }
  Index visible() const { return inner_.visible(); }
  Index hidden() const { return inner_.hidden(); }

  // The parameters of the formula above, offsets taken into account.
  double weight(Index i, Index j) const { return inner_.weight(i, j); }
  double variance(Index i) const { return ebm::exp(static_cast<double>(log_variance_at(i))); }
  double mean(Index i) const {
    double sum = 0;
    for (Index j = 0; j < hidden(); ++j) sum += weight(i, j);
    return ebm::fma(-hidden_offset(), sum, static_cast<double>(mean_at(i)));
  }
  double hidden_bias(Index j) const {
    double bias = inner_.hidden_bias(j);
    for (Index i = 0; i < visible(); ++i)
      bias = ebm::fma(-weight(i, j), static_cast<double>(offset_.data()[i]) / variance(i), bias);
    return bias;
  }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    value_at(x, 1.0, values, workspace);
  }
  // The free energy of the joint distribution exp(-beta E(v, h)).
  void value_at(TileSpan<const Scalar, dim> x, double beta, LanesSpan<Scalar> values, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    inner_.value_at(scaled(x, workspace), beta, values, workspace);
    add_squares(x, beta, values);
  }

  // dE/dv_i = (v_i - mu_i - sum_j W_ij p(h_j = 1 | v)) / s_i^2.
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    inner_.value_and_gradient(scaled(x, workspace), values, gradients, workspace);
    add_squares(x, 1.0, values);
    for_each_pack(x, [&](Index t, Index i, Index p, V v) {
      Scalar* at = gradients.coordinate(t, i) + p;
      (V(precision_.data()[i]) * ((v - V(mean_at(i))) + V::load(at))).store(at);
    });
  }

  std::span<const Scalar> parameters() const { return parameters_.span(); }
  void set_parameters(std::span<const Scalar> theta) {
    require(theta.size() == parameters_.size(), "theta: size", static_cast<double>(theta.size()),
            "visible * hidden + 2 visible + hidden");
    std::copy(theta.begin(), theta.end(), parameters_.data());
    // The machine inside has no visible biases: the means are in the squares.
    FlatVector<Scalar> inner(std::span<const Scalar>(theta.first(inner_size())));
    std::fill_n(inner.data() + visible() * hidden(), visible(), Scalar(0));
    inner_.set_parameters(inner.span());
    for (Index i = 0; i < visible(); ++i) precision_.data()[i] = exp(-log_variance_at(i));
  }

  // dE/dW_ij = -u_i p_j,   dE/dmu_i = -(v_i - mu_i) / s_i^2,   dE/dc_j = -p_j,
  // dE/dlog s_i^2 = u_i sum_j W_ij p_j - (v_i - mu_i)^2 / (2 s_i^2),   p = p(h = 1 | v) without offsets.
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto u = scaled(x, workspace);
    const auto slopes = workspace.tiles<Scalar, dim>(x.count(), x.dim());  // dE/du = -W p
    inner_.value_and_gradient(u, values, slopes, workspace);
    inner_.add_parameter_gradient(u, weights, values, gradient.first(inner_size()), workspace);
    add_squares(x, 1.0, values);
    Scalar* of_means = gradient.data() + visible() * hidden();
    Scalar* of_variances = gradient.data() + inner_size();
    for (Index i = 0; i < visible(); ++i) {
      // The machine inside has added -u to the means' part.
      const V mean(mean_at(i)), offset(offset_.data()[i]), precision(precision_.data()[i]);
      const V shift = (mean - offset) * precision;
      alignas(kAlignment) Scalar mean_sums[kLanes<Scalar>], variance_sums[kLanes<Scalar>];
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        V mean_sum(0), variance_sum(0);
        for (Index t = 0; t < x.count(); ++t) {
          const V weight = V::load(weights.tile_data(t) + p), v = V::load(x.coordinate(t, i) + p), centred = v - mean;
          const V slope = fma(V(-0.5) * centred, centred, (offset - v) * V::load(slopes.coordinate(t, i) + p));
          mean_sum = fma(weight, shift, mean_sum);
          variance_sum = fma(weight, precision * slope, variance_sum);
        }
        mean_sum.store(mean_sums + p), variance_sum.store(variance_sums + p);
      }
      of_means[i] += sum_lanes(mean_sums);
      of_variances[i] += sum_lanes(variance_sums);
    }
  }

  // All hidden units given the visible ones, then all visible ones given the hidden; beta multiplies E(v, h).
  void gibbs_sweep(TileSpan<Scalar, dim> x, double beta, TileNoise<Scalar, dim>& noise, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto hidden = inner_.draw_hidden(scaled(x, workspace), beta, noise, workspace);
    const Scalar width = static_cast<Scalar>(1.0 / std::sqrt(beta));
    inner_.for_each_visible(hidden, workspace, [&](Index t, Index i, const Scalar* lanes) {
      const Scalar* normals = noise.normals(t) + i * kLanes<Scalar>;
      const V mean(mean_at(i)), sd(width / ebm::sqrt(precision_.data()[i]));
      for (Index p = 0; p < kLanes<Scalar>; p += V::size)
        fma(sd, V::load(normals + p), mean + V::load(lanes + p)).store(x.coordinate(t, i) + p);
    });
  }
  Index gibbs_uniforms() const { return detail::padded_to_lanes<Scalar>(hidden()); }

  // Before the first training: means and offsets from those of the data. Does nothing to a machine whose parameters
  // were given or trained.
  void initialise_from(const Values<double>& mean) {
    if (initialised_) return;
    require_shape("mean", mean, visible(), 1);
    FlatVector<Scalar> theta(std::span<const Scalar>(parameters_.span()));
    for (Index i = 0; i < visible(); ++i) {
      theta.data()[visible() * hidden() + i] = static_cast<Scalar>(mean(i));
      if (centred_) offset_.data()[i] = static_cast<Scalar>(mean(i));
    }
    set_parameters(theta.span());
    initialised_ = true;
  }

  // The exact log Z, a sum over 2^hidden states: up to 30 hidden units, of which each doubles the time.
  double log_partition() const {
    // Visible units relative to their offsets: the mean given a state is mu + W (h - 1/2), or mu + W h.
    const auto n = static_cast<std::size_t>(visible());
    std::vector<double> mu(n), mean_of(n), precision(n);
    double bias = 0, constant = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const Index at = static_cast<Index>(i);
      const double log_variance = static_cast<double>(log_variance_at(at));
      mu[i] = static_cast<double>(mean_at(at)) - static_cast<double>(offset_.data()[i]);
      precision[i] = ebm::exp(-log_variance);
      constant += 0.5 * (log_variance + 1.8378770664093454);
    }
    const double sum = detail::log_sum_over_hidden_states(
        hidden(),
        [&] {
          bias = 0;
          for (std::size_t i = 0; i < n; ++i)
            mean_of[i] = mu[i] + mean(static_cast<Index>(i)) - static_cast<double>(mean_at(static_cast<Index>(i)));
        },
        [&](Index j, bool on) {
          const double sign = on ? 1.0 : -1.0;
          bias = ebm::fma(sign, inner_.hidden_bias(j), bias);
          for (std::size_t i = 0; i < n; ++i) mean_of[i] = ebm::fma(sign, weight(static_cast<Index>(i), j), mean_of[i]);
        },
        [&] {
          double log_weight = bias;
          for (std::size_t i = 0; i < n; ++i)
            log_weight = ebm::fma(0.5 * precision[i] * (mean_of[i] - mu[i]), mean_of[i] + mu[i], log_weight);
          return log_weight;
        });
    return sum + constant;
  }

  // Where practically all of p(v) lies.
  Box<dim> domain() const {
    Box<dim> box{Eigen::ArrayXd(visible()), Eigen::ArrayXd(visible())};
    for (Index i = 0; i < visible(); ++i) {
      const double reach = 8 * std::sqrt(variance(i));
      box.lower[i] = mean(i) - reach, box.upper[i] = mean(i) + reach;
      for (Index j = 0; j < hidden(); ++j) {
        box.lower[i] += std::min(weight(i, j), 0.0);
        box.upper[i] += std::max(weight(i, j), 0.0);
      }
    }
    return box;
  }

  // p(h_j = 1 | v) of each row: the features of the points.
  template <class Derived>
  Points<Scalar, Dynamic> hidden_probabilities(const Eigen::DenseBase<Derived>& points) const {
    require_shape("points", points, kAny, visible());
    Points<Scalar, Dynamic> u = points.derived().template cast<Scalar>();
    for (Index i = 0; i < visible(); ++i) u.col(i) = (u.col(i).array() - offset_.data()[i]) * precision_.data()[i];
    return inner_.hidden_probabilities(u);
  }

  // With offsets, there is a tensor of them.
  Tensors tensors() const {
    Tensors result;
    result.add<Scalar>(slots(visible(), hidden()), parameters());
    if (centred_) result.add<Scalar>("offset", {visible()}, offset_.span());
    result.add("initialised", std::int64_t{initialised_});
    return result;
  }
  static GaussianBernoulliRbm from(const Tensors& tensors) {
    const TensorShape shape = tensors.sides("weight", 2);
    const auto theta = tensors.numbers<Scalar>(slots(shape[0], shape[1]));
    const bool centred = tensors.has("offset");
    Rng rng;
    GaussianBernoulliRbm result(shape[0], shape[1], rng, {.centred = centred});
    if (centred) {
      const auto offset = tensors.numbers<Scalar>("offset", {shape[0]});
      std::copy(offset.begin(), offset.end(), result.offset_.data());
    }
    result.set_parameters(theta);
    result.initialised_ = tensors.number<std::int64_t>("initialised") != 0;
    return result;
  }

 private:
  static std::vector<TensorSlot> slots(Index visible, Index hidden) {
    return {{"weight", {visible, hidden}}, {"mean", {visible}}, {"hidden_bias", {hidden}}, {"log_variance", {visible}}};
  }

  using V = Pack<Scalar>;

  GaussianBernoulliRbm(BernoulliRbm<S> inner, bool centred)
      : inner_(std::move(inner)),
        centred_(centred),
        parameters_(inner_size() + static_cast<std::size_t>(inner_.visible())),
        precision_(static_cast<std::size_t>(inner_.visible())),
        offset_(static_cast<std::size_t>(inner_.visible())) {}

  template <class Means>
  static const Eigen::DenseBase<Means>& checked_means(const Eigen::DenseBase<Means>& means, Index visible) {
    require_shape("means", means, visible, 1);
    require_finite("means", means);
    return means;
  }
  std::size_t inner_size() const { return inner_.parameters().size(); }
  double hidden_offset() const { return centred_ ? 0.5 : 0.0; }
  Scalar mean_at(Index i) const { return parameters_.data()[visible() * hidden() + i]; }
  Scalar log_variance_at(Index i) const { return parameters_.data()[inner_size() + static_cast<std::size_t>(i)]; }

  // f(tile, coordinate, first lane, pack) of every pack of some tiles.
  template <class F>
  static void for_each_pack(TileSpan<const Scalar, dim> x, F f) {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index i = 0; i < x.dim(); ++i) {
        for (Index p = 0; p < kLanes<Scalar>; p += V::size) f(t, i, p, V::load(x.coordinate(t, i) + p));
      }
    }
  }

  // u = (v - m) / s^2.
  TileSpan<const Scalar, dim> scaled(TileSpan<const Scalar, dim> x, Workspace& workspace) const {
    const auto u = workspace.tiles<Scalar, dim>(x.count(), x.dim());
    for_each_pack(x, [&](Index t, Index i, Index p, V v) {
      (V(precision_.data()[i]) * (v - V(offset_.data()[i]))).store(u.coordinate(t, i) + p);
    });
    return u;
  }

  // values += beta sum_i (v_i - mu_i)^2 / (2 s_i^2).
  void add_squares(TileSpan<const Scalar, dim> x, double beta, LanesSpan<Scalar> values) const {
    const Scalar half = static_cast<Scalar>(0.5 * beta);
    for_each_pack(x, [&](Index t, Index i, Index p, V v) {
      const V centred = v - V(mean_at(i));
      Scalar* at = values.tile_data(t) + p;
      fma(V(half * precision_.data()[i]) * centred, centred, V::load(at)).store(at);
    });
  }

  BernoulliRbm<S> inner_;
  bool centred_, initialised_ = false;
  FlatVector<Scalar> parameters_, precision_, offset_;
};

}  // namespace ebm
