// What every benchmark uses: the clock, the line that it prints, and the limits of the machine.
#pragma once

#include <ebm/core/noise.hpp>
#include <ebm/samplers/advance.hpp>
#include <ebm/samplers/sgld.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace benchmarks {

using ebm::Index;

inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds of the fastest of many calls.
template <class F>
double best(F f, double budget = 1.0) {
  f();
  double result = 1e9;
  const double start = now();
  for (int calls = 0; calls < 3 || now() - start < budget; ++calls) {
    const double before = now();
    f();
    result = std::min(result, now() - before);
  }
  return result;
}

// Makes the compiler believe that the memory is read and written here.
inline void touch(void* memory) { asm volatile("" : : "r"(memory) : "memory"); }

// Whether the command line asks for a work; it names their beginnings, or nothing for all.
bool wanted(std::string_view work);

// Prints work, who, value, unit, share of the limit; the last one only where it is known.
void report(const std::string& work, const std::string& who, double value, const std::string& unit, double share = 0);

// Floating-point operations a second of fused multiplications and additions on registers as wide as the library's.
double fma_peak();

// Nanoseconds of a normal, where 4096 are made in the first-level cache.
double normal_time();

// Seconds of a run of `steps` Langevin steps without a Metropolis test; `anew` evaluates the energy first.
template <class E>
double run_time(const E& energy, Index chains, double step_size, Index steps, bool anew, double budget = 1.0) {
  using Scalar = typename E::Scalar;
  const Index dim = ebm::dimension_of(energy), tiles = ebm::tiles_for<Scalar>(chains);
  ebm::Rng rng(1);
  ebm::Chains<Scalar, E::dim> state(tiles, dim);
  const ebm::Stream start = rng.stream(), noise = rng.stream();
  for (Index i = 0; i < state.positions().size(); ++i)
    state.positions().data()[i] = static_cast<Scalar>(start.normal(0, static_cast<std::uint64_t>(i)));

  const ebm::Sgld kernel{.step_size = step_size};
  const ebm::StepSize size(kernel, step_size, {});
  ebm::RunMemory<Scalar> memory(1, tiles);
  ebm::Serial serial;
  kernel.init(energy, state.state(0, tiles), memory.workspace(0));
  Index done = 0;
  return best(
      [&] {
        if (anew) kernel.init(energy, state.state(0, tiles), memory.workspace(0));
        ebm::advance(energy, kernel, state, {0, tiles}, done, steps, size, noise, memory, serial, ebm::Unobserved{});
        done += steps;
      },
      budget);
}

// Nanoseconds that one step of one chain takes in such a run.
template <class E>
double chain_step_time(const E& energy, Index chains, double step_size, Index steps, double budget = 1.0) {
  return run_time(energy, chains, step_size, steps, false, budget) / static_cast<double>(steps * chains) * 1e9;
}

// The families of works, each in a file of its name.
void run_normals();
void run_low_dimensional();
void run_gaussian();
void run_lattices();
void run_networks();
void run_training();
void run_joint();
void run_partition();
void run_boltzmann();

}  // namespace benchmarks
