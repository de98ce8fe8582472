#include "core/allocations.hpp"

#include <cstdlib>
#include <new>

#include "support/catch.hpp"

std::atomic<long> allocations{0};

#if EBM_TESTS_COUNT_ALLOCATIONS
// Calls of their own, or GCC takes the malloc inside for a mismatch of new and delete.
#define EBM_TESTS_CALLED [[gnu::noinline]]
EBM_TESTS_CALLED void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes > 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
EBM_TESTS_CALLED void* operator new(std::size_t bytes, std::align_val_t alignment) {
  ++allocations;
  const std::size_t unit = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit)) return memory;
  throw std::bad_alloc();
}
EBM_TESTS_CALLED void operator delete(void* memory) noexcept { std::free(memory); }
EBM_TESTS_CALLED void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
EBM_TESTS_CALLED void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
EBM_TESTS_CALLED void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

TEST_CASE("allocations are counted") {
  struct alignas(64) Aligned {
    char bytes[64];
  };
  const long before = allocations;
  // Called directly, since a compiler may leave out the allocation of a new expression.
  void* plain = ::operator new(4);
  void* aligned = ::operator new(sizeof(Aligned), std::align_val_t{alignof(Aligned)});
  ::operator delete(plain);
  ::operator delete(aligned, std::align_val_t{alignof(Aligned)});
  CHECK(allocations == before + (kAllocationsAreCounted ? 2 : 0));
}
