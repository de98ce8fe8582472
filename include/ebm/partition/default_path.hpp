// default_path: where annealing starts if the user does not say, made from the energy itself.
//
//   restricted Boltzmann machine   independent units with the rates of its own samples of a short run (smoothed), as
//                                  Salakhutdinov & Murray 2008 take those of the data
//   other discrete energies        all states alike
//   continuous energies            a Gaussian: that of the energy's own mean and covariance, or its anchor, or one
//                                  of the moments of a short run of MALA, a little wider
#pragma once

#include <ebm/concepts/anchored_energy.hpp>
#include <ebm/partition/discrete_path.hpp>
#include <ebm/partition/gaussian_path.hpp>
#include <ebm/partition/rbm_path.hpp>
#include <ebm/samplers/sample.hpp>

namespace ebm {

namespace detail {

// Moments of a short run.
template <DifferentiableEnergy E, class Exec>
Gaussian<typename E::Scalar, E::dim> fitted_gaussian(const E& energy, Rng& rng, Exec& executor) {
  constexpr double wider = 1.5;  // variance
  using Result = Gaussian<typename E::Scalar, E::dim>;
  const Index dim = dimension_of(energy);
  const auto draws = sample(energy, Mala{}, {.chains = 128, .steps = 320, .warmup = 640, .thin = 8}, rng, executor);
  const Index rows = draws.points.rows();
  typename Result::Vector mean = Result::Vector::Zero(dim);
  for (Index i = 0; i < dim; ++i) {
    for (Index r = 0; r < rows; ++r) mean[i] += static_cast<double>(draws.points(r, i)) / static_cast<double>(rows);
  }
  const auto covariance = [&](Index i, Index j) {
    double sum = 0;
    for (Index r = 0; r < rows; ++r)
      sum = ebm::fma(static_cast<double>(draws.points(r, i)) - mean[i],
                     static_cast<double>(draws.points(r, j)) - mean[j], sum);
    return wider * sum / static_cast<double>(rows);
  };
  if (dim > 32) {
    typename Result::Vector sd(dim);
    for (Index i = 0; i < dim; ++i) sd[i] = std::sqrt(covariance(i, i)) + 1e-12;
    return Result::diagonal(mean, sd);
  }
  typename Result::Matrix matrix(dim, dim);
  for (Index i = 0; i < dim; ++i) {
    for (Index j = 0; j <= i; ++j) matrix(i, j) = matrix(j, i) = covariance(i, j);
    matrix(i, i) = matrix(i, i) * (1 + 1e-3) + 1e-20;
  }
  return Result::with_covariance(mean, matrix);
}

}  // namespace detail

template <RestrictedBoltzmannMachine E, class Exec>
RbmPath<typename E::Scalar> default_path(const E& rbm, Rng& rng, Exec& executor) {
  using Scalar = typename E::Scalar;
  const Index tiles = tiles_for<Scalar>(112), steps = 100;
  const Stream start = rng.stream(), noise = rng.stream();
  const RbmPath<Scalar> path(rbm);
  auto state = path.make_state(tiles);
  std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
  detail::for_each_range<RbmPath<Scalar>>(tiles, workspaces, executor, [&](TileRange range, Workspace& workspace) {
    path.draw_base(state, range, start, workspace);
    for (Index k = 1; k <= steps; ++k) {
      path.move(state, range, static_cast<double>(k) / static_cast<double>(steps), noise, k, workspace);
    }
  });
  const Index chains = tiles * kLanes<Scalar>;
  Values<double> base(path.visible());
  for (Index i = 0; i < path.visible(); ++i) {
    double on = 2, off = 2;
    for (Index c = 0; c < chains; ++c) ++(path.is_on(state, c, i) ? on : off);
    base[i] = ebm::log(on / off);
  }
  return RbmPath<Scalar>(rbm, base);
}

template <DiscreteEnergy E, class Exec>
  requires(!RestrictedBoltzmannMachine<E>)
DiscretePath<E> default_path(const E& energy, Rng&, Exec&) { return DiscretePath<E>(energy); }

template <DifferentiableEnergy E, class Exec>
  requires(!DiscreteEnergy<E>)
GaussianPath<E> default_path(const E& energy, Rng& rng, Exec& executor) {
  using Base = Gaussian<typename E::Scalar, E::dim>;
  const Index dim = dimension_of(energy);
  const auto from = [&](const Base& base) { return GaussianPath<E>(energy, base, rng, 1, executor); };
  if constexpr (AnchoredEnergy<E>) {
    if (energy.anchor_variance() < 1e15)
      return from(Base::isotropic(Base::Vector::Zero(dim), std::sqrt(energy.anchor_variance())));
  } else if constexpr (requires { Base::with_covariance(energy.mean(), energy.covariance()); }) {
    return from(Base::with_covariance(energy.mean(), energy.covariance()));
  }
  return from(detail::fitted_gaussian(energy, rng, executor));
}

}  // namespace ebm
