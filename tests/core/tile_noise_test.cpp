#include <ebm/core/tile_noise.hpp>

#include <vector>

#include "support/catch.hpp"

using namespace ebm;

namespace {

// Noise of one value each: index step * dim + coordinate.
template <class S>
void check_noise(Index dim, Index first_step) {
  CAPTURE(dim, first_step);
  constexpr Index lanes = kLanes<S>, steps = 150, first_tile = 3;
  const Stream stream(17);
  Workspace workspace;
  const Index values = (first_step + steps) * dim / kNoiseBlock<S> * kNoiseBlock<S> + kNoiseBlock<S>;
  const Index uniforms = (first_step + steps) / kNoiseBlock<S> * kNoiseBlock<S> + kNoiseBlock<S>;
  S *normal = workspace.take<S>(2 * values * lanes), *uniform = workspace.take<S>(2 * uniforms * lanes);
  for (Index t = 0; t < 2; ++t) {
    fill_normals(stream, first_tile + t, 0, values, normal + t * values * lanes);
    fill_uniforms(stream, first_tile + t, 0, uniforms, uniform + t * uniforms * lanes);
  }

  TileNoise<S, Dynamic> noise(stream, first_tile, 2, dim, first_step, workspace);
  long differences = 0;
  for (Index step = first_step; step < first_step + steps; ++step) {
    noise.next();
    CHECK(noise.step() == step);
    for (const Index t : {1, 0}) {
      const S *normals = noise.normals(t), *of_step = normal + t * values * lanes + step * dim * lanes;
      for (Index i = 0; i < dim * lanes; ++i) differences += normals[i] != of_step[i];
      // Kernels may do without uniforms at some steps.
      if (step % 5 == 1) continue;
      for (Index l = 0; l < lanes; ++l)
        differences += noise.uniforms(t)[l] != uniform[t * uniforms * lanes + step * lanes + l];
    }
  }
  CHECK(differences == 0);
}

}  // namespace

TEST_CASE("noise depends on step and coordinate, not on where a run began or how it was made") {
  for (const Index dim : {1, 2, 3, 7, 64, 70}) {
    for (const Index first_step : {0, 1, 13, 32}) {
      check_noise<float>(dim, first_step);
      check_noise<double>(dim, first_step);
    }
  }
}
