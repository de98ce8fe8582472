#include <ebm/core/workspace.hpp>

#include <algorithm>
#include <utility>

#include "core/allocations.hpp"
#include "support/catch.hpp"

using namespace ebm;

namespace {

bool aligned(const void* memory) { return reinterpret_cast<std::uintptr_t>(memory) % kAlignment == 0; }

// Small and large pieces in nested scopes, more than one block holds.
void compute(Workspace& workspace) {
  const Workspace::Scope outer(workspace);
  float* first = workspace.take<float>(100'000);
  first[99'999] = 1.0f;
  for (int repeat = 0; repeat < 3; ++repeat) {
    const Workspace::Scope inner(workspace);
    workspace.take<double>(50'000)[49'999] = 2.0;
    workspace.tiles<float, 2>(7, 2)[6].setZero();
  }
}

}  // namespace

TEST_CASE("what is taken is aligned and does not overlap") {
  Workspace workspace;
  char* previous = workspace.take<char>(1);
  CHECK(aligned(previous));
  for (const Index bytes : {1, 63, 64, 65, 1000}) {
    char* next = workspace.take<char>(bytes);
    CHECK(aligned(next));
    CHECK(next >= previous + 1);
    std::fill(next, next + bytes, 'x');
    previous = next + bytes - 1;
  }
  CHECK(aligned(workspace.tiles<double, Dynamic>(3, 5)[1].data()));
}

TEST_CASE("a scope gives back what was taken in it, and scopes nest") {
  Workspace workspace;
  float *inner_first = nullptr, *outer_first = nullptr;
  {
    const Workspace::Scope outer(workspace);
    outer_first = workspace.take<float>(10);
    {
      const Workspace::Scope inner(workspace);
      inner_first = workspace.take<float>(10);
    }
    CHECK(workspace.take<float>(10) == inner_first);
  }
  CHECK(workspace.take<float>(10) == outer_first);
}

TEST_CASE("growth leaves what was taken where it is") {
  Workspace workspace;
  int* kept = workspace.take<int>(16);
  for (int i = 0; i < 16; ++i) kept[i] = i;
  for (int block = 0; block < 20; ++block) {
    int* more = workspace.take<int>(100'000 * (block + 1));
    more[0] = -1;
  }
  bool same = true;
  for (int i = 0; i < 16; ++i) same &= kept[i] == i;
  CHECK(same);
}

TEST_CASE("nothing is allocated in the steady state") {
  Workspace workspace;
  const long before = allocations;
  compute(workspace);
  const long after_first = allocations;
  CHECK((after_first > before || !kAllocationsAreCounted));  // the counter counts
  for (int i = 0; i < 10; ++i) compute(workspace);
  CHECK(allocations == after_first);
}

TEST_CASE("a moved workspace leaves an empty one that can be used") {
  Workspace first;
  int* kept = first.take<int>(4);
  kept[3] = 7;
  Workspace second = std::move(first);
  CHECK(kept[3] == 7);
  CHECK(first.take<int>(4) != kept);
  CHECK(second.take<int>(4) != kept);
  second = Workspace();
  second.take<int>(1)[0] = 1;
}
