// ais_784_500: ms for one temperature of annealed importance sampling of a restricted Boltzmann machine, 100 chains:
// the weight and a Gibbs step. Its limit counts the additions of a dense product, which the tables of the library save.
#include "benchmark.hpp"

#include <ebm/energies/rbm.hpp>
#include <ebm/partition/rbm_path.hpp>

namespace benchmarks {

void run_partition() {
  if (!wanted("ais_784_500")) return;
  constexpr Index visible = 784, hidden = 500, chains = 100, tiles = ebm::tiles_for<float>(chains), steps = 50;
  const ebm::Stream stream(1);
  Eigen::MatrixXd weights(visible, hidden);
  for (Index i = 0; i < weights.size(); ++i) weights.data()[i] = 0.05 * stream.normal(0, static_cast<std::uint64_t>(i));
  const ebm::BernoulliRbm<float> rbm(weights, Eigen::VectorXd::Constant(visible, -1.9), Eigen::VectorXd::Zero(hidden));
  const ebm::RbmPath<float> path(rbm, ebm::Values<double>::Constant(visible, -1.5));
  auto state = path.make_state(tiles);
  ebm::Workspace workspace;
  std::vector<double> log_weights(tiles * ebm::kLanes<float>);
  const auto anneal = [&] {
    path.draw_base(state, {0, tiles}, stream, workspace);
    for (Index k = 0; k < steps; ++k) {
      path.anneal(state, {0, tiles}, static_cast<double>(k) / steps, static_cast<double>(k + 1) / steps,
                  log_weights.data(), stream, k + 1, workspace);
    }
  };
  const double seconds = best(anneal, 6.0) / steps;
  const double additions = 2.0 * visible * hidden * chains;  // each at most half of a multiplication and addition
  report("ais_784_500", "ebm", seconds * 1e3, "ms/temperature", additions / seconds / fma_peak());
}

}  // namespace benchmarks
