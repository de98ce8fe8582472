// One call of Trainer::fit: the data in their frame, the minibatches, the optimizer's state and the average of the
// parameters, the guard, and the loop that drives them.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/concepts/objective.hpp>
#include <ebm/concepts/optimizer.hpp>
#include <ebm/concepts/storable_energy.hpp>
#include <ebm/core/progress.hpp>
#include <ebm/training/fit_options.hpp>
#include <ebm/training/frame.hpp>
#include <ebm/training/guard.hpp>
#include <ebm/training/minibatches.hpp>

#include <optional>

namespace ebm::detail {

// What a trainer keeps from one call of fit to the next.
template <class E, class O, class P>
struct TrainerState {
  O objective;
  P optimizer;
  FramedEnergy<E> energy;                     // holds the averaged parameters
  FlatVector<typename E::Scalar> parameters;  // those being trained
  Points<double, E::dim> samples = {};

  TrainedEnergy<E>& trained() {
    if constexpr (kWantsFrame<E>) {
      return energy.inner();
    } else {
      return energy;
    }
  }
};

// T of the model exp(-E / T) / Z that an objective learns.
template <class O>
double temperature_learned(const O& objective) {
  if constexpr (requires { objective.temperature(); }) {
    return objective.temperature();
  } else {
    return 1.0;
  }
}

// Takes from the data's mean what it is to start from, the first time it is trained.
template <class E>
concept StartsFromData = requires(E& energy, const Values<double>& mean) {
  { energy.initialise_from(mean) } -> std::same_as<void>;
};

// A training that nobody keeps.
struct NoKeeper {
  template <class R>
  void resume(R&, FitResult&) {}
  template <class R>
  void keep(R&, FitResult&) {}
};

// One call of Trainer::fit.
template <class E, class O, class P>
class Run {
 public:
  using Scalar = typename E::Scalar;
  static constexpr int dim = E::dim;

  template <class Derived>
  Run(TrainerState<E, O, P>& trainer, const Eigen::DenseBase<Derived>& points, std::span<const int> labels,
      const FitOptions& options, Rng& rng, Index workers)
      : trainer_(trainer),
        options_(options),
        iterations_(options.epochs > 0
                        ? std::max<Index>(1, static_cast<Index>(options.epochs * static_cast<double>(points.rows()) /
                                                                static_cast<double>(options.batch_size)))
                        : options.iterations),
        frame_(make_frame(points, options)),
        data_(samples_of(points)),
        batches_(points.rows(), rng.stream()),
        batch_(static_cast<std::size_t>(tiles_for<Scalar>(options.batch_size) * points.cols())),
        labels_(labels),
        batch_labels_(labels.empty() ? 0 : batch_.size() / static_cast<std::size_t>(points.cols()) * kLanes<Scalar>,
                      -1),
        live_(prepare_energy(points)),
        gradient_(trainer.parameters.size()),
        average_(trainer.parameters),
        optimizer_state_(trainer.optimizer.template make_state<Scalar>(gradient_.size())),
        estimator_(trainer.objective.estimator(live_, next_batch(), rng, workers)),
        guard_(make_guard()),
        rng_(rng) {}

  // The keeper is told after each iteration (training/checkpoint.hpp).
  template <class Exec, class Keeper>
  [[gnu::noinline]] FitResult loop(Exec& executor, Keeper&& keeper) {
    FitResult result;
    keeper.resume(*this, result);
    result.temperature = temperature_learned(trainer_.objective);
    const double start = seconds_now() - result.seconds;
    Progress progress(options_.progress, result.iterations);
    while (result.iterations < iterations_ && result.status != TrainingStatus::interrupted) {
      iterate(result, executor);
      result.seconds = seconds_now() - start;
      keeper.keep(*this, result);
      progress.update(result.iterations, iterations_, [&] { return progress_text(result.last, result.temperature); });
    }
    publish();
    if (const auto data = next_batch(); !is_sound(data)) {
      recover(TrainingHealth::not_finite, iterations_, data, result, executor);
      publish();
    }
    result.seconds = seconds_now() - start;
    return result;
  }

  Index iterations() const { return iterations_; }
  // Parameters that are not finite are no state to go on from; the guard has not seen them yet.
  bool can_be_kept() const { return std::isfinite(norm(trainer_.parameters)) && std::isfinite(norm(average_)); }

  // What tells this training apart from another one, at its beginning.
  template <class Marks>
  Marks marks() const {
    return {.data = Marks::checksum(data_.data(), static_cast<std::size_t>(data_.size()) * sizeof(Scalar)),
            .labels = Marks::checksum(labels_.data(), labels_.size_bytes()),
            .start = Marks::checksum(trainer_.parameters.data(), trainer_.parameters.size() * sizeof(Scalar)),
            .rows = data_.cols(),
            .iterations = iterations_,
            .batch_size = options_.batch_size,
            .seed = static_cast<std::int64_t>(rng_.seed()),
            .streams = static_cast<std::int64_t>(rng_.streams_given())};
  }
  // Everything that the next iterations depend on.
  template <std::same_as<Archive> A>
  [[gnu::cold, gnu::noinline]] void transfer(A& archive) {
    static_assert(Transferable<Estimator>, "ebm::Checkpoint: the objective's estimator must be Transferable");
    static_assert(Transferable<OptimizerState<P, Scalar>>,
                  "ebm::Checkpoint: the optimizer's state must be Transferable");
    transfer_energy(archive, "energy", live_);
    transfer_energy(archive, "published", trainer_.trained());
    archive("parameters", trainer_.parameters), archive("average", average_), archive("averaged", averaged_);
    archive("slow_down", slow_down_), archive("optimizer", optimizer_state_), archive("minibatches", batches_);
    archive("objective", estimator_), archive("guard", guard_);
    archive.within("snapshots", [&] { snapshots_.transfer(archive, {trainer_.parameters, average_}); });
  }

 private:
  using Trained = TrainedEnergy<E>;
  using Data = Minibatch<Scalar, dim>;
  using Estimator = decltype(std::declval<const O&>().estimator(std::declval<const Trained&>(), std::declval<Data>(),
                                                                std::declval<Rng&>(), Index{1}));

  static constexpr bool kHasChains = requires(const Estimator& estimator) { estimator.chains(); };

  struct Snapshot {
    FlatVector<Scalar> parameters, average;

    void transfer(Archive& archive) { archive("parameters", parameters), archive("average", average); }
  };

  template <class Exec>
  void iterate(FitResult& result, Exec& executor) {
    const Index iteration = result.iterations++;
    if (iteration % kSnapshotEvery == 0) snapshots_.keep({trainer_.parameters, average_});
    const auto data = next_batch();
    TrainingReport report{iteration, iterations_, estimator_.estimate(live_, data, iteration, gradient_, executor)};
    report.gradient_norm = norm(gradient_);
    report.learning_rate = trainer_.optimizer.learning_rate * slow_down_ * options_.schedule(iteration, iterations_);
    const TrainingHealth health = guard_.check(report.batch, report.gradient_norm);
    report.energy_gap = guard_.gap();
    result.last = report;
    if (health != TrainingHealth::healthy) {
      recover(health, iteration, data, result, executor);
      guard_ = make_guard();
      return;
    }
    trainer_.optimizer.step(optimizer_state_, gradient_, trainer_.parameters, report.learning_rate);
    live_.set_parameters(trainer_.parameters.span());
    follow(++averaged_);
    if (options_.on_iteration) {
      publish();
      if (!options_.on_iteration(report)) result.status = TrainingStatus::interrupted;
    }
  }

  Guard make_guard() const {
    if constexpr (DiscreteEnergy<Trained>) {
      return Guard(data_.rows(), live_.states().count);
    } else {
      return Guard(data_.rows());
    }
  }

  template <class Derived>
  static std::optional<AffineFrame<dim>> make_frame(const Eigen::DenseBase<Derived>& points,
                                                    const FitOptions& options) {
    if (!kWantsFrame<E>) return {};
    return options.standardise ? fit_frame<dim>(points) : AffineFrame<dim>::identity(points.cols());
  }

  // In the frame, one sample a column: what a minibatch reads lies together.
  template <class Derived>
  Eigen::Matrix<Scalar, dim, Eigen::Dynamic> samples_of(const Eigen::DenseBase<Derived>& points) const {
    if (frame_) return frame_->standardise(points).transpose().template cast<Scalar>();
    return points.derived().transpose().template cast<Scalar>();
  }

  // Puts the trainer's energy into the frame of the data, or lets it take from them what it wants to know, and copies
  // what is to be trained.
  template <class Derived>
  Trained prepare_energy(const Eigen::DenseBase<Derived>& points) {
    if constexpr (kWantsFrame<E>) {
      const double variance = options_.anchor_variance.value_or(data_.rows() <= 3 ? 4.0 : 1.0);
      trainer_.energy = in_frame(trainer_.energy.inner().inner(), variance, *frame_);
    } else if (options_.anchor_variance) {
      throw ValueError(joined(
          {"anchor_variance: ", to_text(*options_.anchor_variance), ", wanted none for an energy without a frame"}));
    }
    if constexpr (StartsFromData<E>) {
      Values<double> mean(points.cols());
      for (Index i = 0; i < points.cols(); ++i) {
        double sum = 0;
        for (Index row = 0; row < points.rows(); ++row) sum += static_cast<double>(points.derived().coeff(row, i));
        mean(i) = sum / static_cast<double>(points.rows());
      }
      const FlatVector<Scalar> before(trainer_.energy.parameters());
      trainer_.energy.initialise_from(mean);
      const auto theta = trainer_.energy.parameters();
      if (!std::equal(theta.begin(), theta.end(), before.data()))
        std::copy(theta.begin(), theta.end(), trainer_.parameters.data());
    }
    Trained live = trainer_.trained();
    live.set_parameters(trainer_.parameters.span());
    return live;
  }

  Data next_batch() {
    const Index tiles = tiles_for<Scalar>(options_.batch_size);
    const TileSpan<Scalar, dim> batch(batch_.front().data(), tiles, data_.rows());
    const Scalar* first = nullptr;
    for (Index t = 0; t < tiles; ++t) {
      const Scalar* rows[kLanes<Scalar>];
      for (Index lane = 0; lane < kLanes<Scalar>; ++lane) {
        const Index at = t * kLanes<Scalar> + lane;
        const bool given = at < options_.batch_size;
        const Index row = given ? batches_.next() : 0;
        if (given && !labels_.empty())
          batch_labels_[static_cast<std::size_t>(at)] = labels_[static_cast<std::size_t>(row)];
        rows[lane] = given ? data_.data() + row * data_.rows() : first;
        if (!first) first = rows[0];
      }
      for (Index i = 0; i < data_.rows(); ++i) {
        Scalar* to = batch.coordinate(t, i);
        for (Index lane = 0; lane < kLanes<Scalar>; ++lane) to[lane] = rows[lane][i];
      }
    }
    return {batch, options_.batch_size, labels_.empty() ? nullptr : batch_labels_.data()};
  }

  // The average of the parameters after `count` steps, whose first ones it forgets faster.
  void follow(Index count) {
    if (options_.averaging == 0) return;
    using V = Pack<Scalar>;
    const double t = static_cast<double>(count);
    const V fresh(1.0 - std::min(options_.averaging, (1.0 + t) / (10.0 + t)));
    for (Index i = 0; i < average_.padded_size(); i += V::size) {
      const V old = V::load(average_.data() + i), now = V::load(trainer_.parameters.data() + i);
      fma(fresh, now - old, old).store(average_.data() + i);
    }
  }

  // Shows the averaged energy and the samples to the user.
  void publish() {
    // What layers keep of their own has followed the training in live_.
    if constexpr (std::is_copy_assignable_v<Trained>) trainer_.trained() = live_;
    trainer_.trained().set_parameters(options_.averaging == 0 ? trainer_.parameters.span() : average_.span());
    if constexpr (kHasChains) {
      const auto& chains = estimator_.chains();
      Points<Scalar, dim> positions(chains.tiles() * kLanes<Scalar>, chains.dim());
      unpack_rows(chains.positions(), positions);
      trainer_.samples = frame_ ? frame_->restore(positions) : positions.template cast<double>();
    }
  }

  bool is_sound(Data data) const {
    if constexpr (kHasChains) {
      if (!is_finite_at(estimator_.chains().positions())) return false;
    }
    return is_finite_at(data.tiles);
  }

  // Whether the published energy is finite at all these points. The guard has not seen what the last step made of it.
  [[gnu::noinline]] bool is_finite_at(TileSpan<const Scalar, dim> x) const {
    Workspace workspace;
    const auto values = workspace.tiles<Scalar, 1>(x.count(), 1);
    evaluate(trainer_.trained(), x, values, workspace);
    return std::all_of(values.data(), values.data() + values.size(), [](Scalar v) { return std::isfinite(v); });
  }

  template <class Exec>
  [[gnu::cold]] void recover(TrainingHealth health, Index iteration, Data data, FitResult& result, Exec& executor) {
    const std::string event = joined({"iteration ", count_text(iteration), ": ", to_text(health)});
    if (result.recoveries == options_.recoveries) {
      throw NumericalError(joined(
          {"training diverged and recovered ", count_text(result.recoveries), " times:\n", result.events, event}));
    }
    ++result.recoveries;
    result.status = TrainingStatus::recovered;
    Snapshot snapshot = snapshots_.take_back();
    trainer_.parameters = std::move(snapshot.parameters);
    average_ = std::move(snapshot.average);
    optimizer_state_ = trainer_.optimizer.template make_state<Scalar>(gradient_.size());
    slow_down_ *= 0.5;
    live_.set_parameters(trainer_.parameters.span());
    estimator_.recover(live_, data, executor);
    const std::string line =
        joined({event, "; went back, halved the learning rate", kHasChains ? ", started the chains anew\n" : "\n"});
    result.events = joined({result.events, line});
    std::fprintf(stderr, "ebm: %s", line.c_str());
  }

  [[gnu::noinline]] static std::string progress_text(const TrainingReport& report, double temperature) {
    std::string text = joined({"|gradient| ", to_text(report.gradient_norm)});
    if (report.batch.chains > 0) text = joined({"energy gap ", to_text(report.energy_gap), "  ", text});
    if (report.batch.acceptance == report.batch.acceptance) {
      text = joined({text, "  acceptance ", to_text(report.batch.acceptance), "  step ",
                     to_text(report.batch.step_size)});
    }
    return temperature == 1.0 ? text : joined({text, "  temperature ", to_text(temperature)});
  }

  static constexpr Index kSnapshotEvery = 100;

  TrainerState<E, O, P>& trainer_;
  const FitOptions& options_;
  Index iterations_;
  std::optional<AffineFrame<dim>> frame_;
  Eigen::Matrix<Scalar, dim, Eigen::Dynamic> data_;
  Minibatches batches_;
  std::vector<Lanes<Scalar>> batch_;
  std::span<const int> labels_;
  std::vector<int> batch_labels_;
  Trained live_;
  FlatVector<Scalar> gradient_, average_;
  OptimizerState<P, Scalar> optimizer_state_;
  Estimator estimator_;
  Snapshots<Snapshot> snapshots_;
  Guard guard_;
  Rng rng_;  // as the caller's was after this run took its streams
  double slow_down_ = 1.0;
  Index averaged_ = 0;
};

}  // namespace ebm::detail
