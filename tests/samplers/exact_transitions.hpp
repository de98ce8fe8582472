// Transition matrices of discrete kernels by enumeration, and the frequencies with which a kernel makes each move.
#pragma once

#include <ebm/samplers/advance.hpp>

#include "support/small_discrete.hpp"

#include <Eigen/LU>

namespace exact_transitions {

using namespace ebm;
using Matrix = Eigen::MatrixXd;

// All states of an energy, in tiles, with what is known of each.
template <class E>
struct AllStates {
  using Scalar = typename E::Scalar;

  Points<Scalar, Dynamic> points;
  Values<Scalar> energy;
  Points<Scalar, Dynamic> gradient;
  Values<double> probability;  // at the temperature

  AllStates(const E& target, double temperature)
      : points(small_discrete::all_states<Scalar>(target.dimension(), target.states())),
        energy(energies(target, points)),
        gradient(gradients(target, points)),
        probability(small_discrete::probabilities(energy.template cast<double>() / temperature)) {}

  Index count() const { return points.rows(); }
};

// ratio(x, gradient, energy, y, new gradient, new energy) -> Pack for every ordered pair of states.
template <class E, class Ratio>
Matrix for_each_pair(const AllStates<E>& all, Ratio ratio) {
  using Scalar = typename E::Scalar;
  using V = Pack<Scalar>;
  const Index dim = all.points.cols();
  Matrix result(all.count(), all.count());
  Workspace workspace;
  const auto tile = [&] { return workspace.take<Scalar>(dim * kLanes<Scalar>); };
  Scalar *x = tile(), *gx = tile(), *y = tile(), *gy = tile(), *ex = tile(), *ey = tile();
  for (Index from = 0; from < all.count(); ++from) {
    for (Index first = 0; first < all.count(); first += kLanes<Scalar>) {
      for (Index l = 0; l < kLanes<Scalar>; ++l) {
        const Index to = std::min(first + l, all.count() - 1);
        for (Index i = 0; i < dim; ++i) {
          x[i * kLanes<Scalar> + l] = all.points(from, i), gx[i * kLanes<Scalar> + l] = all.gradient(from, i);
          y[i * kLanes<Scalar> + l] = all.points(to, i), gy[i * kLanes<Scalar> + l] = all.gradient(to, i);
        }
        ex[l] = all.energy(from), ey[l] = all.energy(to);
      }
      Lanes<Scalar> values;
      for (Index p = 0; p < kLanes<Scalar>; p += V::size)
        ratio(x + p, gx + p, V::load(ex + p), y + p, gy + p, V::load(ey + p)).store(values.data() + p);
      for (Index l = 0; l < kLanes<Scalar> && first + l < all.count(); ++l)
        result(from, first + l) = static_cast<double>(values(l));
    }
  }
  return result;
}

// Proposals q(from, to) accepted with min(1, exp(log ratio)); what is not accepted stays.
inline Matrix metropolis(const Matrix& proposal, const Matrix& log_ratio) {
  Matrix result = proposal.array() * log_ratio.array().min(0).exp();
  for (Index i = 0; i < result.rows(); ++i) {
    result(i, i) = 0;
    result(i, i) = 1 - result.row(i).sum();
  }
  return result;
}

inline double invariance_error(const Values<double>& p, const Matrix& transition) {
  return (p.transpose() * transition - p.transpose()).cwiseAbs().maxCoeff();
}
inline double balance_error(const Values<double>& p, const Matrix& transition) {
  const Matrix flow = p.asDiagonal() * transition;
  return (flow - flow.transpose()).cwiseAbs().maxCoeff();
}
inline double row_error(const Matrix& transition) { return (transition.rowwise().sum().array() - 1).abs().maxCoeff(); }

inline Values<double> stationary(const Matrix& transition) {
  const Index n = transition.rows();
  Matrix system = transition.transpose() - Matrix::Identity(n, n);
  system.row(n - 1).setOnes();
  return system.fullPivLu().solve(Values<double>(Eigen::VectorXd::Unit(n, n - 1)));
}

// How often one step of the kernel leads from each state to each, among `chains` chains that start at each.
template <class E, class K>
Matrix frequencies(const E& energy, const K& kernel, double epsilon, Index chains, std::uint64_t seed) {
  using Scalar = typename E::Scalar;
  const auto all = small_discrete::all_states<Scalar>(energy.dimension(), energy.states());
  Points<Scalar, Dynamic> start(all.rows() * chains, all.cols());
  for (Index row = 0; row < start.rows(); ++row) start.row(row) = all.row(row / chains);
  Chains<Scalar, E::dim> moved(tiles_for<Scalar>(start.rows()), start.cols());
  pack_rows(start, moved.positions());
  RunMemory<Scalar> memory(1, moved.tiles());
  kernel.init(energy, moved.state(0, moved.tiles()), memory.workspace(0));
  Serial serial;
  advance(energy, kernel, moved, {0, moved.tiles()}, 0, 1, StepSize(kernel, epsilon, {}), Stream(seed), memory, serial,
          Unobserved{});
  unpack_rows(moved.positions(), start);
  Matrix result = Matrix::Zero(all.rows(), all.rows());
  for (Index row = 0; row < start.rows(); ++row)
    result(row / chains, small_discrete::row_of(start.row(row), energy.states())) += 1.0 / static_cast<double>(chains);
  return result;
}

// The largest n KL(frequency, probability) over all entries, each a yes or no. One entry exceeds t by chance with a
// probability of at most 2 exp(-t) (Chernoff 1952).
inline double largest_deviation(const Matrix& frequency, const Matrix& transition, Index chains) {
  double worst = 0;
  for (Index i = 0; i < frequency.rows(); ++i) {
    for (Index j = 0; j < frequency.cols(); ++j) {
      const double f = frequency(i, j), p = std::min(1.0, std::max(0.0, transition(i, j)));
      const auto part = [](double a, double b) { return a > 0 ? a * std::log(a / b) : 0.0; };
      worst = std::max(worst, part(f, p) + part(1 - f, 1 - p));
    }
  }
  return worst * static_cast<double>(chains);
}
// What all entries of a matrix stay below with a probability of 1 - 1e-6.
inline double deviation_bound(const Matrix& transition) {
  return std::log(2e6 * static_cast<double>(transition.size()));
}

}  // namespace exact_transitions
