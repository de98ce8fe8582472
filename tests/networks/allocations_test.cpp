// The counter of allocations, for this program.
#include "core/allocations_test.cpp"
