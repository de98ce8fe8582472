// ThreadPool: an executor whose threads sleep between parallel regions. This header needs threads: link ebm::threads.
//
// The caller of run is worker 0 and works too. Tasks are taken in ascending order from a shared counter. A thread that
// wakes up after the last task was taken is not waited for, so that a busy machine does not slow down a short region.
// Nothing is allocated per region. One region at a time: run within run, or from two threads at once, throws Error.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/executor.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ebm {

class ThreadPool {
 public:
  // `threads` includes the one that calls run.
  explicit ThreadPool(Index threads = std::max(Index{1}, static_cast<Index>(std::thread::hardware_concurrency()))) {
    require(threads >= 1, "threads", static_cast<double>(threads), "at least 1");
    threads_.reserve(static_cast<std::size_t>(threads - 1));
    try {
      for (Index worker = 1; worker < threads; ++worker) threads_.emplace_back([this, worker] { serve(worker); });
    } catch (...) {
      stop();
      throw;
    }
  }
  ~ThreadPool() { stop(); }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  Index workers() const { return static_cast<Index>(threads_.size()) + 1; }

  template <class F>
  void run(Index tasks, F&& f) {
    auto task = [&f](Index number, Index worker) { f(number, worker); };
    run_erased(
        {[](void* called, Index number, Index worker) { (*static_cast<decltype(task)*>(called))(number, worker); },
         &task, tasks});
  }

 private:
  struct Region {
    void (*call)(void* task, Index number, Index worker);
    void* task;
    Index tasks;
  };

  void run_erased(const Region& region) {
    {
      const std::lock_guard lock(mutex_);
      if (running_) throw Error("ThreadPool::run: called while the pool runs, wanted one region at a time");
      running_ = true;
      region_ = region;
      next_.store(0, std::memory_order_relaxed);
      open_ = region.tasks > 1;
    }
    if (region.tasks > 1) wake_.notify_all();
    work(region, 0);

    std::unique_lock lock(mutex_);
    open_ = false;
    done_.wait(lock, [this] { return active_ == 0; });
    running_ = false;
    failed_task_ = std::numeric_limits<Index>::max();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  // Tasks are taken in order, so all before one that fails have been taken: the lowest failure is always the same one.
  void work(const Region& region, Index worker) {
    for (Index task; (task = next_.fetch_add(1, std::memory_order_relaxed)) < region.tasks;) {
      try {
        region.call(region.task, task, worker);
      } catch (...) {
        next_.store(region.tasks, std::memory_order_relaxed);
        const std::lock_guard lock(mutex_);
        if (task < failed_task_) failed_task_ = task, failure_ = std::current_exception();
      }
    }
  }

  void serve(Index worker) {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return open_ || stopping_; });
      if (stopping_) return;
      ++active_;
      const Region region = region_;
      lock.unlock();
      work(region, worker);
      lock.lock();
      open_ = false;
      if (--active_ == 0) done_.notify_one();
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  Region region_{};
  bool open_ = false, running_ = false, stopping_ = false;
  Index active_ = 0;
  Index failed_task_ = std::numeric_limits<Index>::max();
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
  alignas(kAlignment) std::atomic<Index> next_{0};
};

}  // namespace ebm
