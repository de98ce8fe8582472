// Prints `name hash` for everything that must have the same bits in every build with fused multiply-add.
#include <cinttypes>
#include <cstdio>

#include "isa/core_bits.hpp"
#include "isa/lattice_bits.hpp"
#include "isa/network_bits.hpp"
#include "isa/sampling_bits.hpp"
#include "isa/training_bits.hpp"

// Whether this processor has what the program was built for.
bool can_run() {
#if defined(__AVX512F__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd");
#elif defined(__AVX2__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#else
  return true;
#endif
}

int main() {
  if (!can_run()) {
    std::puts("skipped: this processor lacks the instructions");
    return 0;
  }
  for (const auto& lines : {ebm_bits::core_bits(), ebm_bits::sampling_bits(), ebm_bits::lattice_bits(),
                            ebm_bits::training_bits(), ebm_bits::network_bits()}) {
    for (const auto& [name, hash] : lines) std::printf("%s %016" PRIx64 "\n", name.c_str(), hash);
  }
}
