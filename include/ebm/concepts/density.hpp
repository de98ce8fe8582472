// Density: a normalised probability density that can be evaluated; SampledDensity: one that also draws from itself.
//
//   log_density(points) -> Values<double>     log p of each row, -infinity where p = 0
//   domain() -> Box<dim>                      holds all but 1e-9 of the mass
//   sample(count, rng) -> Points<double, dim> exact and independent
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/rng.hpp>

namespace ebm {

template <class D>
concept Density = std::same_as<decltype(D::dim), const int> &&
                  requires(const D& density, const Points<double, D::dim>& points) {
                    { density.log_density(points) } -> std::same_as<Values<double>>;
                    { density.domain() } -> std::same_as<Box<D::dim>>;
                  };

template <class D>
concept SampledDensity = Density<D> && requires(const D& density, Index count, Rng& rng) {
  { density.sample(count, rng) } -> std::same_as<Points<double, D::dim>>;
};

}  // namespace ebm
