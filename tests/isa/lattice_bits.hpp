// Hashes of draws of lattices and other discrete models.
#pragma once

#include <ebm/energies/ising.hpp>
#include <ebm/energies/potts.hpp>
#include <ebm/partition/transfer_matrix.hpp>
#include <ebm/samplers/gibbs.hpp>
#include <ebm/samplers/ising_lattice.hpp>
#include <ebm/samplers/metropolis.hpp>
#include <ebm/samplers/swendsen_wang.hpp>
#include <ebm/samplers/wolff.hpp>

#include "isa/sampling_bits.hpp"

namespace ebm_bits {

inline std::vector<Line> lattice_bits() {
  std::vector<Line> lines;
  for (const ebm::Index columns : {6, 50, 300}) {
    ebm::Rng rng(3);
    ebm::IsingLattice lattice({.rows = 10, .columns = columns, .coupling = 0.4, .field = 0.01, .replicas = 9}, rng);
    lattice.sweep(50);
    const auto points = lattice.points();
    Hash hash;
    hash.add(points.data(), points.size());
    hash.add(lattice.energies().eval().data(), lattice.replicas());
    lines.emplace_back("ising_lattice " + std::to_string(columns), hash.state);
  }
  const auto add = [&](const std::string& name, const auto& energy) {
    lines.emplace_back("gibbs " + name, hash_of_draws(energy, ebm::Gibbs{}));
    lines.emplace_back("metropolis " + name, hash_of_draws(energy, ebm::Metropolis{}));
    lines.emplace_back("swendsen_wang " + name, hash_of_draws(energy, ebm::SwendsenWang{}));
    lines.emplace_back("wolff " + name, hash_of_draws(energy, ebm::Wolff{}));
    ebm::Rng rng(4);
    const auto points = ebm::TransferMatrix(energy).draws(500, rng);
    Hash hash;
    hash.add(points.data(), points.size());
    lines.emplace_back("transfer_matrix " + name, hash.state);
  };
  add("ising float", ebm::Ising<float>(ebm::torus(4, 5), 0.4, 0.1));
  add("ising double", ebm::Ising<double>(ebm::torus(3, 5), 0.4, 0.1));
  add("potts float", ebm::Potts<float>(ebm::grid(4, 4), 3, 0.7));
  return lines;
}

}  // namespace ebm_bits
