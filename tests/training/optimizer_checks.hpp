// Runs an optimizer on given gradients, in parameters that start at given values.
#pragma once

#include <ebm/concepts/optimizer.hpp>

#include <cmath>

#include "support/catch.hpp"

namespace training {

// The parameters after each step; entries beyond the parameters' end stay zero.
template <class Scalar, class O>
std::vector<std::vector<double>> run(const O& optimizer, const std::vector<Scalar>& start,
                                     const std::vector<std::vector<Scalar>>& gradients, double rate) {
  ebm::FlatVector<Scalar> parameters{std::span<const Scalar>(start)};
  auto state = optimizer.template make_state<Scalar>(start.size());
  std::vector<std::vector<double>> result;
  for (const auto& gradient : gradients) {
    optimizer.step(state, ebm::FlatVector<Scalar>(std::span<const Scalar>(gradient)), parameters, rate);
    result.emplace_back(parameters.span().begin(), parameters.span().end());
    for (ebm::Index i = static_cast<ebm::Index>(start.size()); i < parameters.padded_size(); ++i)
      CHECK(parameters.data()[i] == Scalar(0));
  }
  return result;
}

}  // namespace training
