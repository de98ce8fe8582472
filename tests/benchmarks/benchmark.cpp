// Runs the works whose names begin as the command line says, or all:  benchmarks [WORK...]
#include "benchmark.hpp"

#include <cstdio>
#include <vector>

namespace benchmarks {

namespace {

std::vector<std::string_view> selection;

// Enough sums to hide the latency of an operation on two units; each of other numbers, or they would be one.
double measure_fma_peak() {
  using V = ebm::Pack<float>;
  constexpr int sums = 10, repeats = 20000;
  alignas(ebm::kAlignment) static float memory[(sums + 2) * V::size];
  touch(memory);
  const V factor = V::load(memory), term = V::load(memory + V::size);
  const double seconds = best(
      [&] {
        touch(memory);
        V sum[sums];
        for (int s = 0; s < sums; ++s) sum[s] = V::load(memory + (s + 2) * V::size);
        for (int i = 0; i < repeats; ++i) {
#pragma GCC unroll 10
          for (int s = 0; s < sums; ++s) sum[s] = fma(sum[s], factor, term);
        }
        for (int s = 0; s < sums; ++s) sum[s].store(memory + (s + 2) * V::size);
        touch(memory);
      },
      0.5);
  return 2.0 * sums * V::size * repeats / seconds;
}

}  // namespace

bool wanted(std::string_view work) {
  for (const std::string_view prefix : selection) {
    if (work.substr(0, prefix.size()) == prefix) return true;
  }
  return selection.empty();
}

void report(const std::string& work, const std::string& who, double value, const std::string& unit, double share) {
  std::printf("%s\t%s\t%.4g\t%s", work.c_str(), who.c_str(), value, unit.c_str());
  if (share > 0) std::printf("\t%.2f", share);
  std::printf("\n");
  std::fflush(stdout);
}

double fma_peak() {
  static const double peak = measure_fma_peak();
  return peak;
}

}  // namespace benchmarks

int main(int count, char** arguments) {
  using namespace benchmarks;
  selection.assign(arguments + 1, arguments + count);
  if (wanted("fma_peak")) report("fma_peak", "ebm", fma_peak() * 1e-9, "GF/s");
  run_normals();
  run_low_dimensional();
  run_gaussian();
  run_lattices();
  run_networks();
  run_training();
  run_joint();
  run_partition();
  run_boltzmann();
}
