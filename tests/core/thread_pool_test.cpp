#include <ebm/core/thread_pool.hpp>

#include <chrono>
#include <numeric>

#include "core/allocations.hpp"
#include "support/catch.hpp"

using namespace ebm;

namespace {

// Enough work for the other threads to wake up.
void linger() { std::this_thread::sleep_for(std::chrono::microseconds(200)); }

}  // namespace

TEST_CASE("a pool runs every task once, by workers in range, and is used again") {
  STATIC_REQUIRE(Executor<ThreadPool>);
  for (const Index threads : {1, 2, 3, 8}) {
    CAPTURE(threads);
    ThreadPool pool{threads};
    REQUIRE(pool.workers() == threads);
    for (const Index tasks : {0, 1, 2, 7, 100, 1000}) {
      std::vector<int> runs(static_cast<std::size_t>(tasks), 0);  // without atomics: the pool must order them
      std::vector<int> of_worker(static_cast<std::size_t>(threads), 0);
      pool.run(tasks, [&](Index task, Index worker) {
        ++runs[static_cast<std::size_t>(task)];
        ++of_worker.at(static_cast<std::size_t>(worker));
      });
      CHECK(std::count(runs.begin(), runs.end(), 1) == tasks);
      CHECK(std::accumulate(of_worker.begin(), of_worker.end(), 0) == tasks);
    }
  }
}

TEST_CASE("several threads take part") {
  ThreadPool pool{4};
  std::vector<int> of_worker(4, 0);
  pool.run(100, [&](Index, Index worker) {
    linger();
    ++of_worker[static_cast<std::size_t>(worker)];
  });
  CHECK(std::count_if(of_worker.begin(), of_worker.end(), [](int runs) { return runs > 0; }) >= 2);
}

TEST_CASE("many short regions follow one another") {
  ThreadPool pool{4};
  std::vector<long> sums(16, 0);
  for (int region = 0; region < 5000; ++region) {
    pool.run(16, [&](Index task, Index) { sums[static_cast<std::size_t>(task)] += task; });
  }
  for (Index task = 0; task < 16; ++task) CHECK(sums[static_cast<std::size_t>(task)] == 5000 * task);
}

TEST_CASE("the exception of the lowest task reaches the caller, and the pool goes on") {
  ThreadPool pool{4};
  for (int repeat = 0; repeat < 20; ++repeat) {
    CHECK_THROWS_WITH(pool.run(64,
                               [](Index task, Index) {
                                 linger();
                                 if (task >= 5) throw std::runtime_error("task " + std::to_string(task));
                               }),
                      "task 5");
    std::atomic<int> runs{0};
    pool.run(10, [&](Index, Index) { ++runs; });
    CHECK(runs == 10);
  }
}

TEST_CASE("run within run is an error") {
  ThreadPool pool{2};
  CHECK_THROWS_WITH(pool.run(4, [&](Index, Index) { pool.run(2, [](Index, Index) {}); }),
                    Catch::Matchers::ContainsSubstring("one region at a time"));
  ThreadPool other{2};
  std::atomic<int> runs{0};
  pool.run(1, [&](Index, Index) { other.run(3, [&](Index, Index) { ++runs; }); });
  CHECK(runs == 3);
}

TEST_CASE("a region allocates nothing") {
  ThreadPool pool{2};
  double sums[8][8] = {};
  const auto region = [&] {
    pool.run(8, [&](Index task, Index) {
      for (double& sum : sums[task]) sum += 1.0;
    });
  };
  region();
  const long before = allocations;
  for (int i = 0; i < 100; ++i) region();
  CHECK(allocations == before);
}

TEST_CASE("a pool of no threads is refused, one that never ran is joined") {
  CHECK_THROWS_WITH(ThreadPool{0}, "threads: 0, wanted at least 1");
  const ThreadPool unused{3};
  CHECK(ThreadPool{}.workers() >= 1);
}
