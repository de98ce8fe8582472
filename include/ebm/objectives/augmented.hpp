// Augmented: an objective that sees every minibatch through augmentations (objectives/augmentations.hpp), one after the
// other.
//
//   using Shape = ebm::Image<28, 28>;
//   ebm::Augmented{ebm::JointObjective<>::calibrated(), ebm::Shift<Shape>{.padding = -1}, ebm::HorizontalFlip<Shape>{}}
//
// Each draws from a stream of its own. The coordinates are those that the objective sees: images are trained as they
// are, a network of Features in the trainer's frame, where pixels are no more.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/augmentations.hpp>

#include <tuple>

namespace ebm {

template <class O, class... Augmentations>
class Augmented {
 public:
  explicit Augmented(O objective, Augmentations... augmentations)
      : objective_(std::move(objective)), augmentations_(augmentations...) {
    (augmentations.check(), ...);
  }

  const O& objective() const { return objective_; }

  // Of the kernel within, if there is one.
  double temperature() const requires requires(const O& objective) { objective.temperature(); }
  { return objective_.temperature(); }

  // A minibatch as it is in some round.
  template <class Scalar, int Dim>
  class View {
   public:
    View(const std::tuple<Augmentations...>& augmentations, Rng& rng, TileSpan<const Scalar, Dim> x)
        : augmentations_(augmentations), copy_(static_cast<std::size_t>(x.count() * x.dim())) {
      for (std::size_t k = 0; k < sizeof...(Augmentations); ++k) streams_.push_back(rng.stream());
    }

    Minibatch<Scalar, Dim> operator()(Minibatch<Scalar, Dim> data, Index round) {
      const TileSpan<Scalar, Dim> x(copy_.front().data(), data.tiles.count(), data.tiles.dim());
      std::copy_n(data.tiles.data(), data.tiles.size(), x.data());
      std::size_t k = 0;
      std::apply([&](const auto&... each) { (each.apply(x, streams_[k++], round, workspace_), ...); }, augmentations_);
      data.tiles = x;
      return data;
    }

   private:
    std::tuple<Augmentations...> augmentations_;
    std::vector<Stream> streams_;
    std::vector<Lanes<Scalar>> copy_;
    Workspace workspace_;
  };

  template <class E, class Inner>
  class Estimator : public Inner {
   public:
    using Data = Minibatch<typename E::Scalar, E::dim>;

    Estimator(Inner inner, View<typename E::Scalar, E::dim> view) : Inner(std::move(inner)), view_(std::move(view)) {}

    template <class Exec>
    BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<typename E::Scalar>& gradient,
                         Exec& executor) {
      return Inner::estimate(energy, view_(data, iteration + 1), iteration, gradient, executor);
    }
    template <class Exec>
    void recover(const E& energy, Data data, Exec& executor) {
      Inner::recover(energy, view_(data, 0), executor);
    }

   private:
    View<typename E::Scalar, E::dim> view_;
  };

  template <TrainableEnergy E>
    requires Objective<O, E> &&(Augmentation<Augmentations, typename E::Scalar, E::dim>&&...) auto estimator(
        const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
      View<typename E::Scalar, E::dim> view(augmentations_, rng, data.tiles);
      auto inner = objective_.estimator(energy, view(data, 0), rng, workers);
      return Estimator<E, decltype(inner)>(std::move(inner), std::move(view));
    }

   private:
    O objective_;
    std::tuple<Augmentations...> augmentations_;
};

template <class O, class... Augmentations>
Augmented(O, Augmentations...) -> Augmented<O, Augmentations...>;

}  // namespace ebm
