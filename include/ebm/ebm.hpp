// Everything that needs Eigen alone.
#pragma once

#include <ebm/concepts/energy.hpp>
#include <ebm/concepts/evaluation.hpp>
#include <ebm/concepts/density.hpp>
#include <ebm/core/box.hpp>
#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/core/noise.hpp>
#include <ebm/core/pack.hpp>
#include <ebm/core/packing.hpp>
#include <ebm/core/philox.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/core/shapes.hpp>
#include <ebm/core/workspace.hpp>
#include <ebm/samplers/draws.hpp>
