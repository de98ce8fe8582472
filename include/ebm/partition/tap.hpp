// TAP: mean field with the reaction of the neighbours, second order in the couplings (Thouless, Anderson & Palmer 1977;
// Plefka 1982).
//
//   log Z ~ L(m) + 1/2 sum_(ij) J_ij^2 (1 - m_i^2) (1 - m_j^2)
//   m_i = tanh(h_i + sum_j J_ij m_j - m_i sum_j J_ij^2 (1 - m_j^2))
//
// No bound, and wrong where couplings are strong; an iteration that does not settle is the verdict's business.
#pragma once

#include <ebm/partition/mean_field.hpp>

namespace ebm {

struct TapOptions {
  MeanFieldOptions start = {};  // the mean field solution from which it starts
  double damping = 0.5;
  Index most_sweeps = 10'000;
  double tolerance = 1e-10;  // of the magnetisations
};

[[gnu::noinline]] inline PartitionEstimate tap(const SpinPairs& model, const TapOptions& options, Rng& rng) {
  require(options.damping >= 0 && options.damping < 1, "damping", options.damping, "at least 0, less than 1");
  std::vector<double> x, m;
  detail::best_mean_field(model, options.start, rng, x);
  for (const double field : x) m.push_back(tanh(field));
  const auto neighbours = model.neighbours();
  double change = 1;
  for (Index sweep = 0; sweep < options.most_sweeps && change > options.tolerance; ++sweep) {
    change = 0;
    for (std::size_t i = 0; i < m.size(); ++i) {
      double field = model.fields[i], reaction = 0;
      for (const auto& neighbour : neighbours[i]) {
        const double other = m[static_cast<std::size_t>(neighbour.spin)];
        field += neighbour.coupling * other, reaction += square(neighbour.coupling) * (1 - other * other);
      }
      const double next = options.damping * m[i] + (1 - options.damping) * tanh(field - m[i] * reaction);
      change = std::max(change, std::abs(next - m[i]));
      m[i] = next;
    }
  }
  PartitionEstimate result;
  result.value = model.constant;
  for (std::size_t i = 0; i < m.size(); ++i) {
    const double up = 0.5 * (1 + m[i]), down = 0.5 * (1 - m[i]);
    result.value += model.fields[i] * m[i];
    for (const double p : {up, down}) result.value -= p > 0 ? p * ebm::log(p) : 0;
  }
  for (const auto& pair : model.pairs) {
    const double a = m[static_cast<std::size_t>(pair.a)], b = m[static_cast<std::size_t>(pair.b)];
    result.value += pair.coupling * a * b + 0.5 * square(pair.coupling) * (1 - a * a) * (1 - b * b);
  }
  result.verdict = PartitionVerdict::estimated;
  if (change > options.tolerance) {
    result.verdict = PartitionVerdict::unreliable;
    result.warning = joined({"The TAP equations did not settle: magnetisations still change by ", to_text(change)});
  }
  return result;
}
template <HasSpinPairs E>
PartitionEstimate tap(const E& energy, const TapOptions& options, Rng& rng) {
  return tap(SpinPairs(energy), options, rng);
}

}  // namespace ebm
