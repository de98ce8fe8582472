// The toy densities of the plane, and all nine of the gallery in turn.
#pragma once

#include <ebm/datasets/checkerboard.hpp>
#include <ebm/datasets/gaussian_grids.hpp>
#include <ebm/datasets/pinwheel.hpp>
#include <ebm/datasets/rings.hpp>
#include <ebm/datasets/sheared_densities.hpp>
#include <ebm/datasets/swiss_roll.hpp>
#include <ebm/datasets/two_moons.hpp>
#include <ebm/datasets/two_spirals.hpp>

namespace ebm {

// A density that draws from itself and knows its name and its entropy in nats.
template <class D>
concept ToyDensity = SampledDensity<D> && requires(const D& density) {
  { density.entropy() } -> std::same_as<double>;
  { D::name() } -> std::same_as<const char*>;
};

// visit(density) for each with its default options.
template <class Visit>
void for_each_toy_density(Visit visit) {
  visit(EightGaussians{});
  visit(TwentyFiveGaussians{});
  visit(Rings{});
  visit(Circles{});
  visit(TwoMoons{});
  visit(Pinwheel{});
  visit(Checkerboard{});
  visit(TwoSpirals{});
  visit(SwissRoll{});
}

}  // namespace ebm
