// ClassifierEnergy: a classifier is secretly an energy. With logits f_y(x),
//
//   E(x) = -log sum_y exp f_y(x)        E(x | y) = -f_y(x), up to log Z_y        p(y | x) = exp(f_y(x) + E(x))
//
// Grathwohl et al. 2020, eqs. 3 to 6. dE/df_y = -p(y | x), and d(-log p(k | x))/df_y = p(y | x) - [y = k].
//
// Images are trained as they are, scaled to [-1, 1]; Anchored{ClassifierEnergy{network}, variance} holds them where a
// density is wanted. A network of few coordinates gets the trainer's frame.
#pragma once

#include <ebm/concepts/classifier.hpp>
#include <ebm/energies/network.hpp>

namespace ebm {

template <class Net>
class ClassConditionalEnergy;

template <class Net>
class ClassifierEnergy {
  static_assert(Net::outputs_count >= 2 || Net::outputs_count == Dynamic,
                "ebm::ClassifierEnergy: the network must have an output for each of the classes");

 public:
  using Scalar = typename Net::Scalar;
  static constexpr int dim = Net::dim;
  static constexpr int classes = Net::outputs_count;
  static constexpr Index tiles_at_once = Net::tiles_at_once;
  static constexpr bool wants_frame = !ImageShape<typename Net::Input>;

  explicit ClassifierEnergy(Net net) : network_(std::move(net)) {
    require(class_count() >= 2, "network: outputs", static_cast<double>(class_count()), "one for each of the classes");
  }

  const Net& network() const { return network_; }
  Index dimension() const { return network_.dimension(); }
  Index class_count() const { return network_.output_size(); }
  std::span<const Scalar> parameters() const { return network_.parameters(); }
  void set_parameters(std::span<const Scalar> theta) { network_.set_parameters(theta); }

  Tensors tensors() const { return network_.tensors(); }
  static ClassifierEnergy from(const Tensors& tensors) { return ClassifierEnergy(Net::from(tensors)); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    network_.forward(x, workspace, [&](Index t, const Scalar* out) { softmax(out, nullptr, values.tile_data(t)); });
  }

  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    network_.backward(x, gradients, nullptr, workspace, [&](Index t, const Scalar* out, Scalar* slopes) {
      softmax(out, slopes, values.tile_data(t));
      for (Index i = 0; i < scalars(); i += V::size) (-V::load(slopes + i)).store(slopes + i);
    });
  }

  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    network_.backward(x, {nullptr, 0, x.dim()}, gradient.data(), workspace,
                      [&](Index t, const Scalar* out, Scalar* slopes) {
                        softmax(out, slopes, values.tile_data(t));
                        for (Index i = 0; i < scalars(); i += V::size)
                          (-V::load(slopes + i) * V::load(weights.tile_data(t) + i % kLanes<Scalar>)).store(slopes + i);
                      });
  }

  void add_joint_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, const int* labels,
                          Scalar label_weight, LanesSpan<Scalar> values, LanesSpan<Scalar> losses,
                          std::span<Scalar> gradient, Workspace& workspace) const {
    network_.backward(
        x, {nullptr, 0, x.dim()}, gradient.data(), workspace, [&](Index t, const Scalar* out, Scalar* slopes) {
          softmax(out, slopes, values.tile_data(t));
          for (Index lane = 0; lane < kLanes<Scalar>; ++lane) {
            const int label = labels[t * kLanes<Scalar> + lane];
            losses.tile_data(t)[lane] = label < 0 ? 0 : -out[label * kLanes<Scalar> + lane] - values.tile_data(t)[lane];
            const Scalar weight = (label < 0 ? 0 : label_weight) - weights.tile_data(t)[lane];
            for (Index y = 0; y < class_count(); ++y) {
              Scalar& slope = slopes[y * kLanes<Scalar> + lane];
              slope = ebm::fma(slope, weight, y == label ? -label_weight : Scalar(0));
            }
          }
        });
  }

  // One row a point.
  template <class Derived>
  Points<Scalar, classes> log_probabilities(const Eigen::DenseBase<Derived>& points) const {
    Points<Scalar, classes> result = network_.outputs(points);
    for (Index row = 0; row < result.rows(); ++row) {
      Scalar largest = result(row, 0), sum = 0;
      for (Index y = 1; y < result.cols(); ++y) largest = std::max(largest, result(row, y));
      for (Index y = 0; y < result.cols(); ++y) sum += ebm::exp(result(row, y) - largest);
      const Scalar log_sum = largest + ebm::log(sum);
      for (Index y = 0; y < result.cols(); ++y) result(row, y) -= log_sum;
    }
    return result;
  }
  template <class Derived>
  Points<Scalar, classes> probabilities(const Eigen::DenseBase<Derived>& points) const {
    return ebm::probabilities(*this, points);
  }

  // E of each row, and E(x | y) of each.
  template <class Derived>
  Values<Scalar> energy(const Eigen::DenseBase<Derived>& points) const {
    return energies(*this, points);
  }
  template <class Derived>
  Values<Scalar> energy(const Eigen::DenseBase<Derived>& points, int label) const {
    return energies(given(label), points);
  }

  // E(x | y) as an energy to sample from.
  ClassConditionalEnergy<Net> given(int label) const { return {network_, label}; }

 private:
  using V = Pack<Scalar>;
  // Of the outputs of a tile.
  Index scalars() const { return class_count() * kLanes<Scalar>; }

  // values <- E, and p(y | x) into `probabilities`, if it is not null.
  void softmax(const Scalar* out, Scalar* probabilities, Scalar* values) const {
    const Index count = class_count();
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
      const auto logit = [&](Index y) { return V::load(out + y * kLanes<Scalar> + p); };
      V largest = logit(0), sum(0);
      for (Index y = 1; y < count; ++y) largest = maximum(largest, logit(y));
      for (Index y = 0; y < count; ++y) {
        const V term = exp(logit(y) - largest);
        if (probabilities) term.store(probabilities + y * kLanes<Scalar> + p);
        sum = sum + term;
      }
      (-(largest + log(sum))).store(values + p);
      if (!probabilities) continue;
      const V scale = V(1) / sum;
      for (Index y = 0; y < count; ++y) {
        Scalar* each = probabilities + y * kLanes<Scalar> + p;
        (V::load(each) * scale).store(each);
      }
    }
  }

  Net network_;
};

// E(x | y) = -f_y(x).
template <class Net>
class ClassConditionalEnergy {
 public:
  using Scalar = typename Net::Scalar;
  static constexpr int dim = Net::dim;
  static constexpr Index tiles_at_once = Net::tiles_at_once;

  ClassConditionalEnergy(Net net, int label) : network_(std::move(net)), label_(label) {
    require(label >= 0 && label < network_.output_size(), "label", label, "one of the classes");
  }

  int label() const { return label_; }
  Index dimension() const { return network_.dimension(); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    network_.forward(x, workspace, [&](Index t, const Scalar* out) { negative_logit(out, values.tile_data(t)); });
  }
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    network_.backward(x, gradients, nullptr, workspace, [&](Index t, const Scalar* out, Scalar* slopes) {
      negative_logit(out, values.tile_data(t));
      std::fill_n(slopes, network_.output_size() * kLanes<Scalar>, Scalar(0));
      std::fill_n(slopes + label_ * kLanes<Scalar>, kLanes<Scalar>, Scalar(-1));
    });
  }

 private:
  void negative_logit(const Scalar* out, Scalar* values) const {
    for (Index lane = 0; lane < kLanes<Scalar>; ++lane) values[lane] = -out[label_ * kLanes<Scalar> + lane];
  }

  Net network_;
  int label_;
};

}  // namespace ebm
