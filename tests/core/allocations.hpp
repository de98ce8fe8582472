// Counts the allocations of a test program: operator new is replaced in allocations_test.cpp, except under sanitizers,
// which bring their own.
#pragma once

#include <atomic>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EBM_TESTS_COUNT_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define EBM_TESTS_COUNT_ALLOCATIONS 0
#endif
#endif
#ifndef EBM_TESTS_COUNT_ALLOCATIONS
#define EBM_TESTS_COUNT_ALLOCATIONS 1
#endif

inline constexpr bool kAllocationsAreCounted = EBM_TESTS_COUNT_ALLOCATIONS;
extern std::atomic<long> allocations;
