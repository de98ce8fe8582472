// Boltzmann machines whose log Z is known, and one that no annealing run mixes on.
#pragma once

#include <ebm/energies/rbm.hpp>

namespace ebm::testing {

// W_ij = .5 sin(1 + 3 i + 7 j), b_i = .3 cos i, c_j = .2 sin 2 j.
template <class S>
BernoulliRbm<S> deterministic_rbm(Index visible, Index hidden) {
  Eigen::MatrixXd w(visible, hidden);
  Eigen::VectorXd b(visible), c(hidden);
  for (Index i = 0; i < visible; ++i) {
    b[i] = 0.3 * std::cos(static_cast<double>(i));
    for (Index j = 0; j < hidden; ++j)
      w(i, j) = 0.5 * std::sin(1.0 + 3.0 * static_cast<double>(i) + 7.0 * static_cast<double>(j));
  }
  for (Index j = 0; j < hidden; ++j) c[j] = 0.2 * std::sin(2.0 * static_cast<double>(j));
  return BernoulliRbm<S>(w, b, c);
}

// Every hidden unit has a pattern of its own, and is on only near it: deep modes with narrow ways in.
template <class S>
BernoulliRbm<S> planted_rbm(Index visible, Index hidden, double coupling, double threshold, std::uint64_t seed) {
  const Stream stream(seed);
  Eigen::MatrixXd w(visible, hidden);
  Eigen::VectorXd c(hidden);
  for (Index k = 0; k < hidden; ++k) {
    c[k] = -threshold * coupling * 0.5 * static_cast<double>(visible);
    for (Index i = 0; i < visible; ++i) {
      const bool on = stream.uniform(static_cast<std::uint32_t>(k), static_cast<std::uint64_t>(i)) < 0.5;
      w(i, k) = on ? coupling : -coupling;
      c[k] -= 0.5 * w(i, k);
    }
  }
  return BernoulliRbm<S>(w, Eigen::VectorXd::Zero(visible), c);
}

// A ring of spins in a field, as a user may write it.
struct SpinRing {
  using Scalar = double;
  static constexpr int dim = 6;
  StateSet states() const { return kSpins; }
  Lanes<double> energy(const Tile<double, 6>& x) const {
    Lanes<double> sum;
    sum.setZero();
    for (int i = 0; i < 6; ++i) sum -= 0.6 * x.col(i) * x.col((i + 1) % 6) + 0.2 * x.col(i);
    return sum;
  }
  // Transfer matrix.
  static double log_partition() {
    const double like = std::exp(0.6), unlike = std::exp(-0.6), field = std::exp(0.2);
    const double trace = like * field + like / field, determinant = like * like - unlike * unlike;
    const double root = std::sqrt(trace * trace / 4 - determinant);
    return std::log(std::pow(trace / 2 + root, 6) + std::pow(trace / 2 - root, 6));
  }
};

// Three sites of three values each, with a term for all of them.
struct PottsTriple {
  using Scalar = float;
  static constexpr int dim = 3;
  StateSet states() const { return {0, 1, 3}; }
  Lanes<float> energy(const Tile<float, 3>& x) const {
    return 0.7f * (x.col(0) - x.col(1)).square() - 0.4f * x.col(1) * x.col(2) + 0.3f * x.col(0) * x.col(1) * x.col(2);
  }
  static double energy(double a, double b, double c) { return 0.7 * (a - b) * (a - b) - 0.4 * b * c + 0.3 * a * b * c; }
  static double log_partition() {
    double sum = 0;
    for (int s = 0; s < 27; ++s) sum += std::exp(-energy(s % 3, s / 3 % 3, s / 9));
    return std::log(sum);
  }
};

}  // namespace ebm::testing
