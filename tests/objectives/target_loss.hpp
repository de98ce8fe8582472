// The gradient of an objective of targets against central differences of the loss that it reports.
#pragma once

#include <ebm/energies/regression_energy.hpp>

#include "objectives/minibatch.hpp"

namespace objectives {

// The largest error over the parameters of a small network; the gradient is wrong by `flaw` times itself.
template <class Objective>
double largest_error(const Objective& objective, double flaw = 0) {
  ebm::Rng rng(3);
  ebm::RegressionEnergy energy{
      ebm::network<double>(rng, ebm::Features<2>{}, ebm::Dense<6>{}, ebm::Tanh{}, ebm::Dense<1>{}),
      ebm::TargetInterval{-6, 6, 1024}};
  Batch<double, 2> batch(normals<double, 2>(5), 0.0);
  ebm::Serial serial;
  const auto start = copy(energy.parameters());
  ebm::FlatVector<double> gradient(start.size()), unused(start.size());
  const auto loss = [&](const std::vector<double>& theta, ebm::FlatVector<double>& to) {
    energy.set_parameters(theta);
    ebm::Rng same(8);
    auto estimator = objective.estimator(energy, batch.view(), same, 1);
    return estimator.estimate(energy, batch.view(), 3, to, serial).data_energy;
  };
  loss(start, gradient);
  double largest = 0;
  for (std::size_t i = 0; i < start.size(); ++i) {
    constexpr double h = 1e-5;
    auto moved = start;
    moved[i] += h;
    const double up = loss(moved, unused);
    moved[i] = start[i] - h;
    largest = std::max(largest, std::abs((up - loss(moved, unused)) / (2 * h) - (1 + flaw) * gradient.data()[i]));
  }
  return largest;
}

}  // namespace objectives
