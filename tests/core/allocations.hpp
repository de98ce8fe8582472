// Counts the allocations of a test program: operator new is replaced in allocations_test.cpp.
#pragma once

#include <atomic>

extern std::atomic<long> allocations;
