// normals: ns for each of 4096 floats in the first-level cache.
#include "benchmark.hpp"

#include <random>

namespace benchmarks {

double normal_time() {
  static const double time = [] {
    constexpr Index count = 4096 / ebm::kLanes<float>;
    alignas(ebm::kAlignment) static float normals[4096];
    const ebm::Stream stream = ebm::Rng(1).stream();
    Index first = 0;
    return best([&] {
             ebm::fill_normals(stream, 0, first, count, normals);
             first += count;
             touch(normals);
           }) /
           4096 * 1e9;
  }();
  return time;
}

void run_normals() {
  if (!wanted("normals")) return;
  report("normals", "ebm", normal_time(), "ns/normal");
  std::mt19937 generator(1);
  std::normal_distribution<float> distribution;
  static float normals[4096];
  const double seconds = best([&] {
    for (float& normal : normals) normal = distribution(generator);
    touch(normals);
  });
  report("normals", "std", seconds / 4096 * 1e9, "ns/normal");
}

}  // namespace benchmarks
