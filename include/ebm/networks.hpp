// Networks of layers, the energies made of them and what is done with these, beside what ebm.hpp has: classifiers that
// are energies, regression, weights that are kept, trainings that go on after an interruption. Needs Eigen alone; a
// header of its own, because programs of small networks (energies/mlp.hpp) need not pay for it. Opt-in beside it:
// readers of images (datasets/digits.hpp, datasets/fashion_mnist.hpp), NumPy archives (io/npz.hpp: zlib) and pictures
// (io/plot.hpp: libpng).
#pragma once

#include <ebm/concepts/classifier.hpp>
#include <ebm/concepts/storable_energy.hpp>
#include <ebm/datasets/regression_toys.hpp>
#include <ebm/diagnostics/adversarial.hpp>
#include <ebm/diagnostics/auroc.hpp>
#include <ebm/diagnostics/calibration_error.hpp>
#include <ebm/diagnostics/out_of_distribution.hpp>
#include <ebm/diagnostics/robustness_curve.hpp>
#include <ebm/ebm.hpp>
#include <ebm/energies/classifier_energy.hpp>
#include <ebm/energies/network_energy.hpp>
#include <ebm/energies/network_summary.hpp>
#include <ebm/energies/predictive_density.hpp>
#include <ebm/energies/regression_energy.hpp>
#include <ebm/io/pytorch.hpp>
#include <ebm/io/safetensors.hpp>
#include <ebm/networks/average_pool.hpp>
#include <ebm/networks/flatten.hpp>
#include <ebm/networks/hidden_layers.hpp>
#include <ebm/networks/max_pool.hpp>
#include <ebm/networks/norm.hpp>
#include <ebm/networks/residual.hpp>
#include <ebm/networks/skip.hpp>
#include <ebm/networks/spectral_norm.hpp>
#include <ebm/objectives/augmentations.hpp>
#include <ebm/objectives/augmented.hpp>
#include <ebm/objectives/conditional_score_matching.hpp>
#include <ebm/objectives/cross_entropy.hpp>
#include <ebm/objectives/joint.hpp>
#include <ebm/objectives/markov_chain_likelihood.hpp>
#include <ebm/objectives/regression_objectives.hpp>
#include <ebm/training/checkpoint.hpp>
