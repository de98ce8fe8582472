// Sparse: an objective with a penalty that holds each hidden unit's mean activity near a target.
//
//   loss + cost / 2 sum_j (mean over the minibatch of p(h_j = 1 | v) - target)^2
//
// Lee, Ekanadham & Ng 2008. Hidden units that are rarely active each stand for something of their own; the penalty
// costs likelihood. For energies with hidden units that know its gradient (concepts/sparsity_gradient.hpp).
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/concepts/sparsity_gradient.hpp>
#include <ebm/core/errors.hpp>

namespace ebm {

struct Sparsity {
  double target = 0.1;  // mean activity of a hidden unit
  double cost = 0.1;

  void check() const {
    require(target > 0 && target < 1, "target", target, "between 0 and 1");
    require(cost >= 0, "cost", cost, "at least 0");
  }
};

template <class O>
class Sparse {
 public:
  explicit Sparse(O objective, const Sparsity& sparsity = {}) : objective_(std::move(objective)), sparsity_(sparsity) {
    sparsity_.check();
  }

  // Of the kernel within, if there is one.
  double temperature() const requires requires(const O& objective) { objective.temperature(); } {
    return objective_.temperature();
  }

  template <class E, class Inner>
  class Estimator : public Inner {
   public:
    Estimator(Inner inner, const Sparsity& sparsity) : Inner(std::move(inner)), sparsity_(sparsity) {}

    template <class Exec>
    BatchReport estimate(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Index iteration,
                         FlatVector<typename E::Scalar>& gradient, Exec& executor) {
      const BatchReport report = Inner::estimate(energy, data, iteration, gradient, executor);
      energy.add_sparsity_gradient(data.tiles, data.rows, sparsity_.target, sparsity_.cost, gradient.span(),
                                   workspace_);
      return report;
    }

   private:
    Sparsity sparsity_;
    Workspace workspace_;
  };

  template <TrainableEnergy E>
    requires HasSparsityGradient<E> && Objective<O, E>
  auto estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    auto inner = objective_.estimator(energy, data, rng, workers);
    return Estimator<E, decltype(inner)>(std::move(inner), sparsity_);
  }

 private:
  O objective_;
  Sparsity sparsity_;
};

}  // namespace ebm
