#include <ebm/energies/hidden_states.hpp>

#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace ebm;

namespace {

struct Machine {
  Index units, hiddens;
  Stream stream = Stream(3);

  Index visible() const { return units; }
  Index hidden() const { return hiddens; }
  double weight(Index i, Index j) const { return stream.normal(1, static_cast<std::uint64_t>(i * hiddens + j)); }
  double visible_bias(Index i) const { return stream.normal(2, static_cast<std::uint64_t>(i)); }
  double hidden_bias(Index j) const { return 0.3 * stream.normal(3, static_cast<std::uint64_t>(j)); }
};

// log sum_h exp(c'h) prod_i (1 + exp(b_i + W_i h)), state by state.
double plain(const Machine& machine) {
  double sum = 0;
  for (Index h = 0; h < Index{1} << machine.hidden(); ++h) {
    double term = 1;
    for (Index j = 0; j < machine.hidden(); ++j) term *= (h >> j & 1) ? std::exp(machine.hidden_bias(j)) : 1.0;
    for (Index i = 0; i < machine.visible(); ++i) {
      double activation = machine.visible_bias(i);
      for (Index j = 0; j < machine.hidden(); ++j) activation += (h >> j & 1) ? machine.weight(i, j) : 0.0;
      term *= 1 + std::exp(activation);
    }
    sum += term;
  }
  return std::log(sum);
}

double product_of_bits(double bias, std::span<const double> activations) {
  for (const double a : activations) bias += log1p_exp(a);
  return bias;
}

}  // namespace

TEST_CASE("sums over all hidden states are those of the plain loop, with fresh starts on the way") {
  for (const Index hidden : {1, 5, 13}) {  // 2^13 states: two blocks
    const Machine machine{4, hidden};
    CHECK(detail::log_sum_over_hidden_units(machine, product_of_bits) == Approx(plain(machine)).epsilon(1e-12));
  }
}

TEST_CASE("more hidden units than can be enumerated are refused") {
  CHECK_THROWS_AS(detail::log_sum_over_hidden_units(Machine{1, 31}, product_of_bits), Error);
}
