// Executor: what runs independent tasks, each with the number of the worker that runs it.
//
//   workers() -> Index      workers are 0 .. workers() - 1: one workspace each
//   run(tasks, f)           calls f(task, worker) once for every task in 0 .. tasks - 1, and returns when all are done
//
// Results must depend on the task alone, never on the worker: then they are the same for any executor. An exception
// that a task throws reaches the caller of run, that of the lowest task if there are several; later tasks may then not
// be run.
#pragma once

#include <ebm/core/shapes.hpp>

#include <concepts>

namespace ebm {

template <class E>
concept Executor = requires(E& executor, const E& constant, Index tasks, void (&task)(Index, Index)) {
  { constant.workers() } -> std::same_as<Index>;
  { executor.run(tasks, task) } -> std::same_as<void>;
};

// One task after the other, in the calling thread.
struct Serial {
  Index workers() const { return 1; }

  template <class F>
  void run(Index tasks, F&& f) const {
    for (Index task = 0; task < tasks; ++task) f(task, Index{0});
  }
};

}  // namespace ebm
