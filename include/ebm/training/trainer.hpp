// Trainer: the loop around an energy, an objective and an optimizer.
//
//   ebm::Trainer trainer{ebm::Mlp<float, 2, 64, 64, 64>{rng}, ebm::ContrastiveDivergence{}, ebm::Adam{}};
//   trainer.fit(points, {}, rng);
//
// In each iteration rows are drawn, standardised and packed into tiles; the objective estimates the parameter gradient;
// the optimizer steps; the average of the parameters (Polyak & Juditsky 1992, with exponential weights) follows; the
// guard looks.
//
// An energy that wants a frame (a network: static constexpr bool wants_frame = true) is trained in standardised
// coordinates and held by a Gaussian anchor; energy() is the averaged energy in its frame, in the data's own units.
// Results do not depend on the number of threads. A frame's energies differ from the bare network's: log Z and
// densities are those of energy(). Trained with a kernel of temperature T the model is exp(-E / T) / Z, and whatever
// takes energy() for a density wants .temperature = trainer.temperature().
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/training/run.hpp>

namespace ebm {

struct Checkpoint;  // training/checkpoint.hpp

// What it needs is asserted, not constrained: where arguments are deduced, Clang 14 says of a constraint only that it
// is not satisfied.
template <class E, class O, class P>
class Trainer {
  static_assert(TrainableEnergy<E>, "ebm::Trainer: the energy must be a TrainableEnergy");
  static_assert(Objective<O, detail::TrainedEnergy<E>>, "ebm::Trainer: there must be an Objective for this energy");
  static_assert(Optimizer<P, typename E::Scalar>, "ebm::Trainer: there must be an Optimizer for this scalar");

 public:
  using Scalar = typename E::Scalar;
  static constexpr int dim = E::dim;

  Trainer(E energy, O objective, P optimizer)
      : state_{std::move(objective), std::move(optimizer), detail::in_unit_frame(energy),
               FlatVector<Scalar>(energy.parameters())} {
    state_.optimizer.check();
  }

  // The averaged energy, in its frame.
  const detail::FramedEnergy<E>& energy() const { return state_.energy; }

  // T of the model exp(-E / T) / Z that is trained: that of the objective's kernel, 1 if it has none.
  double temperature() const { return detail::temperature_learned(state_.objective); }

  // The model's samples as the objective last left them, in the data's units; none before fit, or if it draws none.
  const Points<double, dim>& samples() const { return state_.samples; }

  // Goes on from the parameters of the last fit. If it throws, the trainer is as it was.
  template <class Derived, Executor Exec = Serial>
  FitResult fit(const Eigen::DenseBase<Derived>& points, const FitOptions& options, Rng& rng, Exec&& executor = {}) {
    return fit_rows(points, {}, options, rng, executor, detail::NoKeeper{});
  }
  // The same in a file from which it goes on when it was stopped (training/checkpoint.hpp).
  template <class Derived, std::same_as<Checkpoint> C, Executor Exec = Serial>
  FitResult fit(const Eigen::DenseBase<Derived>& points, const FitOptions& options, Rng& rng, const C& checkpoint,
                Exec&& executor = {}) {
    return fit_rows(points, {}, options, rng, executor, typename C::Keeper(checkpoint));
  }

  // Points with a class each, from 0 on, or -1 where it is not known: for objectives that want labels.
  template <class Derived, Executor Exec = Serial>
  FitResult fit(const Eigen::DenseBase<Derived>& points, const Values<int>& labels, const FitOptions& options, Rng& rng,
                Exec&& executor = {}) {
    return fit_rows(points, checked(labels, points.rows()), options, rng, executor, detail::NoKeeper{});
  }
  template <class Derived, std::same_as<Checkpoint> C, Executor Exec = Serial>
  FitResult fit(const Eigen::DenseBase<Derived>& points, const Values<int>& labels, const FitOptions& options, Rng& rng,
                const C& checkpoint, Exec&& executor = {}) {
    return fit_rows(points, checked(labels, points.rows()), options, rng, executor, typename C::Keeper(checkpoint));
  }

 private:
  using State = detail::TrainerState<E, O, P>;

  std::span<const int> checked(const Values<int>& labels, Index rows) const {
    require_shape("labels", labels, rows, 1);
    const Index classes = detail::classes_of(state_.energy);
    const std::string wanted = joined({"less than ", count_text(classes)});
    for (Index i = 0; i < labels.size(); ++i) {
      require(labels(i) >= -1, "labels", labels(i), "classes from 0 on, or -1");
      if (classes > 0) require(labels(i) < classes, "labels", labels(i), wanted.c_str());
    }
    return {labels.data(), static_cast<std::size_t>(labels.size())};
  }

  template <class Derived, class Exec, class Keeper>
  FitResult fit_rows(const Eigen::DenseBase<Derived>& points, std::span<const int> labels, const FitOptions& options,
                     Rng& rng, Exec& executor, Keeper&& keeper) {
    options.check();
    const auto& rows = points.derived().eval();  // an expression is evaluated once
    require_shape("points", rows, kAny, dimension_of(state_.energy));
    require(rows.rows() >= 1, "points: rows", static_cast<double>(rows.rows()), "at least 1");
    require_finite("points", rows);
    require_states("points", rows, state_.energy);
    const State before(state_);
    try {
      detail::Run<E, O, P> run(state_, rows, labels, options, rng, executor.workers());
      return run.loop(executor, keeper);
    } catch (...) {
      put_back(before);
      throw;
    }
  }

  [[gnu::cold]] void put_back(const State& before) {
    if constexpr (std::is_copy_assignable_v<E>) {
      state_.energy = before.energy;
    } else {
      state_.energy.set_parameters(before.energy.parameters());
    }
    state_.parameters = before.parameters;
    state_.samples = before.samples;
  }

  State state_;
};

template <class E, class O, class P>
Trainer(E, O, P) -> Trainer<E, O, P>;

}  // namespace ebm
