// Mean field: the best bound on log Z by a distribution of independent spins (Gibbs, Bogoliubov; Feynman 1972).
//
//   log Z >= L(m) = constant + sum_i h_i m_i + sum_(ij) J_ij m_i m_j + sum_i entropy(m_i)
//   m_i = tanh(h_i + sum_j J_ij m_j)
//
// Spins are updated one after the other, so L never falls and the iteration ends from any start; the best of several
// starts is taken. L(m) is the ELBO, the bound by which variational autoencoders are trained.
#pragma once

#include <ebm/core/rng.hpp>
#include <ebm/partition/spin_pairs.hpp>

namespace ebm {

struct MeanFieldOptions {
  Index starts = 32;
  Index most_sweeps = 10'000;
  double tolerance = 1e-12;  // of the bound, from one sweep to the next
};

namespace detail {

// Raises L from fields x_i = atanh m_i, and returns it.
[[gnu::noinline]] inline double raise_mean_field(const SpinPairs& model,
                                                 const std::vector<std::vector<SpinPairs::Neighbour>>& neighbours,
                                                 const MeanFieldOptions& options, std::vector<double>& x) {
  std::vector<double> m;
  for (const double field : x) m.push_back(tanh(field));
  double bound = -std::numeric_limits<double>::infinity();
  for (Index sweep = 0; sweep < options.most_sweeps; ++sweep) {
    for (std::size_t i = 0; i < m.size(); ++i) {
      x[i] = model.fields[i];
      for (const auto& neighbour : neighbours[i])
        x[i] += neighbour.coupling * m[static_cast<std::size_t>(neighbour.spin)];
      m[i] = tanh(x[i]);
    }
    double now = model.constant;
    for (std::size_t i = 0; i < m.size(); ++i) now += model.fields[i] * m[i] + spin_entropy(x[i]);
    for (const auto& pair : model.pairs)
      now += pair.coupling * m[static_cast<std::size_t>(pair.a)] * m[static_cast<std::size_t>(pair.b)];
    if (now - bound < options.tolerance) return now;
    bound = now;
  }
  return bound;
}

// The best of several starts, the first of them without magnetisation; `x` ends as its fields.
[[gnu::noinline]] inline double best_mean_field(const SpinPairs& model, const MeanFieldOptions& options, Rng& rng,
                                                std::vector<double>& x) {
  require(options.starts >= 1, "starts", static_cast<double>(options.starts), "at least 1");
  const auto neighbours = model.neighbours();
  const Stream stream = rng.stream();
  double best = -std::numeric_limits<double>::infinity();
  for (Index start = 0; start < options.starts; ++start) {
    std::vector<double> trial(model.fields.size());
    for (std::size_t i = 0; i < trial.size() && start > 0; ++i)
      trial[i] = 2 * stream.normal(static_cast<std::uint32_t>(start), i);
    const double bound = raise_mean_field(model, neighbours, options, trial);
    if (bound > best) best = bound, x = trial;
  }
  return best;
}

}  // namespace detail

inline PartitionEstimate mean_field(const SpinPairs& model, const MeanFieldOptions& options, Rng& rng) {
  std::vector<double> x;
  PartitionEstimate result;
  result.value = result.lower = detail::best_mean_field(model, options, rng, x);
  result.lower_confidence = 1;
  result.verdict = PartitionVerdict::estimated;
  return result;
}
template <HasSpinPairs E>
PartitionEstimate mean_field(const E& energy, const MeanFieldOptions& options, Rng& rng) {
  return mean_field(SpinPairs(energy), options, rng);
}

}  // namespace ebm
