// ClassifierEnergy: a classifier is secretly an energy. With logits f_y(x),
//
//   E(x) = -log sum_y exp f_y(x)        E(x | y) = -f_y(x), up to log Z_y        p(y | x) = exp(f_y(x) + E(x))
//
// Grathwohl et al. 2020, eqs. 3 to 6. dE/df_y = -p(y | x), and d(-log p(k | x))/df_y = p(y | x) - [y = k].
//
// Where p(x) = exp(-E(x) / T) / Z is of another temperature than p(y | x), which is always of temperature 1, the points
// of a class have
//
//   E_T(x | y) = E(x) - T log p(y | x) = (1 - T) E(x) - T f_y(x)
//
// so that exp(-E_T(x | y) / T) sums to exp(-E(x) / T) over the classes; E_1(x | y) = -f_y(x).
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

  // With f* = log sum over the other classes of exp f_k, -log p(y | x) = log(1 + exp(f* - f_y)), whose slopes keep
  // their digits however sure the classifier is.
  void label_loss_and_gradient(TileSpan<const Scalar, dim> x, const int* labels, LanesSpan<Scalar> losses,
                               TileSpan<Scalar, dim> gradients, Workspace& workspace) const {
    network_.backward(x, gradients, nullptr, workspace, [&](Index t, const Scalar* out, Scalar* slopes) {
      for (Index lane = 0; lane < kLanes<Scalar>; ++lane) {
        const Index label = labels[t * kLanes<Scalar> + lane];
        const auto logit = [&](Index y) { return out[y * kLanes<Scalar> + lane]; };
        Scalar largest = -std::numeric_limits<Scalar>::infinity(), sum = 0;
        for (Index y = 0; y < class_count(); ++y) largest = y == label ? largest : std::max(largest, logit(y));
        for (Index y = 0; y < class_count(); ++y) sum += y == label ? 0 : ebm::exp(logit(y) - largest);
        const Scalar margin = largest + ebm::log(sum) - logit(label);
        const Scalar wrong = ebm::logistic(margin);  // 1 - p(label | x)
        losses.tile_data(t)[lane] = ebm::log1p_exp(margin);
        for (Index y = 0; y < class_count(); ++y)
          slopes[y * kLanes<Scalar> + lane] = y == label ? -wrong : wrong * (ebm::exp(logit(y) - largest) / sum);
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

  // E_T(x | y) as an energy to sample from at temperature T.
  ClassConditionalEnergy<Net> given(int label, double temperature = 1) const { return {*this, label, temperature}; }

  // E_T(x | y) of points with a class each: label_of(lane), lanes being numbered through the tiles.
  template <class LabelOf>
  void value_given(TileSpan<const Scalar, dim> x, LabelOf label_of, Scalar temperature, LanesSpan<Scalar> values,
                   Workspace& workspace) const {
    network_.forward(x, workspace, [&](Index t, const Scalar* out) {
      softmax(out, nullptr, values.tile_data(t));
      blend(t, out, label_of, temperature, values);
    });
  }
  template <class LabelOf>
  void value_and_gradient_given(TileSpan<const Scalar, dim> x, LabelOf label_of, Scalar temperature,
                                LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients, Workspace& workspace) const {
    network_.backward(x, gradients, nullptr, workspace, [&](Index t, const Scalar* out, Scalar* slopes) {
      softmax(out, slopes, values.tile_data(t));
      blend(t, out, label_of, temperature, values);
      for (Index lane = 0; lane < kLanes<Scalar>; ++lane) {
        const int label = label_of(t * kLanes<Scalar> + lane);
        for (Index y = 0; y < class_count(); ++y) {
          Scalar& slope = slopes[y * kLanes<Scalar> + lane];
          slope = ebm::fma(slope, temperature - 1, y == label ? -temperature : Scalar(0));
        }
      }
    });
  }

 private:
  using V = Pack<Scalar>;
  // Of the outputs of a tile.
  Index scalars() const { return class_count() * kLanes<Scalar>; }

  // values of tile t, which are E, <- E_T(x | y).
  template <class LabelOf>
  static void blend(Index t, const Scalar* out, LabelOf label_of, Scalar temperature, LanesSpan<Scalar> values) {
    for (Index lane = 0; lane < kLanes<Scalar>; ++lane) {
      Scalar& value = values.tile_data(t)[lane];
      value = ebm::fma(1 - temperature, value,
                       -temperature * out[label_of(t * kLanes<Scalar> + lane) * kLanes<Scalar> + lane]);
    }
  }

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

// E_T(x | y) of one class.
template <class Net>
class ClassConditionalEnergy {
 public:
  using Scalar = typename Net::Scalar;
  static constexpr int dim = Net::dim;
  static constexpr Index tiles_at_once = Net::tiles_at_once;

  ClassConditionalEnergy(ClassifierEnergy<Net> classifier, int label, double temperature = 1)
      : classifier_(std::move(classifier)), label_(label), temperature_(static_cast<Scalar>(temperature)) {
    require(label >= 0 && label < classifier_.class_count(), "label", label, "one of the classes");
    require(temperature > 0, "temperature", temperature, "more than 0");
  }

  int label() const { return label_; }
  double temperature() const { return static_cast<double>(temperature_); }
  Index dimension() const { return classifier_.dimension(); }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    classifier_.value_given(x, label_of(), temperature_, values, workspace);
  }
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    classifier_.value_and_gradient_given(x, label_of(), temperature_, values, gradients, workspace);
  }

 private:
  auto label_of() const {
    return [label = label_](Index) { return label; };
  }

  ClassifierEnergy<Net> classifier_;
  int label_;
  Scalar temperature_;
};

}  // namespace ebm
