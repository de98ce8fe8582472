// ClassRbm: a restricted Boltzmann machine of binary pixels and a class, with an exact p(y | x) (Larochelle & Bengio
// 2008, eqs. 1 and 2).
//
//   E(x, y, h) = -b'x - d_y - c'h - x'W h - U_y'h                        x in {0,1}^pixels, y in {0, ..., classes - 1}
//   E(x, y)    = -b'x - d_y - sum_j softplus(a_j + U_yj),    a = c + W'x
//   p(y | x)   = softmax_y (d_y + sum_j softplus(a_j + U_yj))
//
// Its points are labelled: the pixels, and the class as the last coordinate (with_labels). As an energy of these it is
// trained generatively, like any other; add_label_gradient is that of -log p(y | x), for discriminative training
// (objectives/label_likelihood.hpp). Inside, it is a BernoulliRbm with one unit for each class: parameters lie as W
// [pixel][hidden], U [class][hidden], b, d, c.
#pragma once

#include <ebm/core/categories.hpp>
#include <ebm/energies/hidden_states.hpp>
#include <ebm/energies/rbm.hpp>

namespace ebm {

namespace detail {

// Throws where a label of the column is none of 0, ..., classes - 1.
template <class Derived>
void require_classes(const char* argument, const Eigen::DenseBase<Derived>& labels, Index classes) {
  for (Index row = 0; row < labels.rows(); ++row) {
    const double label = static_cast<double>(labels.derived().coeff(row, 0));
    if (label >= 0 && label < static_cast<double>(classes) && label == std::floor(label)) continue;
    throw ValueError(joined({argument, ": label ", to_text(label), " at row ", count_text(row),
                             ", wanted a class, which is a whole number of at least 0",
                             classes == std::numeric_limits<Index>::max() ? "" : " and less than ",
                             classes == std::numeric_limits<Index>::max() ? "" : count_text(classes)}));
  }
}

}  // namespace detail

// Points with their labels, 0, 1, 2 and so on, as a last coordinate.
template <class Derived, class LabelsDerived>
Points<typename Derived::Scalar> with_labels(const Eigen::DenseBase<Derived>& points,
                                             const Eigen::DenseBase<LabelsDerived>& labels) {
  require_shape("labels", labels, points.rows(), 1);
  detail::require_classes("labels", labels, std::numeric_limits<Index>::max());
  Points<typename Derived::Scalar> result(points.rows(), points.cols() + 1);
  result.leftCols(points.cols()) = points.derived();
  result.col(points.cols()) = labels.derived().template cast<typename Derived::Scalar>();
  return result;
}

template <class S>
class ClassRbm {
 public:
  using Scalar = S;
  static constexpr int dim = Dynamic;
  static constexpr Index tiles_at_once = BernoulliRbm<S>::tiles_at_once;

  ClassRbm(Index pixels, Index classes, Index hidden, Rng& rng, const RbmOptions& options = {})
      : ClassRbm(classes, BernoulliRbm<S>(checked_units(pixels, classes), hidden, rng, options)) {}

  // Of given weights W over U (pixels + classes x hidden), biases b over d, and c, without offsets.
  template <class Weights, class VisibleBiases, class HiddenBiases>
  ClassRbm(Index classes, const Eigen::DenseBase<Weights>& weights,
           const Eigen::DenseBase<VisibleBiases>& visible_biases, const Eigen::DenseBase<HiddenBiases>& hidden_biases)
      : ClassRbm(classes, BernoulliRbm<S>(weights, visible_biases, hidden_biases)) {
    checked_units(pixels(), classes);
  }

  // Of a labelled point.
  Index dimension() const { return pixels() + 1; }
  Index pixels() const { return inner_.visible() - classes_; }
  Index classes() const { return classes_; }
  Index hidden() const { return inner_.hidden(); }

  // The parameters of the formula above, offsets taken into account.
  double weight(Index pixel, Index j) const { return inner_.weight(pixel, j); }
  double class_weight(Index y, Index j) const { return inner_.weight(pixels() + y, j); }
  double pixel_bias(Index pixel) const { return inner_.visible_bias(pixel); }
  double class_bias(Index y) const { return inner_.visible_bias(pixels() + y); }
  double hidden_bias(Index j) const { return inner_.hidden_bias(j); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    value_at(x, 1.0, values, workspace);
  }
  // The free energy of the joint distribution exp(-beta E(x, y, h)); NaN where the label is no class.
  void value_at(TileSpan<const Scalar, dim> x, double beta, LanesSpan<Scalar> values, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    inner_.value_at(units(x, workspace), beta, values, workspace);
    spoil_where_no_class(x, values);
  }

  std::span<const Scalar> parameters() const { return inner_.parameters(); }
  void set_parameters(std::span<const Scalar> theta) { inner_.set_parameters(theta); }
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    inner_.add_parameter_gradient(units(x, workspace), weights, values, gradient, workspace);
    spoil_where_no_class(x, values);
  }

  // Throws where points have another shape, or labels that are no classes. Pixels may be grey.
  template <class Derived>
  void require_points(const char* argument, const Eigen::DenseBase<Derived>& points) const {
    require_shape(argument, points, kAny, dimension());
    detail::require_classes(argument, points.col(pixels()), classes_);
  }

  // Before the first training: offsets and biases of pixels from the mean of labelled data; classes start equally
  // likely.
  void initialise_from(const Values<double>& mean) {
    require_shape("mean", mean, dimension(), 1);
    Values<double> of_units(inner_.visible());
    for (Index i = 0; i < pixels(); ++i) of_units(i) = mean(i);
    for (Index y = 0; y < classes_; ++y) of_units(pixels() + y) = 1.0 / static_cast<double>(classes_);
    inner_.initialise_from(of_units);
  }

  // All hidden units given pixels and class, then pixels and class given the hidden units; beta multiplies E(x, y, h).
  void gibbs_sweep(TileSpan<Scalar, dim> x, double beta, TileNoise<Scalar, dim>& noise, Workspace& workspace) const {
    using V = Pack<Scalar>;
    Workspace::Scope scope(workspace);
    const auto hidden = inner_.draw_hidden(units(x, workspace), beta, noise, workspace);
    const Index first = detail::padded_to_lanes<Scalar>(this->hidden()), count = drawn_uniforms(), n = pixels();
    Scalar* uniforms = workspace.take<Scalar>(x.count() * count * kLanes<Scalar>);
    Scalar* of_class = workspace.take<Scalar>(x.count() * classes_ * kLanes<Scalar>);
    for (Index t = 0; t < x.count(); ++t) noise.fill(t, first, count, uniforms + t * count * kLanes<Scalar>);
    inner_.for_each_visible(hidden, workspace, [&](Index t, Index unit, const Scalar* lanes) {
      if (unit >= n) {
        detail::negate_lanes(lanes, of_class + (t * classes_ + unit - n) * kLanes<Scalar>);
        return;
      }
      const Scalar* drawn = uniforms + (t * count + unit) * kLanes<Scalar>;
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const V probability = logistic(V(beta) * V::load(lanes + p));
        select(V::load(drawn + p) <= probability, V(1), V(0)).store(x.coordinate(t, unit) + p);
      }
    });
    for (Index t = 0; t < x.count(); ++t) {
      detail::draw_categories(of_class + t * classes_ * kLanes<Scalar>, classes_, beta,
                              uniforms + (t * count + n) * kLanes<Scalar>, x.coordinate(t, n));
    }
  }
  Index gibbs_uniforms() const { return detail::padded_to_lanes<Scalar>(hidden()) + drawn_uniforms(); }

  // p(y | x) of each row of points without labels, one column a class.
  template <class Derived>
  Points<Scalar> probabilities(const Eigen::DenseBase<Derived>& points) const {
    require_shape("points", points, kAny, pixels());
    Points<Scalar> result(points.rows(), classes_);
    Workspace workspace;
    const auto labelled = with_labels(points, Values<int>::Zero(points.rows()));
    detail::for_each_chunk(*this, labelled, workspace, [&](Index first, Index rows, TileSpan<const Scalar, dim> x) {
      const auto log_p = log_probabilities(x, workspace);
      for (Index row = 0; row < rows; ++row) {
        for (Index y = 0; y < classes_; ++y)
          result(first + row, y) = exp(log_p.coordinate(row / kLanes<Scalar>, y)[row % kLanes<Scalar>]);
      }
    });
    return result;
  }

  // values <- -log p(y | x) of labelled points, gradient += the sum over lanes of weights d(-log p(y | x)) / dtheta:
  // that of E(x, y) minus its mean under p(y | x). The value is NaN where the label is no class.
  void add_label_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                          std::span<Scalar> gradient, Workspace& workspace) const {
    using V = Pack<Scalar>;
    Workspace::Scope scope(workspace);
    const auto log_p = log_probabilities(x, workspace);
    const auto unit_tiles = units(x, workspace);
    const auto shares = workspace.tiles<Scalar, 1>(x.count(), 1), unused = workspace.tiles<Scalar, 1>(x.count(), 1);
    std::fill_n(values.data(), values.size(), std::numeric_limits<Scalar>::quiet_NaN());
    for (Index y = 0; y < classes_; ++y) {
      for (Index t = 0; t < x.count(); ++t) {
        for (Index other = 0; other < classes_; ++other)
          std::fill_n(unit_tiles.coordinate(t, pixels() + other), kLanes<Scalar>, Scalar(other == y ? 1 : 0));
        for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
          const auto is_label = V::load(x.coordinate(t, pixels()) + p) == V(y);
          const V log_share = V::load(log_p.coordinate(t, y) + p), weight = V::load(weights.tile_data(t) + p);
          Scalar* value = values.tile_data(t) + p;
          select(is_label, -log_share, V::load(value)).store(value);
          (weight * (select(is_label, V(1), V(0)) - exp(log_share))).store(shares.tile_data(t) + p);
        }
      }
      inner_.add_parameter_gradient(unit_tiles, shares, unused, gradient, workspace);
    }
  }

  // The exact log Z over pixels and class, a sum over 2^hidden states: up to 30 hidden units, each doubles the time.
  double log_partition() const {
    const auto n = static_cast<std::size_t>(pixels());
    return detail::log_sum_over_hidden_units(inner_, [&](double bias, std::span<const double> activation) {
      double log_weight = bias + log_sum_exp(activation.subspan(n));
      for (std::size_t i = 0; i < n; ++i) log_weight += log1p_exp(activation[i]);
      return log_weight;
    });
  }

  Tensors tensors() const {
    Tensors result = inner_.tensors();
    result.add("classes", std::int64_t{classes_});
    return result;
  }
  static ClassRbm from(const Tensors& tensors) {
    const Index classes = tensors.number<std::int64_t>("classes");
    BernoulliRbm<S> inner = BernoulliRbm<S>::from(tensors);
    if (classes < 2 || classes >= inner.visible()) tensors.fail("classes", "does not fit the visible units");
    return ClassRbm(classes, std::move(inner));
  }

 private:
  ClassRbm(Index classes, BernoulliRbm<S> inner) : classes_(classes), inner_(std::move(inner)) {}

  static Index checked_units(Index pixels, Index classes) {
    require(pixels >= 1, "pixels", static_cast<double>(pixels), "at least 1");
    require(classes >= 2, "classes", static_cast<double>(classes), "at least 2");
    return pixels + classes;
  }
  Index drawn_uniforms() const { return detail::padded_to_lanes<Scalar>(dimension()); }

  void spoil_where_no_class(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values) const {
    using V = Pack<Scalar>;
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const V label = V::load(x.coordinate(t, pixels()) + p), value = V::load(values.tile_data(t) + p);
        V result(std::numeric_limits<Scalar>::quiet_NaN());
        for (Index y = 0; y < classes_; ++y) result = select(label == V(y), value, result);
        result.store(values.tile_data(t) + p);
      }
    }
  }

  // Pixels as they are, the class as units.
  TileSpan<Scalar, dim> units(TileSpan<const Scalar, dim> x, Workspace& workspace) const {
    const auto result = workspace.tiles<Scalar, dim>(x.count(), inner_.visible());
    for (Index t = 0; t < x.count(); ++t) {
      std::copy_n(x.tile_data(t), pixels() * kLanes<Scalar>, result.tile_data(t));
      detail::write_units(x.coordinate(t, pixels()), classes_, result.coordinate(t, pixels()));
    }
    return result;
  }

  // log p(y | x) as coordinates of tiles in the workspace; labels are not looked at.
  TileSpan<Scalar, dim> log_probabilities(TileSpan<const Scalar, dim> x, Workspace& workspace) const {
    using V = Pack<Scalar>;
    const auto result = workspace.tiles<Scalar, dim>(x.count(), classes_);
    Workspace::Scope scope(workspace);
    const auto unit_tiles = units(x, workspace);
    for (Index t = 0; t < x.count(); ++t)
      std::fill_n(unit_tiles.coordinate(t, pixels()), classes_ * kLanes<Scalar>, Scalar(0));
    for (Index t = 0; t < x.count(); ++t) {
      for (Index y = 0; y < classes_; ++y)
        std::fill_n(result.coordinate(t, y), kLanes<Scalar>, static_cast<Scalar>(class_bias(y)));
    }
    inner_.for_each_hidden(unit_tiles, workspace, [&](Index t, Index j, const Scalar* lanes) {
      for (Index y = 0; y < classes_; ++y) {
        const V weight(class_weight(y, j));
        for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
          Scalar* at = result.coordinate(t, y) + p;
          (V::load(at) + log1p_exp(V::load(lanes + p) + weight)).store(at);
        }
      }
    });
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        V largest = V::load(result.coordinate(t, 0) + p), total(0);
        for (Index y = 1; y < classes_; ++y) largest = maximum(largest, V::load(result.coordinate(t, y) + p));
        for (Index y = 0; y < classes_; ++y) total = total + exp(V::load(result.coordinate(t, y) + p) - largest);
        const V constant = largest + log(total);
        for (Index y = 0; y < classes_; ++y) {
          Scalar* at = result.coordinate(t, y) + p;
          (V::load(at) - constant).store(at);
        }
      }
    }
    return result;
  }

  Index classes_;
  BernoulliRbm<S> inner_;
};

}  // namespace ebm
