// MarkovChainLikelihood: maximum likelihood for regression, with Langevin chains in the target (ML-MCMC).
//
//   gradient = mean over rows (x, y) of  dE(x, y)/dtheta - mean over the row's chains of dE(x, y_j)/dtheta
//
// Gustafsson et al. 2020, How to train your energy-based model for regression, section 3.2. Chains start anew in each
// iteration, at the target or about it, and only y moves. They are the model's samples once they have forgotten where
// they started; before, the gradient is that of contrastive divergence (Hinton 2002), which does not see mass that no
// chain reaches. As published, unadjusted with a step lambda^2 / 2:
//
//   MarkovChainLikelihood<Sgld>{.kernel = {.step_size = 0.00125}, .chains = 1024}            lambda = 0.05
//
// An exact kernel's chains stay within the targets of an energy that has such (targets():
// energies/regression_energy.hpp), as p(y | x) does; a network is no density on the whole line. The kernel's
// temperature must be 1: predictive densities are those of exp(-E).
#pragma once

#include <ebm/objectives/data_energies.hpp>
#include <ebm/objectives/energy_of_target.hpp>
#include <ebm/objectives/negative_phase.hpp>
#include <ebm/objectives/parameter_gradient.hpp>
#include <ebm/objectives/repeated_rows.hpp>
#include <ebm/samplers/sgld.hpp>

namespace ebm {

template <class K = Mala>
struct MarkovChainLikelihood {
  K kernel = {};
  Index chains = 16, steps = 16;  // chains a row, and kernel steps of each
  // Standard deviation of where they start, about the target. Chains that start in unlikely places, where the energy is
  // steep, want a kernel without the test: an exact one refuses nearly all steps from there.
  double start_noise = 0;

  void check() const {
    require(chains >= 1, "chains", static_cast<double>(chains), "at least 1");
    require(steps >= 1, "steps", static_cast<double>(steps), "at least 1");
    require(start_noise >= 0 && start_noise < 1e30, "start_noise", start_noise, "at least 0");
    require(temperature_of(kernel) == 1, "kernel.temperature", temperature_of(kernel), "1");
  }

  template <TrainableEnergy E>
  class Estimator;

  template <TrainableEnergy E>
  Estimator<E> estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    static_assert(DifferentiableEnergy<E>, "ebm::MarkovChainLikelihood: the energy must be a DifferentiableEnergy");
    check();
    return Estimator<E>(*this, energy, data, rng, workers);
  }
};

template <class K>
template <TrainableEnergy E>
class MarkovChainLikelihood<K>::Estimator {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  Estimator(const MarkovChainLikelihood& objective, const E&, Data data, Rng& rng, Index workers)
      : objective_(objective),
        noise_(rng.stream()),
        starts_(rng.stream()),
        rows_(data.rows, objective.chains),
        chains_(rows_.points().count(), 1),
        step_size_(objective.kernel, 0.01, {}),
        weights_(static_cast<std::size_t>(data.tiles.count() + chains_.tiles())),
        values_(weights_.size()),
        memory_(workers, chains_.tiles()) {}

  void transfer(Archive& archive) { archive("step_size", step_size_), archive("steps_done", steps_done_); }

  template <class Exec>
  void recover(const E&, Data, Exec&) {}

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    BatchReport report;
    start(data, iteration);
    move(energy, executor, report);
    const Index data_tiles = data.tiles.count(), samples = data.rows * objective_.chains;
    const LanesSpan<Scalar> weights(weights_.front().data(), data_tiles + chains_.tiles()),
        values(values_.front().data(), data_tiles + chains_.tiles());
    const auto weigh = [&](Index first_tile, Index tiles, Index counted, double sign) {
      Scalar* lanes = weights.tile_data(first_tile);
      std::fill_n(lanes, tiles * kLanes<Scalar>, Scalar(0));
      std::fill_n(lanes, counted, static_cast<Scalar>(sign / static_cast<double>(counted)));
    };
    weigh(0, data_tiles, data.rows, 1);
    weigh(data_tiles, chains_.tiles(), samples, -1);
    const typename ParameterGradient<E>::Part parts[] = {
        {data.tiles, weights.subspan(0, data_tiles), values.subspan(0, data_tiles)},
        {rows_.points(), weights.subspan(data_tiles, chains_.tiles()), values.subspan(data_tiles, chains_.tiles())}};
    sum_.sum(energy, parts, gradient, memory_, executor);
    report.data_energy = detail::mean_of_rows(values.data(), data.rows);
    report.data_energy_sd = detail::sd_of_rows(values.data(), data.rows, report.data_energy);
    report.sample_energy = detail::mean_of_rows(values.tile_data(data_tiles), samples);
    return report;
  }

 private:
  static constexpr bool kBounded = K::exact && requires(const E& energy) { energy.targets().lower; };
  using OfTarget = detail::EnergyOfTarget<E, kBounded>;

  void start(Data data, Index iteration) {
    rows_.fill(data);
    for (Index lane = 0; lane < chains_.tiles() * kLanes<Scalar>; ++lane) {
      double y = static_cast<double>(rows_.target(lane));
      if (objective_.start_noise > 0) {
        y = ebm::fma(objective_.start_noise,
                     starts_.normal(static_cast<std::uint32_t>(lane), static_cast<std::uint64_t>(iteration)), y);
      }
      chains_.positions().data()[lane] = static_cast<Scalar>(y);
    }
  }

  // The kernel's steps of all chains, whose places become the targets of the rows; adapts the step size.
  template <class Exec>
  void move(const E& energy, Exec& executor, BatchReport& report) {
    const TileRange all{0, chains_.tiles()};
    report.step_size = step_size_.value();
    chains_.clear_failed();
    executor.run((all.count + kTilesAtOnce<E> - 1) / kTilesAtOnce<E>, [&](Index group, Index worker) {
      Workspace& workspace = memory_.workspace(worker);
      Workspace::Scope scope(workspace);
      const Index first = group * kTilesAtOnce<E>, count = std::min(kTilesAtOnce<E>, all.count - first);
      const OfTarget of_target(energy, rows_.points().subspan(first, count));
      const auto state = chains_.state(first, count);
      const LanesSpan<Scalar> acceptance(memory_.acceptance(first).data(), count);
      std::fill_n(acceptance.data(), acceptance.size(), Scalar(0));
      objective_.kernel.init(of_target, state, workspace);
      TileNoise<Scalar, 1> noise(noise_, first, count, 1, steps_done_, workspace,
                                 uniforms_per_step(objective_.kernel, of_target), steps_done_ + objective_.steps);
      for (Index step = steps_done_; step < steps_done_ + objective_.steps; ++step) {
        noise.next();
        objective_.kernel.step(of_target, state, step_size_.at(objective_.kernel, step), noise, acceptance, workspace);
      }
      of_target.set_targets(state.position);
    });
    steps_done_ += objective_.steps;
    if (objective_.kernel.measures_acceptance()) {
      report.acceptance = mean_acceptance(memory_, all, objective_.steps);
      step_size_.update(report.acceptance, std::min(0.05 * static_cast<double>(objective_.steps), 1.0));
    }
    report.chains = all.count * kLanes<Scalar>;
    const auto failed = chains_.failed();
    report.failed_chains =
        report.chains - static_cast<Index>(std::count(failed.data(), failed.data() + failed.size(), Scalar(0)));
  }

  MarkovChainLikelihood objective_;
  Stream noise_, starts_;
  detail::RepeatedRows<Scalar, E::dim> rows_;
  Chains<Scalar, 1> chains_;
  StepSize step_size_;
  std::vector<Lanes<Scalar>> weights_, values_;
  RunMemory<Scalar> memory_;
  ParameterGradient<E> sum_;
  Index steps_done_ = 0;
};

}  // namespace ebm
