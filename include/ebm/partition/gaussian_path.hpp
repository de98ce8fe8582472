// GaussianPath: from a Gaussian to any differentiable energy, by Metropolis-adjusted Langevin steps.
//
//   log f_beta(x) = -(1 - beta) (x - m)'P (x - m) / 2 - beta E(x)
//
// The step size is a function of beta alone, tuned before in a run of its own, so that the same kernel serves both
// directions.
#pragma once

#include <ebm/energies/gaussian.hpp>
#include <ebm/partition/annealing_path.hpp>
#include <ebm/partition/base_slopes.hpp>
#include <ebm/samplers/mala.hpp>

#include <optional>

namespace ebm {

namespace detail {

// (1 - beta) base + beta E; lives as long as what it looks at.
template <DifferentiableEnergy E>
struct GaussianBridge {
  using Scalar = typename E::Scalar;
  static constexpr int dim = E::dim;
  static constexpr Index tiles_at_once = kTilesAtOnce<E>;

  const E* energy;
  const Gaussian<Scalar, E::dim>* base;
  double beta;

  Index dimension() const { return dimension_of(*energy); }
  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto of_base = workspace.template tiles<Scalar, 1>(x.count(), 1);
    evaluate(*energy, x, values, workspace);
    evaluate(*base, x, of_base, workspace);
    mix(of_base.data(), values.data(), values.size());
  }
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto of_base = workspace.template tiles<Scalar, 1>(x.count(), 1);
    const auto gradients_of_base = workspace.template tiles<Scalar, dim>(x.count(), x.dim());
    evaluate(*energy, x, values, gradients, workspace);
    evaluate(*base, x, of_base, gradients_of_base, workspace);
    mix(of_base.data(), values.data(), values.size());
    mix(gradients_of_base.data(), gradients.data(), gradients.size());
  }

 private:
  void mix(const Scalar* of_base, Scalar* values, Index size) const {
    using V = Pack<Scalar>;
    const V share(beta), rest(1 - beta);
    for (Index i = 0; i < size; i += V::size)
      fma(share, V::load(values + i), rest * V::load(of_base + i)).store(values + i);
  }
};

}  // namespace detail

template <DifferentiableEnergy E>
class GaussianPath {
 public:
  using Scalar = typename E::Scalar;
  using State = Chains<Scalar, E::dim>;
  using Base = Gaussian<Scalar, E::dim>;
  static constexpr Index tiles_at_once = kTilesAtOnce<E>;

  // `moves` Langevin steps at each temperature; step sizes are tuned here.
  template <Executor Exec = Serial>
  GaussianPath(E energy, Base base, Rng& rng, Index moves = 1, Exec&& executor = {})
      : energy_(std::move(energy)), base_(std::move(base)), moves_(moves) {
    require(moves >= 1, "moves", static_cast<double>(moves), "at least 1");
    require(dimension_of(energy_) == base_.dimension(), "base: dimension", static_cast<double>(base_.dimension()),
            "that of the energy");
    tune(rng, executor);
  }

  const E& energy() const { return energy_; }
  const Base& base() const { return base_; }
  double base_log_partition() const { return base_.log_partition(); }
  State make_state(Index tiles) const { return State(tiles, dimension_of(energy_)); }
  double step_size(double beta) const {
    const double at = beta * static_cast<double>(kGrid);
    const auto below = std::min<std::size_t>(kGrid - 1, static_cast<std::size_t>(at));
    const double share = at - static_cast<double>(below);
    return ebm::exp(ebm::fma(share, log_steps_[below + 1] - log_steps_[below], log_steps_[below]));
  }

  void draw_base(State& state, TileRange range, const Stream& stream, Workspace&) const {
    constexpr Index lanes = kLanes<Scalar>;
    for (Index t = range.first; t < range.first + range.count; ++t) {  // a stream for each tile
      Rng rng(stream.key(), static_cast<std::uint64_t>(t));
      const auto points = base_.sample(lanes, rng);
      for (Index i = 0; i < state.dim(); ++i) {
        for (Index l = 0; l < lanes; ++l) state.positions().coordinate(t, i)[l] = static_cast<Scalar>(points(l, i));
      }
    }
  }

  void weigh(const State& state, TileRange range, double from, double to, double* weights, Workspace& workspace) const {
    for_each_slope(state, range, workspace,
                   [&](Index chain, double slope) { weights[chain] = ebm::fma(to - from, slope, weights[chain]); });
  }
  void slopes(const State& state, TileRange range, double, double* slopes, Workspace& workspace) const {
    for_each_slope(state, range, workspace, [&](Index chain, double slope) { slopes[chain] = slope; });
  }
  void move(State& state, TileRange range, double beta, const Stream& stream, Index step, Workspace& workspace) const {
    Lanes<Scalar> acceptance[tiles_at_once];
    move(state, range, beta, step_size(beta), stream, step * moves_, moves_, acceptance, workspace);
  }

  void copy_chain(State& state, Index from, Index to, const State& source) const {
    state.copy_position(to, source, from);
  }
  void place(State& state, Index chain, const Points<double>& points, Index row) const {
    constexpr Index lanes = kLanes<Scalar>;
    require_shape("points", points, kAny, state.dim());
    for (Index i = 0; i < state.dim(); ++i)
      state.positions().coordinate(chain / lanes, i)[chain % lanes] = static_cast<Scalar>(points(row, i));
  }

  bool offers_target_draws() const { return kSamples; }
  void draw_target(State& state, const Stream& stream) const {
    if constexpr (kSamples) {
      Rng rng(stream.key());
      const Index chains = state.tiles() * kLanes<Scalar>;
      const Points<double> points = energy_.sample(chains, rng).template cast<double>();
      for (Index c = 0; c < chains; ++c) place(state, c, points, c);
    }
  }

 private:
  static constexpr std::size_t kGrid = 40;  // intervals of the table of step sizes
  static constexpr bool kSamples = requires(const E& e, Rng& rng) { e.sample(Index{}, rng).template cast<double>(); };

  void move(State& state, TileRange range, double beta, double epsilon, const Stream& stream, Index first_step,
            Index steps, Lanes<Scalar>* acceptance, Workspace& workspace) const {
    const detail::GaussianBridge<E> bridge{&energy_, &base_, beta};
    const Mala kernel{};
    for (Index t = 0; t < range.count; t += tiles_at_once) {
      Workspace::Scope scope(workspace);
      const Index count = std::min(tiles_at_once, range.count - t);
      const auto chains = state.state(range.first + t, count);
      const LanesSpan<Scalar> sums(acceptance->data(), count);
      std::fill_n(sums.data(), sums.size(), Scalar(0));
      kernel.init(bridge, chains, workspace);
      TileNoise<Scalar, E::dim> noise(stream, range.first + t, count, state.dim(), first_step, workspace, 1,
                                      first_step + steps);
      for (Index k = 0; k < steps; ++k) {
        noise.next();
        kernel.step(bridge, chains, epsilon, noise, sums, workspace);
      }
    }
  }

  // From beta = 0 to 1 over the grid, each step size from that before it (Robbins & Monro 1951).
  template <class Exec>
  void tune(Rng& rng, Exec& executor) {
    const Stream start = rng.stream(), noise = rng.stream();
    const Index tiles = 2 * tiles_at_once;
    State state = make_state(tiles);
    std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
    std::vector<double> accepted(2);
    std::vector<std::array<Lanes<Scalar>, static_cast<std::size_t>(tiles_at_once)>> memory(2);
    draw_base(state, {0, tiles}, start, workspaces.front());
    const double dim = static_cast<double>(dimension_of(energy_));
    double log_step = -ebm::log(dim) / 3, smallest = std::numeric_limits<double>::infinity();
    for (Index i = 0; i < base_.dimension(); ++i) smallest = std::min(smallest, base_.covariance()(i, i));
    log_step += ebm::log(smallest);
    Index step = 0;
    for (std::size_t g = 0; g <= kGrid; ++g) {
      const double beta = static_cast<double>(g) / static_cast<double>(kGrid);
      const int rounds = g == 0 ? 40 : 12;
      double sum = 0;
      for (int round = 0; round < rounds; ++round, step += kRoundMoves) {
        executor.run(2, [&](Index half, Index worker) {
          const auto at = static_cast<std::size_t>(half);
          move(state, {half * tiles_at_once, tiles_at_once}, beta, ebm::exp(log_step), noise, step, kRoundMoves,
               memory[at].data(), workspaces[static_cast<std::size_t>(worker)]);
          accepted[at] = 0;
          for (const Lanes<Scalar>& lanes : memory[at]) accepted[at] += static_cast<double>(sum_lanes(lanes.data()));
        });
        const double mean = (accepted[0] + accepted[1]) / static_cast<double>(tiles * kLanes<Scalar> * kRoundMoves);
        log_step = ebm::fma(2.0 / (1.0 + 0.25 * round), mean - Mala{}.target_acceptance, log_step);
        if (round >= rounds / 2) sum += log_step;
      }
      log_step = sum / (rounds - rounds / 2);
      log_steps_.push_back(log_step);
    }
  }
  static constexpr Index kRoundMoves = 4;

  // f(chain, E_0(x) - E(x)).
  template <class F>
  void for_each_slope(const State& state, TileRange range, Workspace& workspace, F f) const {
    const auto base_value = [&](const auto& x, const auto& values, Workspace& scratch) {
      evaluate(base_, x, values, scratch);
    };
    detail::for_each_base_slope(energy_, state, range, workspace, base_value, f);
  }

  E energy_;
  Base base_;
  Index moves_;
  std::vector<double> log_steps_;
};

}  // namespace ebm
