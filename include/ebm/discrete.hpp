// Energies of discrete states and what is done with them, beside what ebm.hpp has: Boltzmann machines, lattices, their
// kernels and objectives, partition functions of any energy. Needs Eigen alone; a header of its own, because it takes
// as long to compile as the rest. Opt-in beside it: readers of images (datasets/digits.hpp,
// datasets/fashion_mnist.hpp).
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/concepts/site_energies.hpp>
#include <ebm/datasets/bars_and_stripes.hpp>
#include <ebm/ebm.hpp>
#include <ebm/energies/binary_energy.hpp>
#include <ebm/energies/boltzmann_machine.hpp>
#include <ebm/energies/class_rbm.hpp>
#include <ebm/energies/gaussian_bernoulli_rbm.hpp>
#include <ebm/energies/ising.hpp>
#include <ebm/energies/potts.hpp>
#include <ebm/energies/rbm.hpp>
#include <ebm/energies/softmax_rbm.hpp>
#include <ebm/objectives/fast_persistent.hpp>
#include <ebm/objectives/label_likelihood.hpp>
#include <ebm/objectives/probability_flow.hpp>
#include <ebm/objectives/pseudo_likelihood.hpp>
#include <ebm/objectives/ratio_matching.hpp>
#include <ebm/objectives/sparse.hpp>
#include <ebm/objectives/tempered_persistent.hpp>
#include <ebm/objectives/unbiased_contrastive_divergence.hpp>
#include <ebm/partition/annealed_importance_sampling.hpp>
#include <ebm/partition/bethe.hpp>
#include <ebm/partition/bridge_sampling.hpp>
#include <ebm/partition/enumeration.hpp>
#include <ebm/partition/mean_field.hpp>
#include <ebm/partition/sequential_monte_carlo.hpp>
#include <ebm/partition/square_lattice.hpp>
#include <ebm/partition/tap.hpp>
#include <ebm/partition/thermodynamic_integration.hpp>
#include <ebm/partition/transfer_matrix.hpp>
#include <ebm/samplers/discrete_langevin.hpp>
#include <ebm/samplers/gibbs.hpp>
#include <ebm/samplers/gibbs_with_gradients.hpp>
#include <ebm/samplers/ising_lattice.hpp>
#include <ebm/samplers/locally_balanced.hpp>
#include <ebm/samplers/metropolis.hpp>
#include <ebm/samplers/parallel_tempering.hpp>
#include <ebm/samplers/swendsen_wang.hpp>
#include <ebm/samplers/wolff.hpp>
