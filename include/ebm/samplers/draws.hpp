// Draws, where those who sample look for them; diagnostics include core/draws.hpp, which knows of no sampler.
#pragma once

#include <ebm/core/draws.hpp>
