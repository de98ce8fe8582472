#include <ebm/core/executor.hpp>

#include <stdexcept>
#include <vector>

#include "support/catch.hpp"

using namespace ebm;

namespace {
struct WithoutWorkers {
  template <class F>
  void run(Index, F&&) {}
};
struct WithIntWorkers : WithoutWorkers {
  int workers() const { return 1; }
};
struct WithoutRun {
  Index workers() const { return 1; }
};
}  // namespace

TEST_CASE("the concept of an executor") {
  STATIC_REQUIRE(Executor<Serial>);
  STATIC_REQUIRE(!Executor<WithoutWorkers>);
  STATIC_REQUIRE(!Executor<WithIntWorkers>);
  STATIC_REQUIRE(!Executor<WithoutRun>);
}

TEST_CASE("serial runs tasks in order as worker 0") {
  Serial serial;
  std::vector<Index> ran;
  serial.run(5, [&](Index task, Index worker) {
    ran.push_back(task);
    CHECK(worker == 0);
  });
  CHECK(ran == std::vector<Index>{0, 1, 2, 3, 4});
  CHECK(serial.workers() == 1);
  serial.run(0, [](Index, Index) { FAIL("there is no task"); });
}

TEST_CASE("serial lets the first exception out") {
  CHECK_THROWS_WITH(Serial{}.run(5,
                                 [](Index task, Index) {
                                   if (task >= 2) throw std::runtime_error(std::to_string(task));
                                 }),
                    "2");
}
