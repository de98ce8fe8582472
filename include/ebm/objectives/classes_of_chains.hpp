// Chains that have a class each: chain c has class c modulo the number of classes.
//
// A chain of class y samples E_T(x | y) (energies/classifier_energy.hpp) at the kernel's temperature T. With as many
// chains of one class as of another this is the model's p(x) if its classes are equally likely, as they become where
// those of the data are. Grathwohl et al. 2020 keep such chains for class-conditional samples.
#pragma once

#include <ebm/concepts/classifier.hpp>

namespace ebm {

namespace detail {

inline int class_of_chain(Index chain, Index classes) { return static_cast<int>(chain % classes); }

// The energy of the tiles from chain `first_chain` on, for the length of a call.
template <ClassConditional E>
struct OfTheirClasses {
  using Scalar = typename E::Scalar;
  static constexpr int dim = E::dim;
  static constexpr Index tiles_at_once = kTilesAtOnce<E>;

  const E* energy;
  Index first_chain;
  Scalar temperature;

  void value(ConstTiles<E> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    energy->value_given(x, label_of(), temperature, values, workspace);
  }
  void value_and_gradient(ConstTiles<E> x, LanesSpan<Scalar> values, MutableTiles<E> gradients,
                          Workspace& workspace) const {
    energy->value_and_gradient_given(x, label_of(), temperature, values, gradients, workspace);
  }

 private:
  auto label_of() const {
    return [first = first_chain, classes = classes_of(*energy)](Index lane) {
      return class_of_chain(first + lane, classes);
    };
  }
};

// What runs inside a task of another run, on the worker that has the task.
struct OnWorker {
  Index worker;
  template <class F>
  void run(Index tasks, F&& f) const {
    for (Index task = 0; task < tasks; ++task) f(task, worker);
  }
};

}  // namespace detail

}  // namespace ebm
