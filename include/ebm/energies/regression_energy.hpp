// RegressionEnergy: a network of inputs and a target as the energy of the target,
//
//   p(y | x) = exp(-E(x, y)) / Z(x),   Z(x) = integral of exp(-E(x, y)) dy over the interval of targets
//
// Gustafsson et al. 2020, eq. 2 (with f = -E). The last coordinate is y; rows are (x, y) wherever points are asked for,
// x alone for predictions. Z(x), densities, means and intervals come from the midpoint rule in y. It is trained by the
// objectives of objectives/{target_proposals,conditional_score_matching,markov_chain_likelihood}.hpp, in the data's own
// units.
#pragma once

#include <ebm/concepts/evaluation.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/energies/network_energy.hpp>
#include <ebm/energies/predictive_density.hpp>

namespace ebm {

// Where targets lie, and the cells of the midpoint rule.
struct TargetInterval {
  double lower, upper;
  Index cells = 2048;

  void check() const {
    require(std::isfinite(lower), "targets.lower", lower, "a finite number");
    require(std::isfinite(upper) && upper > lower, "targets.upper", upper, "more than targets.lower");
    require(cells >= 2 && cells <= (Index{1} << 24), "targets.cells", static_cast<double>(cells), "2 to 2^24");
  }
  double width() const { return (upper - lower) / static_cast<double>(cells); }
  double centre(Index cell) const { return ebm::fma(static_cast<double>(cell) + 0.5, width(), lower); }
};

// How a prediction is searched: starts spread over the targets, each moved down its energy, its step halved wherever
// that would not lower the energy (Gustafsson et al. 2020, algorithm 1).
struct PredictOptions {
  Index steps = 100;
  double step_size = 0.1;

  void check() const {
    require(steps >= 1, "steps", static_cast<double>(steps), "at least 1");
    require(step_size > 0, "step_size", step_size, "more than 0");
  }
};

template <class Net>
class RegressionEnergy {
  static_assert(Net::dim >= 2 || Net::dim == Dynamic,
                "ebm::RegressionEnergy: the network's inputs must be those of the data and the target");

 public:
  using Scalar = typename Net::Scalar;
  static constexpr int dim = Net::dim;
  static constexpr Index tiles_at_once = Net::tiles_at_once;

  RegressionEnergy(Net net, TargetInterval targets) : energy_(std::move(net)), targets_(targets) {
    require(dimension() >= 2, "network: inputs", static_cast<double>(dimension()), "those of the data and the target");
    targets_.check();
  }

  const Net& network() const { return energy_.network(); }
  Index dimension() const { return network().dimension(); }
  Index inputs() const { return dimension() - 1; }
  const TargetInterval& targets() const { return targets_; }
  std::span<const Scalar> parameters() const { return energy_.parameters(); }
  void set_parameters(std::span<const Scalar> theta) { energy_.set_parameters(theta); }

  Tensors tensors() const {
    Tensors result = energy_.tensors();
    result.add("targets.lower", targets_.lower);
    result.add("targets.upper", targets_.upper);
    result.add("targets.cells", std::int64_t{targets_.cells});
    return result;
  }
  static RegressionEnergy from(const Tensors& tensors) {
    return RegressionEnergy(Net::from(tensors),
                            {tensors.number<double>("targets.lower"), tensors.number<double>("targets.upper"),
                             tensors.number<std::int64_t>("targets.cells")});
  }

  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    energy_.value(x, values, workspace);
  }
  void value_and_gradient(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, dim> gradients,
                          Workspace& workspace) const {
    energy_.value_and_gradient(x, values, gradients, workspace);
  }
  void add_parameter_gradient(TileSpan<const Scalar, dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace& workspace) const {
    energy_.add_parameter_gradient(x, weights, values, gradient, workspace);
  }
  void add_mixed_gradient(TileSpan<const Scalar, dim> x, TileSpan<const Scalar, dim> directions,
                          LanesSpan<const Scalar> weights, LanesSpan<Scalar> values, std::span<Scalar> gradient,
                          Workspace& workspace) const {
    energy_.add_mixed_gradient(x, directions, weights, values, gradient, workspace);
  }

  // p(y | x) of one row of inputs.
  template <class Derived>
  PredictiveDensity predictive(const Eigen::DenseBase<Derived>& x) const {
    require_shape("x", x, 1, inputs());
    Workspace workspace;
    return predictive_at(x, 0, workspace);
  }

  // log p(y | x) of rows (x, y); -infinity where y is no target.
  template <class Derived>
  Values<double> log_density(const Eigen::DenseBase<Derived>& points) const {
    require_shape("points", points, kAny, dimension());
    const Values<Scalar> at = energies(*this, points);
    Values<double> result(points.rows());
    Workspace workspace;
    for (Index row = 0; row < points.rows(); ++row) {
      const double y = static_cast<double>(points.derived().coeff(row, inputs()));
      result(row) = y >= targets_.lower && y <= targets_.upper
                        ? -static_cast<double>(at(row)) - predictive_at(points, row, workspace).log_partition()
                        : -std::numeric_limits<double>::infinity();
    }
    return result;
  }

  // The target of least energy for each row of inputs.
  template <class Derived>
  Values<double> predict(const Eigen::DenseBase<Derived>& x, const PredictOptions& options = {}) const {
    require_shape("x", x, kAny, inputs());
    options.check();
    Values<double> result(x.rows());
    Workspace workspace;
    for (Index row = 0; row < x.rows(); ++row) result(row) = descend(x, row, options, workspace);
    return result;
  }

 private:
  static constexpr Index kStarts = kLanes<Scalar>;

  // Tiles whose inputs are those of one row.
  template <class Derived>
  TileSpan<Scalar, dim> tiles_of(const Eigen::DenseBase<Derived>& x, Index row, Index count,
                                 Workspace& workspace) const {
    const auto tiles = workspace.tiles<Scalar, dim>(count, dimension());
    for (Index t = 0; t < count; ++t) {
      for (Index i = 0; i < inputs(); ++i)
        std::fill_n(tiles.coordinate(t, i), kLanes<Scalar>, static_cast<Scalar>(x.derived().coeff(row, i)));
    }
    return tiles;
  }

  template <class Derived>
  PredictiveDensity predictive_at(const Eigen::DenseBase<Derived>& x, Index row, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const Index count = tiles_for<Scalar>(targets_.cells);
    const auto tiles = tiles_of(x, row, count, workspace);
    const auto values = workspace.tiles<Scalar, 1>(count, 1);
    for (Index i = 0; i < count * kLanes<Scalar>; ++i)
      tiles.coordinate(i / kLanes<Scalar>, inputs())[i % kLanes<Scalar>] = static_cast<Scalar>(targets_.centre(i));
    value(tiles, values, workspace);
    Values<double> log_density(targets_.cells);
    for (Index i = 0; i < targets_.cells; ++i) log_density(i) = -static_cast<double>(values.data()[i]);
    return PredictiveDensity(targets_.lower, targets_.width(), std::move(log_density));
  }

  template <class Derived>
  double descend(const Eigen::DenseBase<Derived>& x, Index row, const PredictOptions& options,
                 Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto at = tiles_of(x, row, 1, workspace), trial = tiles_of(x, row, 1, workspace),
               slope = workspace.tiles<Scalar, dim>(1, dimension()),
               trial_slope = workspace.tiles<Scalar, dim>(1, dimension());
    Lanes<Scalar> energy, trial_energy, step;
    step.setConstant(static_cast<Scalar>(options.step_size));
    Scalar *y = at.coordinate(0, inputs()), *trial_y = trial.coordinate(0, inputs());
    Scalar *dy = slope.coordinate(0, inputs()), *trial_dy = trial_slope.coordinate(0, inputs());
    const Scalar lower = static_cast<Scalar>(targets_.lower), upper = static_cast<Scalar>(targets_.upper);
    for (Index lane = 0; lane < kStarts; ++lane)
      y[lane] = static_cast<Scalar>(TargetInterval{targets_.lower, targets_.upper, kStarts}.centre(lane));
    value_and_gradient(at, {energy.data(), 1}, slope, workspace);
    for (Index n = 0; n < options.steps; ++n) {
      for (Index lane = 0; lane < kStarts; ++lane)
        trial_y[lane] = std::clamp(ebm::fma(-step(lane), dy[lane], y[lane]), lower, upper);
      value_and_gradient(trial, {trial_energy.data(), 1}, trial_slope, workspace);
      for (Index lane = 0; lane < kStarts; ++lane) {
        if (trial_energy(lane) < energy(lane)) {
          energy(lane) = trial_energy(lane), y[lane] = trial_y[lane], dy[lane] = trial_dy[lane];
        } else {
          step(lane) *= Scalar(0.5);
        }
      }
    }
    Index best = 0;
    for (Index lane = 1; lane < kStarts; ++lane)
      best = energy(lane) < energy(best) || energy(best) != energy(best) ? lane : best;
    if (!std::isfinite(energy(best))) throw NumericalError("predict: the energy is finite at none of the starts");
    return static_cast<double>(y[best]);
  }

  NetworkEnergy<Net> energy_;
  TargetInterval targets_;
};

}  // namespace ebm
