// LabelledEnergy: a trainable energy of points and their class together, with an exact p(y | x). The class is the last
// coordinate, one of 0, ..., classes() - 1. (Classifier is the role of an energy of the points alone.)
//
//   add_label_gradient(x, weights, values, gradient, workspace)
//       values <- -log p(y | x), NaN where y is no class; gradient += sum over lanes of weights * d(-log p(y | x))/dtheta
#pragma once

#include <ebm/concepts/energy.hpp>

namespace ebm {

template <class E>
concept LabelledEnergy = TrainableEnergy<E> &&
    requires(const E& e, detail::ConstTiles<E> x, LanesSpan<const typename E::Scalar> weights,
             LanesSpan<typename E::Scalar> values, std::span<typename E::Scalar> gradient, Workspace& workspace) {
  { e.add_label_gradient(x, weights, values, gradient, workspace) } -> std::same_as<void>;
};

}  // namespace ebm
