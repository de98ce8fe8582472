// ising_512_chromatic: ns for each spin drawn anew in heat-bath sweeps of a 512 x 512 torus at K = 0.44; one lattice,
// and /replicas with 16 of them. ising_64_chromatic: the same on 64 x 64. The limit is the time that their uniform
// bytes take.
#include "benchmark.hpp"

#include <ebm/energies/ising.hpp>
#include <ebm/samplers/gibbs.hpp>
#include <ebm/samplers/ising_lattice.hpp>

namespace benchmarks {

namespace {

double byte_time() {
  static const double time = [] {
    constexpr Index count = 4096;
    alignas(ebm::kAlignment) static std::uint8_t bytes[count + 512];
    const ebm::Stream stream = ebm::Rng(1).stream();
    std::uint64_t index = 0;
    return best([&] {
             ebm::fill_uniform_bytes(stream, index++, 0, count, bytes);
             touch(bytes);
           }) /
           count * 1e9;
  }();
  return time;
}

void run_lattice(const std::string& work, Index side, Index replicas) {
  if (!wanted(work)) return;
  ebm::Rng rng(1);
  ebm::IsingLattice lattice({.rows = side, .columns = side, .coupling = 0.44, .replicas = replicas}, rng);
  const Index sweeps = std::max<Index>(2, 4'000'000 / (lattice.sites() * replicas));
  const double seconds = best([&] { lattice.sweep(sweeps); });
  const double time = seconds / static_cast<double>(sweeps * lattice.sites() * replicas) * 1e9;
  report(work, "ebm", time, "ns/flip", byte_time() / time);
}

// The same law through the energy that everything else understands, 16 chains at once.
void run_graph(const std::string& work, Index side) {
  if (!wanted(work)) return;
  const ebm::Ising<float> energy(ebm::torus(side, side), 0.44);
  ebm::Chains<float, ebm::Dynamic> chains(1, energy.dimension());
  ebm::RunMemory<float> memory(1, 1);
  ebm::Serial serial;
  std::fill_n(chains.positions().data(), chains.positions().size(), 1.0f);
  const ebm::Stream stream = ebm::Rng(1).stream();
  const ebm::Gibbs kernel;
  Index done = 0;
  const double seconds = best([&] {
    ebm::advance(energy, kernel, chains, {0, 1}, done, 4, ebm::StepSize(kernel, 0.1, {}), stream, memory, serial,
                 ebm::Unobserved{});
    done += 4;
  });
  report(work, "ebm", seconds / static_cast<double>(4 * chains.positions().size()) * 1e9, "ns/flip");
}

}  // namespace

void run_lattices() {
  run_lattice("ising_512_chromatic", 512, 1);
  run_lattice("ising_512_chromatic/replicas", 512, 16);
  run_lattice("ising_64_chromatic", 64, 1);
  run_lattice("ising_64_chromatic/replicas", 64, 64);
  run_graph("ising_64_chromatic/graph", 64);
}

}  // namespace benchmarks
