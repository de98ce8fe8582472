// Classifier: a trainable energy of points with a class each, whose p(y | x) is a softmax of what it computes anyway.
//
//   classes                                     how many, a constant; or Dynamic, and class_count() tells it
//   add_joint_gradient(x, weights, labels, label_weight, values, losses, gradient, workspace)
//       values <- E(x), losses <- -log p(label | x), 0 for lanes with label -1;
//       gradient += sum over lanes of weights dE/dtheta, and of label_weight d(-log p(label | x))/dtheta where there is
//       a label
//   log_probabilities(points) -> N x classes    log p(y | x)
//
// DifferentiableClassifier: one whose p(y | x) has a slope in x, as that of continuous data has.
//
//   label_loss_and_gradient(x, labels, losses, gradients, workspace)
//       losses <- -log p(label | x), gradients <- d(-log p(label | x))/dx of lanes, each with a label
//
// ClassConditional: one whose points of a class can be sampled as well.
#pragma once

#include <ebm/concepts/evaluation.hpp>
#include <ebm/core/exponential.hpp>

namespace ebm {

template <class E>
concept HasLogProbabilities = HasScalar<E> && std::same_as<decltype(E::classes), const int> &&
                              (E::classes > 0 || (E::classes == Dynamic &&
                                                  requires(const E& e) {
                                                    { e.class_count() } -> std::same_as<Index>;
                                                  })) &&
                              requires(const E& e, const Points<typename E::Scalar, E::dim>& points) {
  { e.log_probabilities(points) } -> std::same_as<Points<typename E::Scalar, E::classes>>;
};

namespace detail {
// How many classes an energy tells apart, Dynamic where that is known at run time only; 0 where it knows of none.
template <class E>
inline constexpr int kClasses = 0;
template <HasLogProbabilities E>
inline constexpr int kClasses<E> = E::classes;

// The same of an energy, as it is at run time.
template <class E>
Index classes_of([[maybe_unused]] const E& energy) {
  if constexpr (kClasses<E> == Dynamic) {
    return energy.class_count();
  } else {
    return kClasses<E>;
  }
}
}  // namespace detail

template <class E>
concept Classifier = TrainableEnergy<E> && HasLogProbabilities<E> &&
    requires(const E& e, detail::ConstTiles<E> x, LanesSpan<const typename E::Scalar> weights, const int* labels,
             typename E::Scalar label_weight, LanesSpan<typename E::Scalar> values,
             LanesSpan<typename E::Scalar> losses, std::span<typename E::Scalar> gradient, Workspace& workspace) {
  { e.add_joint_gradient(x, weights, labels, label_weight, values, losses, gradient, workspace) } -> std::same_as<void>;
};

template <class E>
concept DifferentiableClassifier = HasLogProbabilities<E> &&
    requires(const E& e, detail::ConstTiles<E> x, const int* labels, LanesSpan<typename E::Scalar> losses,
             detail::MutableTiles<E> gradients, Workspace& workspace) {
  { e.label_loss_and_gradient(x, labels, losses, gradients, workspace) } -> std::same_as<void>;
};

// A classifier whose points of a class can be sampled at any temperature: E_T(x | y) = E(x) - T log p(y | x) of points
// with a class each, label_of(lane), where lanes are numbered through the tiles.
template <class E>
concept ClassConditional = Classifier<E> &&
    requires(const E& e, detail::ConstTiles<E> x, int (&label_of)(Index), typename E::Scalar temperature,
             LanesSpan<typename E::Scalar> values, detail::MutableTiles<E> gradients, Workspace& workspace) {
  { e.value_given(x, label_of, temperature, values, workspace) } -> std::same_as<void>;
  { e.value_and_gradient_given(x, label_of, temperature, values, gradients, workspace) } -> std::same_as<void>;
};

// exp(log p(y | x)): one row a point.
template <HasLogProbabilities E, class Derived>
Points<typename E::Scalar, E::classes> probabilities(const E& energy, const Eigen::DenseBase<Derived>& points) {
  Points<typename E::Scalar, E::classes> result = energy.log_probabilities(points);
  for (Index i = 0; i < result.size(); ++i) result.data()[i] = ebm::exp(result.data()[i]);
  return result;
}

}  // namespace ebm
