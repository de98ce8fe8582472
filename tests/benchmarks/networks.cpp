// mlp_2_128_128_1/N, mlp_64_256_256_1/256: SiLU networks, epsilon 1e-3: forward, input gradient, noise, update. Their
// limit is that of multiplications and additions, two for each weight both ways.
#include "benchmark.hpp"

#include <ebm/energies/mlp.hpp>

namespace benchmarks {

namespace {

template <int Dim, int Width>
void run_network(Index chains) {
  const std::string width = std::to_string(Width),
                    work = "mlp_" + std::to_string(Dim) + "_" + width + "_" + width + "_1/" + std::to_string(chains);
  if (!wanted(work)) return;
  const ebm::Mlp<float, Dim, Width, Width> network{ebm::Rng(1)};
  const double time = chain_step_time(network, chains, 1e-3, 20);
  constexpr double operations = 2 * 2 * (Dim * Width + Width * Width + Width);
  report(work, "ebm", time, "ns/chain-step", operations / (time * 1e-9 * fma_peak()));
}

}  // namespace

void run_networks() {
  for (const Index chains : {16, 256, 1024}) run_network<2, 128>(chains);
  run_network<64, 256>(256);
}

}  // namespace benchmarks
