// Sums over all states of the hidden units of a Boltzmann machine, as its exact log Z needs them.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/log_sum_exp.hpp>

#include <bit>
#include <vector>

namespace ebm::detail {

// log sum_h exp(log_weight()) over the 2^hidden states, in the order of a Gray code (Gray 1953): restart() goes to the
// state in which no unit is on, flip(j, on) changes one. It starts afresh every 4096 states, which keeps rounding from
// adding up.
template <class Restart, class Flip, class LogWeight>
double log_sum_over_hidden_states(Index hidden, Restart restart, Flip flip, LogWeight log_weight) {
  require(hidden <= 30, "hidden", static_cast<double>(hidden), "at most 30 units for a sum over their states");
  constexpr std::uint64_t fresh = 4096;
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::uint64_t n = 0; n < std::uint64_t{1} << hidden; ++n) {
    const std::uint64_t state = n ^ (n >> 1);
    if (n % fresh == 0) {
      restart();
      for (Index j = 0; j < hidden; ++j) {
        if ((state >> j) & 1) flip(j, true);
      }
    } else {
      const int unit = std::countr_zero(n);
      flip(Index{unit}, ((state >> unit) & 1) != 0);
    }
    const double weight = log_weight();
    if (weight > largest) {
      sum = ebm::fma(sum, ebm::exp(largest - weight), 1.0);
      largest = weight;
    } else {
      sum += ebm::exp(weight - largest);
    }
  }
  return largest + ebm::log(sum);
}

// The same for a machine with weights and biases: log_weight(sum of the biases of hidden units that are on, activations
// of the visible units).
template <class Machine, class LogWeight>
double log_sum_over_hidden_units(const Machine& machine, LogWeight log_weight) {
  const auto units = static_cast<std::size_t>(machine.visible());
  std::vector<double> activation(units);
  double bias = 0;
  return log_sum_over_hidden_states(
      machine.hidden(),
      [&] {
        bias = 0;
        for (std::size_t u = 0; u < units; ++u) activation[u] = machine.visible_bias(static_cast<Index>(u));
      },
      [&](Index j, bool on) {
        const double sign = on ? 1.0 : -1.0;
        bias = ebm::fma(sign, machine.hidden_bias(j), bias);
        for (std::size_t u = 0; u < units; ++u)
          activation[u] = ebm::fma(sign, machine.weight(static_cast<Index>(u), j), activation[u]);
      },
      [&] { return log_weight(bias, std::span<const double>(activation)); });
}

}  // namespace ebm::detail
